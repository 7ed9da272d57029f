#include "vboard/chip/peripherals/reset_rows.hpp"

namespace probity::vboard {

ResetRows gpio_reset_rows(std::uint32_t gpio, unsigned ports) {
  constexpr std::uint32_t MODER = 0x00, OSPEEDR = 0x08, PUPDR = 0x0C, kPort = 0x400;
  ResetRows rows{{gpio + MODER, 0xABFFFFFF},           {gpio + OSPEEDR, 0x0C000000},
                 {gpio + PUPDR, 0x64000000},           {gpio + kPort + MODER, 0xFFFFFEBF},
                 {gpio + kPort + OSPEEDR, 0x000000C0}, {gpio + kPort + PUPDR, 0x00000100}};
  for (unsigned port = 2; port < ports; ++port) rows.push_back({gpio + port * kPort + MODER, 0xFFFFFFFF});
  return rows;
}

void add_usarts(ResetRows& rows, std::initializer_list<std::uint32_t> usarts) {
  constexpr std::uint32_t ISR = 0x1C, kTransmitterEmpty = 0x000000C0;
  for (const std::uint32_t usart : usarts) rows.push_back({usart + ISR, kTransmitterEmpty});
}

// JEP106 code 0x20, component class 1 (ADIv5.2 C3, D3).
void add_rom_table(ResetRows& rows, std::uint32_t table, std::uint32_t part) {
  constexpr std::uint32_t PIDR0 = 0xFE0, PIDR1 = 0xFE4, PIDR2 = 0xFE8, CIDR0 = 0xFF0;
  rows.insert(rows.end(), {{table + PIDR0, part & 0xFF},
                           {table + PIDR1, part >> 8},
                           {table + PIDR2, 0x0A},
                           {table + CIDR0, 0x0D},
                           {table + CIDR0 + 4, 0x10},
                           {table + CIDR0 + 8, 0x05},
                           {table + CIDR0 + 12, 0xB1}});
}

}  // namespace probity::vboard
