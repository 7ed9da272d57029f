#include "vboard/chip/flash/h7_flash.hpp"

#include <algorithm>

namespace probity::vboard {

using namespace h7_flash_reg;

namespace {

// Where the chip shows its banks, whatever their size (RM0433 table 8).
constexpr std::uint32_t kBankAddress[] = {0x08000000, 0x08100000};

}  // namespace

H7Flash::Bank::Bank(H7Flash& flash, unsigned n, CellRange range)
    : number(n),
      cells(range),
      writer({.word = flash.layout_.word,
              .base = kBankAddress[n - 1] - range.offset,
              .cost =
                  [&flash, this](std::uint32_t) {
                    const Nanoseconds time = flash.layout_.program_time[flash.parallelism(*this)];
                    return FlashWordWriter::Cost{cells, time};  // the other bank can be read meanwhile
                  },
              .finished =
                  [&flash, this] {
                    sr |= EOP.mask();
                    flash.update_interrupt();
                  }},
             flash.memory_, flash.ecc_, flash.around_) {}

H7Flash::H7Flash(const H7FlashLayout& layout, unsigned banks, NonVolatile& memory, FlashSurroundings around)
    : layout_(layout),
      memory_(memory),
      around_(around),
      option_engine_(memory.cells, 0xFF, kBankAddress[0], around_),
      pending_(layout.options.size()),
      ecc_(layout.word),
      otp_(memory.otp) {
  around_.changed = [this, tell = around.changed](std::uint32_t place, std::uint32_t size) {
    tell(other_view(place), size);
  };
  const auto size = static_cast<std::uint32_t>(memory.cells.size() / banks);
  for (unsigned i = 0; i < banks; ++i) banks_.emplace_back(*this, i + 1, CellRange{i * size, size});
  power_on_reset();
}

void H7Flash::power_on_reset() {
  debugger_ = false;
  reset();
}

void H7Flash::reset() {
  for (Bank& bank : banks_) {
    bank.writer.reset();
    bank.key.reset();
    bank.cr = bank.sr = bank.ecc_address = 0;
  }
  option_engine_.cut_short();
  option_key_.reset();
  acr_ = layout_.acr_reset;
  optcr_ = 0;
  change_error_ = false;
  load_options();
  update_interrupt();
  for (const Bank& bank : banks_) around_.changed(bank.cells.offset, bank.cells.size);
}

void H7Flash::debugger_attached() {
  if (debugger_) return;
  debugger_ = true;
  if (!closed()) return;
  for (const Bank& bank : banks_) around_.changed(bank.cells.offset, bank.cells.size);
}

void H7Flash::settle() {
  for (Bank& bank : banks_) bank.writer.settle();
  option_engine_.settle();
}

// The manual's memory map with SWAP_BANK set (RM0433 table 17): each bank where the other one was. Its own
// inverse.
std::uint32_t H7Flash::other_view(std::uint32_t offset) const {
  const std::uint32_t bank = banks_.front().cells.size;
  return !swapped_ ? offset : offset < bank ? offset + bank : offset - bank;
}

// --- registers -----------------------------------------------------------------------------------------

std::uint32_t H7Flash::status(Bank& bank) {
  const bool works = bank.writer.busy(), options = option_engine_.busy();
  return bank.sr | BSY.of((works && !bank.writer.between_steps()) || options) |
         WBNE.of(bank.writer.collects()) | QW.of(works || options || bank.writer.queued());
}

std::optional<Nanoseconds> H7Flash::busy_until() const {
  std::optional<Nanoseconds> next = option_engine_.busy_until();
  for (const Bank& bank : banks_) {
    const auto change = bank.writer.next_change();
    if (change && (!next || *change < *next)) next = change;
  }
  return next;
}

std::uint32_t H7Flash::error_flags() const {
  return WRPERR.mask() | PGSERR.mask() | STRBERR.mask() | INCERR.mask() | (layout_.operr ? OPERR.mask() : 0) |
         RDPERR.mask() | RDSERR.mask() | SNECCERR.mask() | DBECCERR.mask();
}

// With the banks swapped their registers are too (RM0433 table 18).
BusStatus H7Flash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  const std::uint32_t set = offset / kSetStep, reg = offset % kSetStep;
  if (set >= banks_.size()) return BusStatus::error;
  Bank& bank = banks_[swapped_ ? 1 - set : set];
  bool program = false;
  value = 0;
  if (const H7OptionRegister* row = option_at(bank, reg, program)) return read_option(*row, program, value);
  switch (reg) {
    case ACR:
      value = acr_;
      return BusStatus::ok;
    case CR:
      value = bank.cr | LOCK.of(!bank.key.open());
      return BusStatus::ok;
    case SR:
      value = status(bank);
      return BusStatus::ok;
    case OPTCR:
      value = optcr_ | OPTLOCK.of(!option_key_.open()) | SWAP_BANK.of(swapped_);
      return BusStatus::ok;
    case ECC_FA:
      value = bank.ecc_address;
      return BusStatus::ok;
    case KEYR:  // written only
    case OPTKEYR:
    case CCR:
    case OPTCCR:
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

BusStatus H7Flash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  settle();
  const std::uint32_t set = offset / kSetStep;
  if (set >= banks_.size()) return BusStatus::error;
  // FLASH_CRCCR: "all write accesses to embedded flash memory registers are put on hold until the option byte
  // change operation has completed".
  if (option_engine_.busy()) return BusStatus::stalled;
  const BusStatus status = write_any(banks_[swapped_ ? 1 - set : set], offset % kSetStep, value, lanes);
  update_interrupt();
  return status;
}

BusStatus H7Flash::write_any(Bank& bank, std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  bool program = false;
  if (const H7OptionRegister* row = option_at(bank, offset, program)) {
    if (!program || !option_key_.open()) {
      ++around_.stats.flash_errors;
      return BusStatus::ok;
    }
    std::uint32_t& word = pending(row->name);
    word = (word & ~row->mask) | (lanes.merge(word, value) & row->mask);
    return BusStatus::ok;
  }
  switch (offset) {
    case ACR:
      acr_ = lanes.merge(acr_, value);
      return BusStatus::ok;
    case KEYR:
    case OPTKEYR: {
      const bool accepted = (offset == KEYR ? bank.key : option_key_).write_key(value);
      if (!accepted) ++around_.stats.flash_errors;
      return accepted ? BusStatus::ok : BusStatus::error;
    }
    case CR:
      return write_control(bank, value, lanes);
    case SR:  // read only
      return BusStatus::ok;
    case CCR:
      clear_flags(bank, value);
      return BusStatus::ok;
    case OPTCR:
      return write_option_control(value, lanes);
    case OPTCCR:
      if (OPTCHANGEERR.is_set(value)) change_error_ = false;
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

void H7Flash::refuse(Bank& bank, std::uint32_t flags) {
  ++around_.stats.flash_errors;
  bank.sr |= flags;
  update_interrupt();
}

// An enable bit of FLASH_CR has its flag's place in FLASH_SR.
void H7Flash::update_interrupt() {
  const std::uint32_t sources = error_flags() | EOP.mask();
  const bool raised =
      std::any_of(banks_.begin(), banks_.end(), [&](const Bank& b) { return (b.cr & b.sr & sources) != 0; });
  around_.interrupt_changed(raised || (change_error_ && OPTCHANGEERRIE.is_set(optcr_)));
}

// --- reading the cells ---------------------------------------------------------------------------------

// RM0433 4.7: RDPERR, RDSERR and DBECCERR come with a bus error. Code in a PCROP area may be executed.
BusStatus H7Flash::check_read(Master master, Bank& bank, std::uint32_t place, unsigned size) {
  if (bank.writer.busy() || option_engine_.affects(place, size)) return BusStatus::stalled;
  if (closed() || (master != Master::fetch && pcrop_area(bank).overlaps(place, size))) {
    refuse(bank, RDPERR.mask());
    return BusStatus::error;
  }
  if (secure_area(bank).overlaps(place, size)) {
    refuse(bank, RDSERR.mask());
    return BusStatus::error;
  }
  if (!ecc_.in({place, size})) return BusStatus::ok;
  note_ecc_error(bank, (place - bank.cells.offset) / layout_.word);
  return BusStatus::error;
}

// "programs the address in this register only when no ECC error flags are set" (FLASH_ECC_FA).
void H7Flash::note_ecc_error(Bank& bank, std::uint32_t address) {
  if ((bank.sr & (SNECCERR.mask() | DBECCERR.mask())) == 0) bank.ecc_address = address;
  bank.sr |= DBECCERR.mask();
  update_interrupt();
}

// A word that was never written reads as ones, with an ECC error (RM0481 7.3.4 says it of the same
// interface).
BusStatus H7Flash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  settle();
  Bank& bank = banks_.front();
  if (bank.writer.busy()) return BusStatus::stalled;
  const OtpArea::Content content = otp_.content(offset, size);
  if (content != OtpArea::Content::good) note_ecc_error(bank, OTP_FAIL_ECC.mask() | offset / OtpArea::kWord);
  value = otp_.read(offset, size);
  return content == OtpArea::Content::corrupt ? BusStatus::error : BusStatus::ok;
}

BusStatus H7Flash::read_cells(Master master, Security, std::uint32_t offset, unsigned size,
                              std::uint32_t& value) {
  settle();
  const std::uint32_t place = other_view(offset);
  const BusStatus status = check_read(master, bank_at(place), place, size);
  if (status == BusStatus::ok) value = load_sized(memory_.cells, place, size);
  return status;
}

std::optional<ByteView> H7Flash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  settle();
  const std::uint32_t place = other_view(offset), sector = place - place % layout_.sector;
  Bank& bank = bank_at(place);
  const bool plain = !bank.writer.busy() && !option_engine_.affects(sector, layout_.sector) && !closed() &&
                     !pcrop_area(bank).overlaps(sector, layout_.sector) &&
                     !secure_area(bank).overlaps(sector, layout_.sector) &&
                     !ecc_.in({sector, layout_.sector});
  if (!plain) return {};
  begin = offset - offset % layout_.sector;
  return ByteView(memory_.cells).subspan(sector, layout_.sector);
}

}  // namespace probity::vboard
