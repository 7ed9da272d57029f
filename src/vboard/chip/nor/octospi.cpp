#include "vboard/chip/nor/octospi.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CR = 0x000,
  DCR1 = 0x008,
  DCR2 = 0x00C,
  DCR3 = 0x010,
  DCR4 = 0x014,
  SR = 0x020,
  FCR = 0x024,
  DLR = 0x040,
  AR = 0x048,
  DR = 0x050,
  PSMKR = 0x080,
  PSMAR = 0x088,
  PIR = 0x090,
  CCR = 0x100,
  LPTR = 0x130,
  WPCCR = 0x140,
  WCCR = 0x180,
  HLCR = 0x200,
  MID = 0x3FC,
};
// From CCR, WPCCR and WCCR on.
constexpr std::uint32_t kTcr = 0x08, kIr = 0x10, kAbr = 0x20;

struct Writable {
  std::uint32_t offset, mask;
};
// What exists, and the bits that can be written (OCTOSPI_*_Msk of stm32l4r9xx.h); CR, FCR and DR apart.
constexpr std::array kWritable{
    Writable{DCR1, 0x071F3F0B},         Writable{DCR2, 0x000700FF},        Writable{DCR3, 0x001F00FF},
    Writable{DCR4, 0xFFFFFFFF},         Writable{DLR, 0xFFFFFFFF},         Writable{AR, 0xFFFFFFFF},
    Writable{PSMKR, 0xFFFFFFFF},        Writable{PSMAR, 0xFFFFFFFF},       Writable{PIR, 0x0000FFFF},
    Writable{CCR, 0xAF3F3F3F},          Writable{CCR + kTcr, 0x5000001F},  Writable{CCR + kIr, 0xFFFFFFFF},
    Writable{CCR + kAbr, 0xFFFFFFFF},   Writable{LPTR, 0x0000FFFF},        Writable{WPCCR, 0xAF3F3F3F},
    Writable{WPCCR + kTcr, 0x5000001F}, Writable{WPCCR + kIr, 0xFFFFFFFF}, Writable{WPCCR + kAbr, 0xFFFFFFFF},
    Writable{WCCR, 0xAF3F3F3F},         Writable{WCCR + kTcr, 0x5000001F}, Writable{WCCR + kIr, 0xFFFFFFFF},
    Writable{WCCR + kAbr, 0xFFFFFFFF},  Writable{HLCR, 0x00FFFF03},
};
// CR
constexpr Field EN{"EN", 0}, ABORT{"ABORT", 1}, TCEN{"TCEN", 3}, DMM{"DMM", 6}, MSEL{"MSEL", 7},
    FTHRES{"FTHRES", 8, 5}, TEIE{"TEIE", 16}, TCIE{"TCIE", 17}, FTIE{"FTIE", 18}, SMIE{"SMIE", 19},
    TOIE{"TOIE", 20}, APMS{"APMS", 22}, PMM{"PMM", 23}, FMODE{"FMODE", 28, 2};
// DCR1, DCR2
constexpr Field CSHT{"CSHT", 8, 6}, DEVSIZE{"DEVSIZE", 16, 5}, MTYP{"MTYP", 24, 3},
    PRESCALER{"PRESCALER", 0, 8};
// CCR
constexpr Field IMODE{"IMODE", 0, 3}, IDTR{"IDTR", 3}, ISIZE{"ISIZE", 4, 2}, ADMODE{"ADMODE", 8, 3},
    ADDTR{"ADDTR", 11}, ADSIZE{"ADSIZE", 12, 2}, ABMODE{"ABMODE", 16, 3}, ABDTR{"ABDTR", 19},
    ABSIZE{"ABSIZE", 20, 2}, DMODE{"DMODE", 24, 3}, DDTR{"DDTR", 27}, DQSE{"DQSE", 29};
constexpr Field DCYC{"DCYC", 0, 5};  // TCR

constexpr std::uint32_t kCrWritable = 0x30DF1FCF, kFlags = 0x0000001B;
// Fields of CR that keep still while BUSY (RM0432 19.7.1).
constexpr std::uint32_t kCrBusy = PMM.mask() | APMS.mask() | MSEL.mask() | DMM.mask() | TCEN.mask();
constexpr std::uint32_t kMacronix = 1;  // MTYP: D1 before D0

// IMODE, ADMODE, ABMODE, DMODE: none, one, two, four or eight lines.
constexpr unsigned lines(std::uint32_t mode) {
  constexpr std::array<unsigned, 8> kLines{0, 1, 2, 4, 8, 0, 0, 0};
  return kLines[mode];
}

