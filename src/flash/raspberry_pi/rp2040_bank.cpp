#include "flash/raspberry_pi/rp2040_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/qspi/sfdp.hpp"
#include "flash/unchanged.hpp"

namespace probity::rp {

namespace {

constexpr std::uint32_t kPageOfRom = 256, kSectorOfRom = 4096, kUsualBlock = 65536;
constexpr std::uint8_t kUsualBlockErase = 0xD8;

constexpr Address kChipId = 0x40000000;  // SYSINFO.CHIP_ID
constexpr Field kRevision{"REVISION", 28, 4}, kPart{"PART", 12, 16};
constexpr std::uint32_t kPartRp2040 = 0x0002, kPartRp2350 = 0x0004;

}  // namespace

RpBank::RpBank(FlashBankConfig config, bool any, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log), any_(any) {
  base_ = config_.base;
}

void RpBank::refuse(const std::string& why) const { throw FlashError(why, config_.name, base_); }

void RpBank::need_probe() {
  if (!probed_) probe();
}

unsigned RpBank::write_alignment() const { return kPageOfRom; }

std::optional<Address> RpBank::find_function(std::uint16_t code) {
  return find_rom_function(magic_, code, [&](Address at) { return target_.memory().read16(at); });
}

void RpBank::call_rom(std::string_view code, const std::vector<std::uint32_t>& arguments) {
  require_halted();
  need_probe();
  const auto function = find_function(rom_code(code.at(0), code.at(1)));
  if (!function) refuse(fmt::format("Function {} not found in RP2xxx ROM", code));
  log_.info("RP2xxx ROM API function {} @ {:04x}", code, *function);
  with_rom([&](RomSession& session) { session.call(*function, arguments); });
}

// Which chip, and its ROM's functions.
void RpBank::identify() {
  MemPort& memory = target_.memory();
  const std::uint32_t id = memory.read32(kChipId), magic = memory.read32(kRomMagic);
  const bool is_2350 = kPart.get(id) == kPartRp2350;
  if ((!is_2350 && kPart.get(id) != kPartRp2040) ||
      (magic & kMagicMask) != (is_2350 ? kMagicRp2350 : kMagicRp2040)) {
    throw FlashError(
        fmt::format("RP2040 BOOT ROM not found: SYSINFO.CHIP_ID=0x{:08x}, the word at 0x{:08x} is "
                    "0x{:08x}; is this the right target configuration for the chip?",
                    id, kRomMagic, magic),
        config_.name, kChipId, "SYSINFO.CHIP_ID", id);
  }
  if (is_2350 && !any_) refuse("Incorrect RP2040 BOOT ROM version: an RP2350's flash is of driver rp2xxx");
  chip_ = is_2350 ? Chip::rp2350 : Chip::rp2040;
  revision_ = kRevision.get(id);
  magic_ = magic;
  const auto find = [&](std::string_view name, std::uint16_t code, bool needed = true) -> Address {
    const auto entry = find_function(code);
    if (!entry && needed) refuse(fmt::format("Function {} not found in RP2040 ROM.", name));
    return entry.value_or(0);
  };
  rom_.flash_exit_xip = find("FUNC_FLASH_EXIT_XIP", rom_code('E', 'X'));
  rom_.connect_internal_flash = find("FUNC_CONNECT_INTERNAL_FLASH", rom_code('I', 'F'));
  rom_.flash_range_erase = find("FUNC_FLASH_RANGE_ERASE", rom_code('R', 'E'));
  rom_.flash_range_program = find("FUNC_FLASH_RANGE_PROGRAM", rom_code('R', 'P'));
  rom_.flash_flush_cache = find("FUNC_FLASH_FLUSH_CACHE", rom_code('F', 'C'));
  rom_.flash_enter_cmd_xip = find("FUNC_FLASH_ENTER_CMD_XIP", rom_code('C', 'X'));
  if (!is_2350) return;
  rom_.bootrom_state_reset = find("FUNC_BOOTROM_STATE_RESET", rom_code('S', 'R'), false);
  rom_.flash_reset_address_trans = find("FUNC_FLASH_RESET_ADDRESS_TRANS", rom_code('R', 'A'), false);
}

// By its JEDEC id, or by what it says about itself.
stm32::SpiNorPart RpBank::find_flash(std::uint32_t& id) {
  Ssi ssi(target_.memory(), clock_);
  Qmi qmi(target_.memory(), clock_);
  SpiLink& spi = chip_ == Chip::rp2040 ? static_cast<SpiLink&>(ssi) : qmi;
  Bytes answer = spi.transfer(std::array{stm32::spi_op::kReadId}, 3);
  append_u8(answer, 0);
  id = load_le32(answer);
  if (const stm32::SpiNorPart* part = stm32::find_spi_nor(id)) return *part;
  std::string why;
  const auto found = stm32::read_sfdp(
      [&](std::uint32_t address, std::size_t size) {
        Bytes command = {stm32::spi_op::kReadSfdp};
        for (const unsigned shift : {16u, 8u, 0u})
          append_u8(command, static_cast<std::uint8_t>(address >> shift));
        append_u8(command, 0);  // eight dummy clocks
        return spi.transfer(command, size);
      },
      why);
  if (found) return found->part;
  throw FlashError(fmt::format("Unknown flash device (ID 0x{:08x}), {}; with driver rp2xxx its size can be "
                               "said: flash bank {} rp2xxx 0x{:08x} SIZE 0 0 {}",
                               id, why, config_.name, base_, config_.target),
                   config_.name, base_, "JEDEC id", id);
}

void RpBank::fill(const stm32::SpiNorPart& part) {
  // The ROM's function takes 3-byte addresses and the opcode for them.
  erase_block_ = any_ || part.sector_size % kSectorOfRom != 0 ? kUsualBlock : part.sector_size;
  erase_opcode_ = any_ || part.sector_erase == 0 ? kUsualBlockErase : part.sector_erase;
  const std::uint32_t sector = any_ || part.sector_size % kSectorOfRom != 0 ? kSectorOfRom : part.sector_size;
  size_ = part.size;
  sectors_.clear();
  for (std::uint32_t i = 0; i < size_ / sector; ++i) sectors_.push_back({i * sector, sector, {}, {}});
}

void RpBank::report(const stm32::SpiNorPart& part, std::uint32_t id) {
  const std::string chip = fmt::format("{} rev {}", chip_ == Chip::rp2350 ? "RP2350" : "RP2040", revision_);
  if (!any_) {
    log_.info("Found flash device '{}' (ID 0x{:08x})", part.name, id);
    log_.info("RP2040 B0 Flash Probe: {} bytes @0x{:08x}, in {} sectors", size_, base_, sectors_.size());
  } else if (id == 0) {
    log_.info("{}, QSPI Flash size override = {} KiB in {} sectors", chip, size_ / 1024, sectors_.size());
  } else {
    log_.info("{}, QSPI Flash {} id = 0x{:06x} size = {} KiB in {} sectors", chip, part.name, id,
              size_ / 1024, sectors_.size());
  }
}

void RpBank::probe(bool force) {
  if (probed_ && !force) return;
  probed_ = false;
  require_halted();
  identify();
  stm32::SpiNorPart part;
  std::uint32_t id = 0;
  part.size = any_ ? config_.size : 0;
  if (part.size == 0) with_rom([&](RomSession&) { part = find_flash(id); });
  fill(part);
  report(part, id);
  probed_ = true;
}

template <typename Work>
void RpBank::with_rom(Work work) {
  RomSession session(target_, clock_, log_, chip_, rom_, config_.name);
  work(session);
  session.close();
}

void RpBank::erase(RomSession& session, SectorRange range) {
  const Sector &first = sectors_[range.first], &last = sectors_[range.last];
  session.erase(first.offset, last.offset + last.size - first.offset, erase_block_, erase_opcode_);
  for (unsigned i = range.first; i <= range.last; ++i) sectors_[i].erased.reset();
}

void RpBank::erase(SectorRange range) {
  require_halted();
  need_probe();
  require(range, sectors_, "sector");
  with_rom([&](RomSession& session) { erase(session, range); });
}

void RpBank::write(RomSession& session, std::uint32_t offset, ByteView data) {
  if (data.empty()) return;
  if (offset > size_ || data.size() > size_ - offset) {
    throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                                 data.size(), offset, config_.name, size_),
                     config_.name, base_ + offset);
  }
  // Bits that are set change nothing.
  const std::uint32_t begin = offset / kPageOfRom * kPageOfRom;
  const std::size_t size = offset - begin + data.size();
  Bytes pages((size + kPageOfRom - 1) / kPageOfRom * kPageOfRom, 0xFF);
  std::ranges::copy(data, pages.begin() + (offset - begin));
  session.program(begin, pages);
  const std::uint32_t sector = sectors_.front().size;
  for (std::size_t i = begin / sector; i <= (begin + pages.size() - 1) / sector; ++i)
    sectors_[i].erased.reset();
}

void RpBank::write(std::uint32_t offset, ByteView data) {
  require_halted();
  need_probe();
  with_rom([&](RomSession& session) { write(session, offset, data); });
}

FlashJobResult RpBank::run(const FlashJob& job) {
  require_halted();
  need_probe();
  FlashJobResult result;
  with_rom([&](RomSession& session) {
    for (const SectorRange range : neighbours(job.erase)) erase(session, range);
    for (const FlashWrite& piece : job.writes) {
      write(session, piece.offset, piece.data);
      result.bytes_written += piece.data.size();
    }
  });
  result.sectors_erased = static_cast<unsigned>(job.erase.size());
  return result;
}

void RpBank::protect(SectorRange, bool) { refuse("Flash protection is not supported."); }
void RpBank::check_protection() { need_probe(); }

void RpBank::mass_erase() {
  need_probe();
  erase({0, static_cast<unsigned>(sectors_.size()) - 1});
}

void RpBank::lock() { refuse("an RP2040 or RP2350 has no read-out protection that could be set here"); }
void RpBank::unlock() { lock(); }

}  // namespace probity::rp
