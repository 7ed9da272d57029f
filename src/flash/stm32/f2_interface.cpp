#include "flash/stm32/f2_interface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/errors.hpp"
#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr Nanoseconds kPollInterval = Milliseconds(1);
constexpr Milliseconds kRegisterLimit{
    100};  // for an operation that some firmware had under way: a program, HSIRDY
constexpr Milliseconds kForeignEraseLimit{35000};  // … or an erase of all
constexpr Milliseconds kOptionLimit{1000};         // the option bytes are a small sector of their own
constexpr std::uint32_t kProgramBlock = 1024;      // bytes written between two looks at FLASH_SR
constexpr Microseconds kProgramTypical{16}, kProgramLimit{100};  // of a unit of any width, DS8626 table 39

unsigned column(ProgramWidth width) {
  return width == ProgramWidth::x8 ? 0 : width == ProgramWidth::x16 ? 1 : 2;
}

struct EraseRow {
  std::uint32_t up_to_kib;
  std::array<Milliseconds, 3> typical;  // at x8, x16, x32
};
// DS8626 (F405/F407) table 39; DS10916 (F746) table 48 for 32 and 256 KiB.
constexpr EraseRow kEraseTimes[] = {
    {16, {Milliseconds(400), Milliseconds(300), Milliseconds(250)}},
    {32, {Milliseconds(800), Milliseconds(600), Milliseconds(250)}},
    {64, {Milliseconds(1200), Milliseconds(700), Milliseconds(550)}},
    {128, {Milliseconds(2000), Milliseconds(1300), Milliseconds(1000)}},
    {256, {Milliseconds(4000), Milliseconds(2600), Milliseconds(2000)}},
};
// Same tables, for 1 MiB; two banks of that may be erased one after the other.
constexpr std::uint32_t kMassEraseSize = 1 << 20;
constexpr std::array<Milliseconds, 3> kMassEraseTypical{Milliseconds(16000), Milliseconds(11000),
                                                        Milliseconds(8000)};

struct ErrorRow {
  Field flag;
  std::string_view meaning;
};
constexpr ErrorRow kErrorRows[] = {
    {SR::OPERR, "the operation failed"},
    {SR::WRPERR, "write-protected"},
    {SR::PGAERR, "programming crossed a 128-bit row"},
    {SR::PGPERR,
     "access width differs from FLASH_CR.PSIZE, or the supply is too low for it (x32: 2.7 V, x16: 2.1 V)"},
    {SR::PGSERR, "wrong programming or erase sequence"},
    {SR::RDERR, "read-protected (PCROP)"},
};

std::string explained(std::uint32_t sr) {
  std::string text;
  for (const ErrorRow& row : kErrorRows) {
    if (row.flag.is_set(sr)) text += fmt::format("{}{}", text.empty() ? "" : "; ", row.meaning);
  }
  return text;
}

Milliseconds mass_erase_limit(std::uint32_t flash_size, ProgramWidth width) {
  const auto mebibytes = static_cast<int>((flash_size + kMassEraseSize - 1) / kMassEraseSize);
  return 2 * std::max(mebibytes, 1) * kMassEraseTypical[column(width)];
}

}  // namespace

Milliseconds sector_erase_limit(std::uint32_t sector_size, ProgramWidth width) {
  const auto row = std::find_if(std::begin(kEraseTimes), std::end(kEraseTimes) - 1,
                                [&](const EraseRow& r) { return sector_size <= r.up_to_kib * 1024; });
  return 2 * row->typical[column(width)] + kRegisterLimit;
}

std::uint32_t cr_for_erase(unsigned snb, ProgramWidth width) {
  return CR::SER.mask() | CR::SNB.of(snb) | CR::PSIZE.of(column(width));
}

std::uint32_t cr_for_program(ProgramWidth width) { return CR::PG.mask() | CR::PSIZE.of(column(width)); }

std::string f2_error_names(std::uint32_t sr) {
  std::string names;
  for (const ErrorRow& row : kErrorRows) {
    if (row.flag.is_set(sr)) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.flag.name);
  }
  return names;
}

ProgramWidth program_width(std::optional<unsigned> millivolts) {
  constexpr unsigned kX32From = 2700, kX16From = 2100;
  if (!millivolts) return ProgramWidth::x16;
  if (*millivolts >= kX32From) return ProgramWidth::x32;
  return *millivolts >= kX16From ? ProgramWidth::x16 : ProgramWidth::x8;
}

std::vector<F2ProgramPiece> program_pieces(Address address, ByteView data, ProgramWidth width) {
  const std::uint32_t unit = bytes_of(width);
  const auto size = static_cast<std::uint32_t>(data.size());
  const std::uint32_t head = std::min(size, (unit - address % unit) % unit);
  const std::uint32_t body = (size - head) / unit * unit;
  std::vector<F2ProgramPiece> pieces;
  auto add = [&](std::uint32_t from, std::uint32_t length, ProgramWidth w) {
    if (length != 0) pieces.push_back({address + from, data.subspan(from, length), w});
  };
  add(0, head, ProgramWidth::x8);
  add(head, body, width);
  add(head + body, size - head - body, ProgramWidth::x8);
  return pieces;
}