// What tells an OCTOSPI from a QUADSPI: the size and identification register, at the block's end.
constexpr std::uint32_t kMid = 0xA3C5DD01;

}  // namespace

Octospi::Octospi(QspiSurroundings around) : QspiController(std::move(around), 32) {}

QspiSettings Octospi::settings() const {
  const std::uint32_t cr = at(CR), dcr1 = at(DCR1);
  QspiSettings s;
  s.mode = static_cast<QspiMode>(FMODE.get(cr));
  s.enabled = EN.is_set(cr);
  s.dual = DMM.is_set(cr);
  s.second = MSEL.is_set(cr);
  s.swapped = MTYP.get(dcr1) == kMacronix;
  s.stops_on_match = APMS.is_set(cr);
  s.match_any = PMM.is_set(cr);
  s.timeout_enabled = TCEN.is_set(cr);
  s.prescaler = PRESCALER.get(at(DCR2)) + 1;
  s.cs_high = CSHT.get(dcr1) + 1;
  s.threshold = FTHRES.get(cr) + 1;
  s.size = std::uint64_t{1} << (DEVSIZE.get(dcr1) + 1);
  s.mask = at(PSMKR);
  s.match = at(PSMAR);
  s.interval = at(PIR);
  s.timeout = at(LPTR);
  using namespace qspi_flag;
  s.interrupts = TEF.of(TEIE.get(cr)) | TCF.of(TCIE.get(cr)) | FTF.of(FTIE.get(cr)) | SMF.of(SMIE.get(cr)) |
                 TOF.of(TOIE.get(cr));
  return s;
}

QspiCommand Octospi::decode(std::uint32_t first, std::uint32_t address) const {
  const std::uint32_t ccr = at(first);
  QspiCommand c;
  c.instruction = {{lines(IMODE.get(ccr)), IDTR.is_set(ccr)}, 8 * (ISIZE.get(ccr) + 1), at(first + kIr)};
  c.address = {{lines(ADMODE.get(ccr)), ADDTR.is_set(ccr)}, 8 * (ADSIZE.get(ccr) + 1), address};
  c.alternate = {{lines(ABMODE.get(ccr)), ABDTR.is_set(ccr)}, 8 * (ABSIZE.get(ccr) + 1), at(first + kAbr)};
  c.dummies = DCYC.get(at(first + kTcr));
  c.data = {lines(DMODE.get(ccr)), DDTR.is_set(ccr)};
  c.strobed = DQSE.is_set(ccr);
  return c;
}

QspiCommand Octospi::command(std::uint32_t address) const {
  QspiCommand c = decode(CCR, address);
  if (settings().mode == QspiMode::write) c.strobed = false;
  return c;
}

std::optional<QspiCommand> Octospi::window_write_command(std::uint32_t address) const {
  QspiCommand c = decode(WCCR, address);
  if (c.data.lines == 0) return {};
  c.strobed = false;
  return c;
}

std::uint32_t Octospi::data_register() const { return DR; }
std::uint32_t Octospi::address() const { return at(AR); }
std::uint32_t Octospi::data_length() const { return at(DLR); }

std::uint32_t Octospi::get(std::uint32_t offset) {
  if (offset == SR) return status();
  if (offset == MID) return kMid;
  return offset < sizeof words_ ? at(offset) : 0;
}

void Octospi::put_control(std::uint32_t word) {
  word &= kCrWritable;
  if (busy()) {
    // FMODE too, but together with ABORT
    const std::uint32_t still = kCrBusy | (ABORT.is_set(word) ? 0 : FMODE.mask());
    word = (word & ~still) | (at(CR) & still);
  }
  words_[CR / 4] = word & ~ABORT.mask();
  if (ABORT.is_set(word)) abort();
  if (!EN.is_set(word)) disable();
}

void Octospi::put(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset == FCR) return clear_flags(value & kFlags);
  if (offset == CR) return put_control(lanes.merge(at(CR), value));
  const auto row =
      std::find_if(kWritable.begin(), kWritable.end(), [&](Writable w) { return w.offset == offset; });
  if (row == kWritable.end() || busy()) return;
  std::uint32_t word = lanes.merge(at(offset), value) & row->mask;
  if (offset == DLR && DMM.is_set(at(CR))) word |= Field{"DL[0]", 0}.mask();
  if (offset == AR && DMM.is_set(at(CR))) word &= ~Field{"ADDRESS[0]", 0}.mask();
  words_[offset / 4] = word;
  if (offset == CCR + kIr) instruction_written();
  if (offset == AR) address_written();
}

void Octospi::reset_registers() { words_ = {}; }

}  // namespace probity::vboard
