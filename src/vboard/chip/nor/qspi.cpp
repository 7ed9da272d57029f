#include "vboard/chip/nor/qspi.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x00,
  DCR = 0x04,
  SR = 0x08,
  FCR = 0x0C,
  DLR = 0x10,
  CCR = 0x14,
  AR = 0x18,
  ABR = 0x1C,
  DR = 0x20,
  PSMKR = 0x24,
  PSMAR = 0x28,
  PIR = 0x2C,
  LPTR = 0x30,
  kEnd = 0x34,
};
// CR
constexpr Field EN{"EN", 0}, ABORT{"ABORT", 1}, TCEN{"TCEN", 3}, DFM{"DFM", 6}, FSEL{"FSEL", 7},
    FTHRES{"FTHRES", 8, 5}, TEIE{"TEIE", 16}, TCIE{"TCIE", 17}, FTIE{"FTIE", 18}, SMIE{"SMIE", 19},
    TOIE{"TOIE", 20}, APMS{"APMS", 22}, PMM{"PMM", 23}, PRESCALER{"PRESCALER", 24, 8};
// DCR
constexpr Field CSHT{"CSHT", 8, 3}, FSIZE{"FSIZE", 16, 5};
// CCR
constexpr Field INSTRUCTION{"INSTRUCTION", 0, 8}, IMODE{"IMODE", 8, 2}, ADMODE{"ADMODE", 10, 2},
    ADSIZE{"ADSIZE", 12, 2}, ABMODE{"ABMODE", 14, 2}, ABSIZE{"ABSIZE", 16, 2}, DCYC{"DCYC", 18, 5},
    DMODE{"DMODE", 24, 2}, FMODE{"FMODE", 26, 2}, DDRM{"DDRM", 31};
constexpr Field LENGTH_LOW{"DL[0]", 0}, ADDRESS_LOW{"ADDRESS[0]", 0};

constexpr std::uint32_t kCrWritable = 0xFFDF1FDF, kDcrWritable = 0x001F0701, kFlags = 0x0000001B;
// Fields of CR that keep still while BUSY (RM0385 14.5.1).
constexpr std::uint32_t kCrBusy =
    PRESCALER.mask() | PMM.mask() | APMS.mask() | FSEL.mask() | DFM.mask() | TCEN.mask();

// IMODE, ADMODE, ABMODE, DMODE: none, one, two or four lines.
constexpr unsigned lines(std::uint32_t mode) { return mode == 3 ? 4 : mode; }

}  // namespace

Quadspi::Quadspi(QspiSurroundings around, std::size_t fifo_size)
    : QspiController(std::move(around), fifo_size),
      threshold_mask_(fifo_size == 16 ? ~Field{"FTHRES[4]", 12}.mask() : ~0u) {}

QspiSettings Quadspi::settings() const {
  const std::uint32_t cr = at(CR), dcr = at(DCR);
  QspiSettings s;
  s.mode = static_cast<QspiMode>(FMODE.get(at(CCR)));
  s.enabled = EN.is_set(cr);
  s.dual = DFM.is_set(cr);
  s.second = FSEL.is_set(cr);
  s.stops_on_match = APMS.is_set(cr);
  s.match_any = PMM.is_set(cr);
  s.timeout_enabled = TCEN.is_set(cr);
  s.prescaler = PRESCALER.get(cr) + 1;
  s.cs_high = CSHT.get(dcr) + 1;
  s.threshold = FTHRES.get(cr) + 1;
  s.size = std::uint64_t{1} << (FSIZE.get(dcr) + 1);
  s.mask = at(PSMKR);
  s.match = at(PSMAR);
  s.interval = at(PIR);
  s.timeout = at(LPTR);
  using namespace qspi_flag;
  s.interrupts = TEF.of(TEIE.get(cr)) | TCF.of(TCIE.get(cr)) | FTF.of(FTIE.get(cr)) | SMF.of(SMIE.get(cr)) |
                 TOF.of(TOIE.get(cr));
  return s;
}

// With DDRM all but the instruction travels at both edges.
QspiCommand Quadspi::command(std::uint32_t address) const {
  const std::uint32_t ccr = at(CCR);
  const bool both = DDRM.is_set(ccr);
  QspiCommand c;
  c.instruction = {{lines(IMODE.get(ccr)), false}, 8, INSTRUCTION.get(ccr)};
  c.address = {{lines(ADMODE.get(ccr)), both}, 8 * (ADSIZE.get(ccr) + 1), address};
  c.alternate = {{lines(ABMODE.get(ccr)), both}, 8 * (ABSIZE.get(ccr) + 1), at(ABR)};
  c.dummies = DCYC.get(ccr);
  c.data = {lines(DMODE.get(ccr)), both};
  return c;
}

// The window is read only.
std::optional<QspiCommand> Quadspi::window_write_command(std::uint32_t /*address*/) const { return {}; }

std::uint32_t Quadspi::data_register() const { return DR; }
std::uint32_t Quadspi::address() const { return at(AR); }
std::uint32_t Quadspi::data_length() const { return at(DLR); }

std::uint32_t Quadspi::get(std::uint32_t offset) {
  if (offset == SR) return status();
  return offset < kEnd && offset != FCR ? at(offset) : 0;
}

void Quadspi::put(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset >= kEnd || offset == SR) return;
  if (offset == FCR) return clear_flags(value & kFlags);
  if (busy() && offset != CR) return;
  std::uint32_t word = lanes.merge(at(offset), value);
  if (offset == CR) {
    word &= kCrWritable & threshold_mask_;
    if (busy()) word = (word & ~kCrBusy) | (at(CR) & kCrBusy);
    words_[CR / 4] = word & ~ABORT.mask();
    if (ABORT.is_set(word)) abort();
    if (!EN.is_set(word)) disable();
    return;
  }
  if (offset == DCR) word &= kDcrWritable;
  if (offset == PIR || offset == LPTR) word &= 0xFFFF;
  // Dual-flash mode: an even number of bytes from an even address (RM0385 14.5.5, 14.5.7).
  if (offset == DLR && DFM.is_set(at(CR))) word |= LENGTH_LOW.mask();
  if (offset == AR && DFM.is_set(at(CR))) word &= ~ADDRESS_LOW.mask();
  words_[offset / 4] = word;
  if (offset == CCR) instruction_written();
  if (offset == AR) address_written();
}

void Quadspi::reset_registers() { words_ = {}; }

}  // namespace probity::vboard
