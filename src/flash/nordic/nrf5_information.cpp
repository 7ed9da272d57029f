// What `nrf5 info` shows, in OpenOCD 0.12.0's words.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "flash/nordic/nrf5_bank.hpp"

namespace probity::nrf5 {

namespace {

// Words from `first` on, as one line of hexadecimal digits or apart.
std::string words(MemPort& memory, Address first, unsigned count, std::string_view between, bool padded) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint32_t word = memory.read32(first + 4 * i);
    if (i != 0) text += between;
    text += padded ? fmt::format("{:08x}", word) : fmt::format("{:x}", word);
  }
  return text;
}

// The high word first.
std::string long_word(MemPort& memory, Address low) {
  return fmt::format("0x{:x}{:08x}", memory.read32(low + 4), memory.read32(low));
}

std::string hex_words(MemPort& memory, Address first) { return "0x" + words(memory, first, 4, " 0x", true); }

}  // namespace

std::string Nrf5Bank::information() {
  need_probe();
  MemPort& memory = target_.memory();
  std::string text =
      fmt::format("\n[factory information control block]\n\ncode page size: {}B\ncode memory size: {}kB\n",
                  chip_.page_size, chip_.page_size * chip_.pages / 1024);
  if (chip_.is_nrf51()) {
    const std::uint32_t region = memory.read32(FICR::CLENR0);
    text += fmt::format("code region 0 size: {}kB\n", region / 1024);
    text += fmt::format("pre-programmed code: {}\n",
                        (memory.read32(FICR::PPFC) & 0xFF) == 0 ? "present" : "not present");
    text += fmt::format("number of ram blocks: {}\n", memory.read32(FICR::NUMRAMBLOCK));
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint32_t block = memory.read32(FICR::SIZERAMBLOCK0 + 4 * i);
      text += fmt::format("ram block {} size: {}B\n", i, block == kUnset ? 0 : block);
    }
  }
  text += fmt::format("config id: {:x}\n", memory.read32(FICR::CONFIGID));
  text += fmt::format("device id: {}\n", long_word(memory, FICR::DEVICEID0));
  text += fmt::format("encryption root: {}\n", hex_words(memory, FICR::ER0));
  text += fmt::format("identity root: {}\n", hex_words(memory, FICR::IR0));
  text += fmt::format("device address type: 0x{:x}\n", memory.read32(FICR::DEVICEADDRTYPE));
  text += fmt::format("device address: {}\n", long_word(memory, FICR::DEVICEADDR0));
  if (chip_.is_nrf51()) {
    text += fmt::format("override enable: {:x}\n", memory.read32(FICR::OVERRIDEEN));
    text += fmt::format("NRF_1MBIT values: {}\n", words(memory, FICR::NRF_1MBIT0, 5, " ", false));
    text += fmt::format("BLE_1MBIT values: {}\n", words(memory, FICR::BLE_1MBIT0, 5, " ", false));
  }
  text += "\n[user information control block]\n\n";
  if (!chip_.is_nrf51())
    return text + fmt::format("access port protection: {:x}", memory.read32(UICR::APPROTECT));
  text += fmt::format("code region 0 size: {}kB\n", memory.read32(UICR::CLENR0) / 1024);
  text += fmt::format("read back protection configuration: {:x}\n", memory.read32(UICR::RBPCONF) & 0xFFFF);
  text += fmt::format("reset value for XTALFREQ: {:x}\n", memory.read32(UICR::XTALFREQ) & 0xFF);
  return text + fmt::format("firmware id: 0x{:04x}", memory.read32(UICR::FWID) & 0xFFFF);
}

}  // namespace probity::nrf5
