#include "flash/stm32/qspi/qspi_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

Address io_base_of(const FlashBankConfig& config) {
  const std::string word = config.options.size() == 1 ? config.options[0] : "";
  const bool hex = word.starts_with("0x") || word.starts_with("0X");
  const char* const begin = word.data() + (hex ? 2 : 0);
  const char* const end = word.data() + word.size();
  Address address = 0;
  const auto [rest, error] = std::from_chars(begin, end, address, hex ? 16 : 10);
  if (word.empty() || error != std::errc() || rest != end) {
    throw ConfigError(fmt::format(
        "flash bank {}: driver stmqspi needs the address of the controller's registers as its one option",
        config.name));
  }
  return address;
}

}  // namespace

QspiBank::QspiBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : MainFlash(std::move(config), target, clock, log),
      controller_(target.memory(), clock, io_base_of(config_), config_.name),
      interface_(controller_, log, config_.name, base_) {}

void QspiBank::meet(std::span<FlashBank* const> banks) {
  for (const FlashBank* bank : banks) {
    if (bank == this || dynamic_cast<const QspiBank*>(bank) != nullptr || !bank->watchdog()) continue;
    watchdog_ = bank->watchdog();
    interface_.set_watchdog(watchdog_);
  }
}

void QspiBank::take(QspiMemory memory) {
  interface_.set_memory(std::move(memory));
  const SpiNorPart& part = interface_.memory().part;
  size_ = part.size * controller_.setup().chips();
  sectors_.clear();
  for (std::uint32_t at = 0; at < size_; at += interface_.sector_size()) {
    sectors_.push_back({at, interface_.sector_size(), {}, false});
  }
  compare_with_fsize();
}

void QspiBank::compare_with_fsize() {
  const std::uint32_t fsize = spi_dcr::FSIZE.get(controller_.setup().found.dcr);
  const auto right = static_cast<std::uint32_t>(std::countr_zero(size_)) - 1;
  if (fsize == right) {
    log_.info("FSIZE in DCR(1) matches actual capacity. Beware of silicon bug in H7, L4+, MP1.");
  } else if (fsize == right + 1) {
    log_.info("FSIZE in DCR(1) is off by one regarding actual capacity. Fix for silicon bug?");
  } else {
    log_.error("FSIZE in DCR(1) doesn't match actual capacity.");
  }
}

void QspiBank::set_part(SpiNorPart part) {
  part.id = 0;
  set_by_user_ = std::move(part);
  probed_ = false;
  probe(true);
}

void QspiBank::protect(SectorRange range, bool on) {
  need_probe();
  require(range, sectors_, "sector");
  log_.warn("setting soft protection only, not related to flash's hardware write protection");
  for (unsigned s = range.first; s <= range.last; ++s) sectors_[s].is_protected = on;
}

void QspiBank::check_protection() { need_probe(); }

void QspiBank::require_allowed(std::span<const FlashStep> steps) {
  for (const FlashStep& step : steps) {
    if (sectors_[step.sector].is_protected != true) continue;
    throw FlashError(fmt::format("Flash sector {} protected; to allow it: flash protect {} {} {} off",
                                 step.sector, config_.name, step.sector, step.sector),
                     config_.name, base_ + sectors_[step.sector].offset);
  }
}

void QspiBank::erase_everything() {
  need_probe();
  for (Sector& sector : sectors_) sector.is_protected = false;
  mass_erase();
}

void QspiBank::lock() {
  throw FlashError(fmt::format("bank {} is serial flash, which has no read-out protection", config_.name),
                   config_.name, base_);
}

void QspiBank::unlock() { lock(); }

Bytes QspiBank::send(std::uint8_t opcode, ByteView bytes, std::size_t answer) {
  controller_.attach();  // the chip need not be known
  const QspiSetup& setup = controller_.setup();
  if (answer != 0 && bytes.size() > 4) {
    throw UsageError("one cmd and up to four addr bytes must be send when reading");
  }
  if (setup.dual() && answer % 2 != 0) throw UsageError("number of bytes to read must be even in dual mode");
  if (setup.dual() && answer == 0 && bytes.size() % 2 != 0) {
    throw UsageError("number of data bytes to write must be even in dual mode");
  }
  const IndirectMode indirect(controller_);
  if (answer == 0) {
    controller_.write({opcode}, bytes);
    return {};
  }
  SpiCommand command = register_command(setup.mode, opcode);
  command.address.reset();
  if (!bytes.empty()) {
    std::uint32_t address = 0;
    for (const std::uint8_t byte : bytes) address = address * 256 + byte;
    // The controller sends half of it to each of two chips.
    command.address = setup.dual() ? address * 2 : address;
    command.address_bytes = static_cast<unsigned>(bytes.size());
  }
  // With two bits a clock the length must be even.
  Bytes read = controller_.read(command, setup.mode.dtr ? (answer + 1) / 2 * 2 : answer);
  read.resize(answer);
  return read;
}

std::string QspiBank::name_of_chips() const {
  const QspiSetup& setup = controller_.setup();
  return setup.dual() ? "12" : setup.second_only() ? "2" : "1";
}

std::string QspiBank::describe() {
  need_probe();
  const SpiNorPart& part = interface_.memory().part;
  const auto [size, unit] = part.size >= 4096 ? std::pair{size_ >> 10, "Ki"} : std::pair{size_, ""};
  // Page and sector are those of one chip, as OpenOCD 0.12.0 prints them.
  const std::uint32_t sector = part.sector_size;
  const bool large = sector >= 4096;
  return fmt::format(
      "flash{} '{}', device id = 0x{:06x}, flash size = {}{} B\n(page size = {}, read = 0x{:02x}, qread = "
      "0x{:02x}, pprog = 0x{:02x}, mass_erase = 0x{:02x}, sector size = {} {}B, sector_erase = 0x{:02x})",
      name_of_chips(), part.name, part.id, size, unit, part.page_size, part.read, part.qread,
      part.page_program, part.chip_erase, large ? sector >> 10 : sector, large ? "Ki" : "",
      part.sector_erase);
}

}  // namespace probity::stm32