void F2Interface::set_geometry(F2Geometry geometry, Address base) {
  geometry_ = std::move(geometry);
  base_ = base;
}

std::uint32_t F2Interface::flash_size() const {
  return geometry_.sectors.back().offset + geometry_.sectors.back().size;
}

std::string F2Interface::status_text() {
  try {
    return fmt::format("FLASH_SR=0x{:08x}", memory_.read32(kFlashSr));
  } catch (const Error&) {
    return "FLASH_SR cannot be read, the bus hangs";
  }
}

void F2Interface::check(std::uint32_t sr, Address address) const {
  if ((sr & SR::kErrors) == 0) return;
  throw FlashError(
      fmt::format("{} (FLASH_SR=0x{:08x}) at 0x{:08x}: {}", f2_error_names(sr), sr, address, explained(sr)),
      bank_, address, "FLASH_SR", sr);
}

void F2Interface::wait_idle(Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t sr = memory_.read32(kFlashSr);
    if (!SR::BSY.is_set(sr)) return;
    deadline.check(fmt::format("FLASH_SR=0x{:08x} (BSY is still set)", sr));
    clock_.sleep(kPollInterval);
  }
}

void F2Interface::switch_on_hsi() {
  const std::uint32_t cr = memory_.read32(kRccCr);
  if (kHsirdy.is_set(cr)) return;
  memory_.write32(kRccCr, cr | kHsion.mask());
  const Deadline deadline(clock_, kRegisterLimit, "the internal oscillator (RCC_CR.HSIRDY)");
  while (!kHsirdy.is_set(memory_.read32(kRccCr))) {
    deadline.check();
    clock_.sleep(kPollInterval);
  }
}

ProgramWidth F2Interface::measured_width() {
  const auto millivolts = target_.supply_millivolts();
  const ProgramWidth chosen = program_width(millivolts);
  log_.debug("programming x{} ({})", 8 * bytes_of(chosen),
             millivolts ? fmt::format("target supply {} mV", *millivolts) : "target supply not measured");
  return chosen;
}

void F2Interface::open() {
  width_ = measured_width();
  switch_on_hsi();
  wait_idle(kForeignEraseLimit, "a flash operation that was under way (FLASH_SR.BSY)");
  if (CR::LOCK.is_set(memory_.read32(kFlashCr))) {
    std::array<WordAccess, 2> keys{WordAccess::store(kFlashKeyr, kKey1),
                                   WordAccess::store(kFlashKeyr, kKey2)};
    memory_.run(keys);
  }
  std::array<WordAccess, 4> access{
      WordAccess::store(kFlashSr, SR::kErrors | SR::EOP.mask()),  // write 1 to clear
      WordAccess::store(kFlashCr, 0), WordAccess::load(kFlashCr), WordAccess::load(kFlashAcr)};
  memory_.run(access);
  const std::uint32_t cr = access[2].value;
  if (CR::LOCK.is_set(cr)) {
    throw FlashError(
        fmt::format("flash not unlocked (FLASH_CR=0x{:08x}): LOCK stays set until the next reset after "
                    "a wrong key; try: reset halt",
                    cr),
        bank_, kFlashCr, "FLASH_CR", cr);
  }
  // The caches do not notice an erase (RM0090); they are emptied in close().
  saved_acr_ = access[3].value;
  const std::uint32_t caches = ACR::ICEN.mask() | ACR::DCEN.mask();
  if ((*saved_acr_ & caches) != 0) memory_.write32(kFlashAcr, *saved_acr_ & ~caches);
}

void F2Interface::close() {
  const UninterruptedScope giving_back(clock_);
  memory_.write32(kFlashCr, CR::LOCK.mask());
  if (!saved_acr_) return;
  const std::uint32_t acr = *saved_acr_;
  const std::uint32_t off = acr & ~(ACR::ICEN.mask() | ACR::DCEN.mask());
  if (acr != off) {
    const std::uint32_t resets =
        (ACR::ICEN.is_set(acr) ? ACR::ICRST.mask() : 0) | (ACR::DCEN.is_set(acr) ? ACR::DCRST.mask() : 0);
    std::array<WordAccess, 3> access{WordAccess::store(kFlashAcr, off | resets),
                                     WordAccess::store(kFlashAcr, off), WordAccess::store(kFlashAcr, acr)};
    memory_.run(access);
  }
  saved_acr_.reset();
}

