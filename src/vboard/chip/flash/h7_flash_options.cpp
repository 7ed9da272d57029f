// The option bytes' half: RM0433 4.4, 4.5, 4.9; RM0455 5.4, 5.5.
#include <algorithm>

#include "vboard/chip/flash/h7_flash.hpp"

namespace probity::vboard {

using namespace h7_flash_reg;

namespace {

constexpr std::uint32_t kRdpLevel0 = 0xAA, kRdpLevel2 = 0xCC;
constexpr std::uint32_t kProtectionBlock = 256;  // bytes, of PCROP and secure areas
// No data sheet gives the time of an option byte change.
constexpr Milliseconds kOptionTime{10};

unsigned level_of(std::uint32_t optsr) {
  return RDP.get(optsr) == kRdpLevel0 ? 0 : RDP.get(optsr) == kRdpLevel2 ? 2 : 1;
}

}  // namespace

const H7OptionRegister* H7Flash::option_at(const Bank& bank, std::uint32_t offset, bool& program) const {
  for (const H7OptionRegister& row : layout_.options) {
    if (row.bank != 0 && row.bank != bank.number) continue;
    program = row.program == offset;
    if (program || row.current == offset) return &row;
  }
  return nullptr;
}

std::uint32_t& H7Flash::pending(std::string_view name) {
  const auto row = std::find_if(layout_.options.begin(), layout_.options.end(),
                                [&](const H7OptionRegister& r) { return r.name == name; });
  return pending_.at(static_cast<std::size_t>(row - layout_.options.begin()));
}

// "WPSN" of bank 2 is the word WPSN2.
std::uint32_t H7Flash::option_of(std::string_view name, const Bank& bank) const {
  return memory_.option(std::string(name) + std::to_string(bank.number));
}

void H7Flash::load_options() {
  for (const H7OptionRegister& row : layout_.options) {
    if (row.bank <= banks_.size()) pending(row.name) = memory_.option(row.name);
  }
  const std::uint32_t optsr = memory_.option("OPTSR");
  rdp_level_ = level_of(optsr);
  swapped_ = banks_.size() == 2 && SWAP_BANK_OPT.is_set(optsr);
}

bool H7Flash::watchdog_in_hardware() const { return !IWDG1_SW.is_set(memory_.option("OPTSR")); }

BusStatus H7Flash::read_option(const H7OptionRegister& row, bool program, std::uint32_t& value) {
  value = program ? pending(row.name) : memory_.option(row.name);
  if (row.name == "OPTSR" && !program) {
    value = OPT_BUSY.set(OPTCHANGEERR.set(value, change_error_), option_engine_.busy());
  }
  return BusStatus::ok;
}

// FLASH_PRAR, FLASH_SCAR: first and last block of 256 bytes; start and end equal: the whole bank; start above
// end: none.
H7Flash::BlockArea H7Flash::area(const Bank& bank, std::uint32_t word) const {
  const std::uint32_t first = AREA_START.get(word), last = AREA_END.get(word), begin = bank.cells.offset;
  if (first > last) return {};
  if (first == last) return {begin, begin + bank.cells.size};
  return {begin + first * kProtectionBlock, begin + std::min((last + 1) * kProtectionBlock, bank.cells.size)};
}

H7Flash::BlockArea H7Flash::pcrop_area(const Bank& bank) const { return area(bank, option_of("PRAR", bank)); }

H7Flash::BlockArea H7Flash::secure_area(const Bank& bank) const {
  if (!SECURITY.is_set(memory_.option("OPTSR"))) return {};
  return area(bank, option_of("SCAR", bank));
}

// FLASH_OPTCR: no effect while OPTLOCK is set.
BusStatus H7Flash::write_option_control(std::uint32_t value, Lanes lanes) {
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  const bool asks = OPTSTART.is_set(value) || (layout_.mass_erase && MER.is_set(value));
  const bool working =
      std::any_of(banks_.begin(), banks_.end(), [](Bank& bank) { return bank.writer.busy(); });
  if (asks && working) return BusStatus::stalled;
  optcr_ = lanes.merge(optcr_, value) & (OPTCHANGEERRIE.mask() | (layout_.otp ? PG_OTP.mask() : 0));
  if (OPTSTART.is_set(value)) {
    start_options();
  } else if (asks) {
    mass_erase();
  }
  if (OPTLOCK.is_set(value)) option_key_.lock();
  return BusStatus::ok;
}

// "Programming MER bit to 1 automatically sets BER1, BER2, START1 and START2 to 1" (RM0433 FLASH_OPTCR): what
// a locked FLASH_CR does not take does not happen.
void H7Flash::mass_erase() {
  for (Bank& bank : banks_) {
    if (bank.key.open()) {
      bank.cr |= BER.mask();
      start_erase(bank);
    } else {
      ++around_.stats.flash_errors;
    }
  }
}

// RM0433 4.4.4 and 4.5: level 2 is for ever; a PCROP area may only grow, but for a regression to level 0 that
// erases it (DMEP).
bool H7Flash::change_allowed() {
  const unsigned now = level_of(memory_.option("OPTSR")), wanted_level = level_of(pending("OPTSR"));
  if (now == 2) return false;
  return std::all_of(banks_.begin(), banks_.end(), [&](const Bank& bank) {
    const BlockArea old = pcrop_area(bank);
    const BlockArea wanted = area(bank, pending(bank.number == 1 ? "PRAR1" : "PRAR2"));
    const bool erased = now == 1 && wanted_level == 0 && DMEP.is_set(option_of("PRAR", bank));
    return erased || old.begin == old.end || (wanted.begin <= old.begin && wanted.end >= old.end);
  });
}

// Leaving level 1 for 0 erases both banks; a PCROP area only where its DMEP is set (FLASH_PRAR).
void H7Flash::start_options() {
  if (change_error_ || !change_allowed()) {
    ++around_.stats.flash_errors;
    change_error_ = true;
    return;
  }
  const bool regression = level_of(memory_.option("OPTSR")) == 1 && level_of(pending("OPTSR")) == 0;
  FlashOperation operation;
  Nanoseconds duration = kOptionTime;
  for (const Bank& bank : banks_) {
    if (!regression) break;
    duration += layout_.bank_erase_time.back();
    const CellRange cells = bank.cells;
    const BlockArea kept = DMEP.is_set(option_of("PRAR", bank)) ? BlockArea{} : pcrop_area(bank);
    if (kept.begin == kept.end) {
      operation.erased.push_back(cells);
    } else {
      operation.erased.push_back({cells.offset, kept.begin - cells.offset});
      operation.erased.push_back({kept.end, cells.offset + cells.size - kept.end});
    }
  }
  operation.done = [this, erased = operation.erased, regression] {
    for (const CellRange& range : erased) ecc_.erased(range);
    apply_options(regression);
  };
  option_engine_.start(std::move(operation), duration);
}

// In force at once, as FLASH_*_CUR show; a higher protection level and swapped banks after the next reset. A
// block of OTP, once locked, stays so (RM0455 FLASH_OTPBL_PRG).
void H7Flash::apply_options(bool regression) {
  if (layout_.otp) pending("OTPBL") |= memory_.option("OTPBL");
  for (const H7OptionRegister& row : layout_.options) {
    if (row.bank <= banks_.size()) memory_.set_option(row.name, pending(row.name));
  }
  if (regression) rdp_level_ = 0;
  for (const Bank& bank : banks_) around_.changed(bank.cells.offset, bank.cells.size);
  update_interrupt();
}

}  // namespace probity::vboard
