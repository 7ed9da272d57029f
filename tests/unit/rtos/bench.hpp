// A halted target on the virtual board whose RAM a test fills with a system's structures, read through the
// real driver.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "rtos/rtos.hpp"
#include "target/target.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::test {

constexpr Address kRam = 0x20000000;
constexpr Address kRamEnd = 0x20020000;  // STM32F407: 128 KiB of SRAM1 and SRAM2 (RM0090, 2.3.1)

class RtosBench {
 public:
  explicit RtosBench(const std::string& chip = "stm32f407vg")
      : virtual_host(chip + ",probe=stlink-v2-1"), tcp(make_asio_tcp()), log(virtual_host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    const Host host{virtual_host.usb(), virtual_host.hid(), *tcp, virtual_host.clock()};
    AdapterSettings settings;
    settings.speed = kilohertz(2000);
    adapter = adapter_driver("hla").make(host, settings, log);
    adapter->open();
    adapter->set_speed(settings.speed);
    dap.emplace("dap", adapter->connect(Transport::hla_swd, {}), virtual_host.clock(), log);
    dap->connect();
    target =
        make_cortex_m("stm32f4x.cpu", {*dap, dap->memory(0), *adapter, reset, virtual_host.clock(), log});
    target->examine();
    target->halt();
  }

  void put(Address address, std::uint32_t word) { target->memory().write32(address, word); }
  void put_words(Address address, const std::vector<std::uint32_t>& words) {
    Bytes bytes;
    for (const std::uint32_t word : words) append_le32(bytes, word);
    target->memory().write_bytes(address, bytes);
  }
  void put_text(Address address, std::string_view text) {
    Bytes bytes(text.begin(), text.end());
    bytes.push_back(0);
    target->memory().write_bytes(address, bytes);
  }
  std::unique_ptr<rtos::Rtos> make(std::string_view name, const rtos::SymbolTable& symbols) {
    return rtos::make_rtos(name, symbols, *target, log);
  }

  ResetConfig reset;
  vboard::VirtualHost virtual_host;
  std::unique_ptr<TcpConnector> tcp;
  Log log;
  std::vector<std::string> lines;
  std::unique_ptr<Adapter> adapter;
  std::optional<Dap> dap;
  std::unique_ptr<Target> target;
};

inline std::vector<std::string> described(const rtos::Rtos& system) {
  std::vector<std::string> lines;
  for (const rtos::Thread& thread : system.threads()) lines.push_back(rtos::describe(thread));
  return lines;
}

inline std::optional<std::uint64_t> value(const rtos::ThreadRegisters& registers, std::string_view name) {
  for (const auto& [reg, content] : registers) {
    if (reg == name) return content;
  }
  return {};
}

// r4 is 0x104, r11 0x10b, and so on.
constexpr std::uint32_t value_of_r(unsigned n) { return 0x100 + n; }
inline std::vector<std::uint32_t> r(unsigned first, unsigned last) {
  std::vector<std::uint32_t> values;
  for (unsigned n = first; n <= last; ++n) values.push_back(value_of_r(n));
  return values;
}
// s16 is 0x3f800010, and so on.
constexpr std::uint32_t value_of_s(unsigned n) { return 0x3F800000 + n; }
inline std::vector<std::uint32_t> s(unsigned first, unsigned last) {
  std::vector<std::uint32_t> values;
  for (unsigned n = first; n <= last; ++n) values.push_back(value_of_s(n));
  return values;
}
// What the core pushes: r0-r3, r12, lr, pc, xPSR; DDI 0403E B1.5.6.
constexpr std::uint32_t kPc = 0x08001234, kLr = 0x08005679, kXpsr = 0x61000000;
inline std::vector<std::uint32_t> hardware(std::uint32_t xpsr = kXpsr) {
  auto words = r(0, 3);
  for (const std::uint32_t word : {value_of_r(12), kLr, kPc, xpsr}) words.push_back(word);
  return words;
}
// The extended frame's further words: s0-s15, FPSCR, one reserved; DDI 0403E B1.5.7.
constexpr std::uint32_t kFpscr = 0x80000010;
inline std::vector<std::uint32_t> hardware_fpu(std::uint32_t xpsr = kXpsr) {
  auto words = hardware(xpsr);
  for (const std::uint32_t word : s(0, 15)) words.push_back(word);
  words.push_back(kFpscr);
  words.push_back(0);
  return words;
}
inline std::vector<std::uint32_t> operator+(std::vector<std::uint32_t> a,
                                            const std::vector<std::uint32_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// All of r0-r12, lr, pc as the functions above give them.
inline void expect_core_registers(const rtos::ThreadRegisters& registers) {
  for (unsigned n = 0; n <= 12; ++n) {
    EXPECT_EQ(value(registers, "r" + std::to_string(n)), value_of_r(n)) << "r" << n;
  }
  EXPECT_EQ(value(registers, "lr"), kLr);
  EXPECT_EQ(value(registers, "pc"), kPc);
  EXPECT_EQ(value(registers, "xpsr"), kXpsr);
}
inline void expect_stack_pointer(const rtos::ThreadRegisters& registers, Address expected) {
  EXPECT_EQ(value(registers, "sp"), expected);
  EXPECT_EQ(value(registers, "psp"), expected);
}

// What `read` throws, as one line with its context; empty where it throws nothing.
template <typename Read>
std::string error_of(Read&& read) {
  try {
    read();
  } catch (const Error& e) {
    return e.describe();
  }
  return {};
}

}  // namespace probity::test