// Writes `cr`, sets STRT and waits until the controller is done.
void F2Interface::start(std::uint32_t cr, Milliseconds limit, std::string_view what, Address address) {
  std::array<WordAccess, 2> access{WordAccess::store(kFlashCr, cr),
                                   WordAccess::store(kFlashCr, cr | CR::STRT.mask())};
  memory_.run(access);
  wait_idle(limit, what);
  check(memory_.read32(kFlashSr), address);
}

void F2Interface::erase(unsigned sector) {
  const Address address = address_of(sector);
  start(cr_for_erase(geometry_.sectors[sector].snb, width_), erase_limit(sector),
        fmt::format("the erase of the sector at 0x{:08x}", address), address);
}

void F2Interface::erase_all() {
  const std::uint32_t cr =
      CR::MER.mask() | (geometry_.dual_bank ? CR::MER1.mask() : 0) | CR::PSIZE.of(column(width_));
  start(cr, mass_erase_limit(flash_size(), width_), "the erase of the whole flash", base_);
}

void F2Interface::program(Address address, ByteView data) {
  for (const F2ProgramPiece& piece : program_pieces(address, data, width_)) {
    program(piece.address, piece.data, piece.width);
  }
}

void F2Interface::program(Address address, ByteView data, ProgramWidth width) {
  memory_.write32(kFlashCr, cr_for_program(width));
  while (!data.empty()) {
    const std::size_t size = std::min<std::size_t>(data.size(), kProgramBlock);
    // The bus holds a write back while the one before is being programmed.
    memory_.write(address, data.first(size), static_cast<Width>(bytes_of(width)));
    wait_idle(kProgramLimit * 10, fmt::format("programming up to 0x{:08x}", address + size));
    check(memory_.read32(kFlashSr), address);
    address += static_cast<Address>(size);
    data = data.subspan(size);
  }
}

LoaderChip F2Interface::loader_chip() const {
  return {{kFlashCr, kFlashSr, SR::BSY.mask(), SR::kErrors}, kIwdgKr};
}

void F2Interface::add_erase(LoaderScript& script, unsigned sector) const {
  const std::uint32_t cr = cr_for_erase(geometry_.sectors[sector].snb, width_);
  const LoaderStore stores[] = {{kFlashCr, cr}, {kFlashCr, cr | CR::STRT.mask()}};
  script.store(address_of(sector), stores);
}

void F2Interface::add_program(LoaderScript& script, Address address, ByteView data) const {
  for (const F2ProgramPiece& piece : program_pieces(address, data, width_)) {
    const unsigned unit = bytes_of(piece.width);
    script.program(cr_for_program(piece.width), piece.address, unit, unit, piece.data);
  }
}

Nanoseconds F2Interface::program_per_byte() const { return kProgramTypical / bytes_of(width_); }

Nanoseconds F2Interface::program_limit() const { return kProgramLimit; }

Milliseconds F2Interface::erase_limit(unsigned sector) const {
  return sector_erase_limit(geometry_.sectors[sector].size, width_);
}

void F2Interface::write_options(std::span<const std::uint32_t> values) {
  wait_idle(kForeignEraseLimit, "a flash operation that was under way (FLASH_SR.BSY)");
  if (OPTCR::OPTLOCK.is_set(memory_.read32(kFlashOptcr))) {
    std::array<WordAccess, 2> keys{WordAccess::store(kFlashOptkeyr, kOptKey1),
                                   WordAccess::store(kFlashOptkeyr, kOptKey2)};
    memory_.run(keys);
    const std::uint32_t optcr = memory_.read32(kFlashOptcr);
    if (OPTCR::OPTLOCK.is_set(optcr)) {
      throw FlashError(
          fmt::format("options not unlocked (FLASH_OPTCR=0x{:08x}): OPTLOCK stays set until the next "
                      "reset after a wrong key; try: reset halt",
                      optcr),
          bank_, kFlashOptcr, "FLASH_OPTCR", optcr);
    }
  }
  memory_.write32(kFlashSr, SR::kErrors | SR::EOP.mask());
  const std::uint32_t optcr = values[0] & ~(OPTCR::OPTLOCK.mask() | OPTCR::OPTSTRT.mask());
  for (std::size_t i = 1; i < values.size(); ++i) {
    memory_.write32(kFlashOptcr + 4 * static_cast<Address>(i), values[i]);
  }
  std::array<WordAccess, 2> access{WordAccess::store(kFlashOptcr, optcr),
                                   WordAccess::store(kFlashOptcr, optcr | OPTCR::OPTSTRT.mask())};
  memory_.run(access);
  // Going back from RDP level 1 to 0 erases the whole flash first.
  wait_idle(mass_erase_limit(flash_size(), ProgramWidth::x8) + kOptionLimit, "programming the option bytes");
  check(memory_.read32(kFlashSr), kFlashOptcr);
  memory_.write32(kFlashOptcr, optcr | OPTCR::OPTLOCK.mask());
}

}  // namespace probity::stm32
