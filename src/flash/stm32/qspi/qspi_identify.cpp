// Which chip is behind the controller: by its JEDEC id, else by what it says about itself (SFDP).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/qspi/qspi_bank.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint32_t kNoId = 0x000000, kNothingThere = 0xFFFFFF;
constexpr std::size_t kIdBytes = 3;
constexpr Milliseconds kSfdpSlack{500};

bool is_id(std::uint32_t id) { return id != kNoId && id != kNothingThere; }

Bytes every_other(const Bytes& bytes, std::size_t first) {
  Bytes half;
  for (std::size_t i = first; i < bytes.size(); i += 2) half.push_back(bytes[i]);
  return half;
}

// Both must do with the same commands.
bool alike(const SpiNorPart& a, const SpiNorPart& b) {
  return a.size == b.size && a.page_size == b.page_size && a.sector_size == b.sector_size &&
         a.page_program == b.page_program && a.sector_erase == b.sector_erase && a.chip_erase == b.chip_erase;
}

bool all_twice(const Bytes& bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] != bytes[i + 1]) return false;
  }
  return true;
}

std::uint32_t id_at(const Bytes& bytes, std::size_t first, std::size_t step) {
  return bytes[first] | std::uint32_t{bytes[first + step]} << 8 |
         std::uint32_t{bytes[first + 2 * step]} << 16;
}

}  // namespace

std::vector<std::uint32_t> QspiBank::read_ids() {
  const QspiSetup& setup = controller_.setup();
  // Chips in 2- and 4-line mode answer to another opcode, or (Winbond) to the same one.
  std::vector<std::uint8_t> opcodes{spi_op::kReadId};
  if (setup.mode.lines == 2 || setup.mode.lines == 4)
    opcodes.insert(opcodes.begin(), spi_op::kReadIdMultiLine);
  std::vector<std::uint32_t> ids;
  for (const std::uint8_t opcode : opcodes) {
    const std::size_t repeats = setup.mode.dtr ? 2 : 1;
    Bytes raw = controller_.read(register_command(setup.mode, opcode), kIdBytes * setup.chips() * repeats);
    // With two bits a clock each byte comes twice (MX25LM51245G data sheet, RDID in DTR OPI mode).
    if (setup.mode.dtr && all_twice(raw)) raw = every_other(raw, 0);
    ids.clear();
    for (std::size_t chip = 0; chip < setup.chips(); ++chip) ids.push_back(id_at(raw, chip, setup.chips()));
    if (std::ranges::all_of(ids, is_id)) return ids;
  }
  return ids;
}

// JESD216B 4: opcode 5Ah, 3-byte address, 8 clocks; 8-line chips take 4 bytes and more clocks. Two chips give
// their bytes in turn, and are asked for the address doubled.
Bytes QspiBank::read_sfdp_bytes(std::size_t index, std::uint32_t address, std::size_t size, unsigned dummy) {
  const QspiSetup& setup = controller_.setup();
  SpiCommand command{spi_op::kReadSfdp, address * setup.chips()};
  command.address_bytes = setup.mode.lines == 8 ? 4 : 3;
  command.dummy = dummy;
  const Bytes raw = controller_.read(command, size * setup.chips());
  return setup.dual() ? every_other(raw, index) : raw;
}

std::optional<SfdpFindings> QspiBank::discover(std::size_t index, std::string& why) {
  // The standard's 8 first; then what chips in 4- and 8-line mode have in their data sheets.
  for (const unsigned dummy : {8u, 20u, 6u, 4u, 10u, 16u}) {
    if (!is_sfdp_header(read_sfdp_bytes(index, 0, kSfdpHeaderSize, dummy))) continue;
    log_.debug("SFDP header after {} dummy clocks", dummy);
    return read_sfdp(
        [&](std::uint32_t address, std::size_t size) { return read_sfdp_bytes(index, address, size, dummy); },
        why);
  }
  why = "no SFDP found";
  return {};
}

// Of one chip. `index`: the first or the second of two.
QspiMemory QspiBank::memory_of(std::uint32_t id, std::size_t index) {
  const unsigned chip = controller_.chip_number(index);
  if (const SpiNorPart* part = find_spi_nor(id)) return with_usual_times(*part);
  std::string why;
  if (auto findings = discover(index, why)) {
    findings->part.id = id;
    QspiMemory memory = with_usual_times(findings->part);
    if (findings->sector_erase_limit != Milliseconds(0)) {
      memory.sector_erase_limit = findings->sector_erase_limit + kSfdpSlack;
      memory.chip_erase_limit = findings->chip_erase_limit + kSfdpSlack;
    }
    return memory;
  }
  const std::string status = fmt::format("0x{:02x}", controller_.status()[index]);
  const std::string what =
      is_id(id)
          ? fmt::format("Unknown flash{} device id = 0x{:06x} - set flash parameters manually", chip, id)
          : fmt::format("No id from flash{} - set flash parameters manually", chip);
  throw FlashError(
      fmt::format("{} (READ ID answers 0x{:06x}, status register {}, {}); if that is no answer at all, look "
                  "at the pins, clock and mode that reset-init sets; else: stmqspi set {} name chip_size ...",
                  what, id, status, why, config_.name),
      config_.name, base_, fmt::format("flash{} id", chip), id);
}

void QspiBank::tell(const QspiMemory& memory, std::size_t index) {
  const SpiNorPart& part = memory.part;
  const bool large = part.size >= 4096;
  log_.info("flash{} '{}' id = 0x{:06x} size = {} {}", controller_.chip_number(index), part.name, part.id,
            large ? part.size >> 10 : part.size, large ? "KiB" : "B");
}

void QspiBank::identify() {
  controller_.attach();
  const QspiSetup& setup = controller_.setup();
  log_.debug("{} at 0x{:08x}, io_base at 0x{:08x}, CR 0x{:08x}, CCR 0x{:08x}, {}-byte addr",
             setup.layout.name, base_, setup.base, setup.found.cr, setup.found.ccr, setup.mode.address_bytes);
  const IndirectMode indirect(controller_);
  if (set_by_user_) {
    take(with_usual_times(*set_by_user_));
    return;
  }
  const std::vector<std::uint32_t> ids = read_ids();
  const QspiMemory first = memory_of(ids[0], 0);
  tell(first, 0);
  if (setup.dual()) {
    const QspiMemory second = memory_of(ids[1], 1);
    tell(second, 1);
    if (!alike(first.part, second.part)) {
      throw FlashError(fmt::format("Incompatible flash1/flash2 devices: '{}' (0x{:06x}) and '{}' (0x{:06x})",
                                   first.part.name, ids[0], second.part.name, ids[1]),
                       config_.name, base_);
    }
  }
  take(first);
}

}  // namespace probity::stm32
