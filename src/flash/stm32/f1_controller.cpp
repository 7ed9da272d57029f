#include "flash/stm32/f1_controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stm32 {

using f1::Fpec;
namespace CR = f1::CR;
namespace SR = f1::SR;

namespace {

constexpr Milliseconds kRegisterLimit{100};
// DS5319 (F103x8) table 28: 52.5 us typically, 70 us at most, for a half-word; GD32F103 data sheet: 37.5 to
// 105 us.
constexpr Microseconds kProgramTypical{53}, kProgramLimit{200};
// DS5319: 40 ms at most for a page and for all; GD32F103: 400 ms for a page of the larger ones, seconds for
// all.
constexpr Milliseconds kPageEraseLimit{1000}, kMassEraseLimit{30000};
constexpr std::uint32_t kProgramBlock = 1024;  // bytes written between two looks at FLASH_SR

struct ErrorRow {
  Field flag;
  std::string_view meaning;
};
constexpr ErrorRow kErrorRows[] = {
    {SR::WRPRTERR, "write-protected"},
    {SR::PGERR, "the flash was not erased there"},
};

std::string_view status_name(const Fpec& fpec) { return fpec.sr == f1::kFpec2.sr ? "FLASH_SR2" : "FLASH_SR"; }

template <typename Of>
std::string joined(std::uint32_t sr, std::string_view separator, Of of) {
  std::string text;
  for (const ErrorRow& row : kErrorRows) {
    if (!row.flag.is_set(sr)) continue;
    if (!text.empty()) text += separator;
    text += of(row);
  }
  return text;
}

}  // namespace

std::string f1_error_names(std::uint32_t sr) {
  return joined(sr, ", ", [](const ErrorRow& row) { return row.flag.name; });
}

void F1Controller::cover(const F1Extent& extent, std::uint32_t page_size, bool dual_bank) {
  extent_ = extent;
  page_size_ = page_size;
  fpecs_.clear();
  if (!dual_bank || extent.base < f1::kSecondBank) fpecs_.push_back(&f1::kFpec1);
  if (dual_bank && extent.base + extent.size > f1::kSecondBank) fpecs_.push_back(&f1::kFpec2);
}

const Fpec& F1Controller::fpec_at(Address address) const {
  return address >= f1::kSecondBank ? *fpecs_.back() : *fpecs_.front();
}

void F1Controller::wait_idle(const Fpec& fpec, Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t sr = memory_.read32(fpec.sr);
    if (!SR::BSY.is_set(sr)) return;
    deadline.check(fmt::format("{}=0x{:08x} (BSY is still set)", status_name(fpec), sr));
    clock_.sleep(kStatusPause);
  }
}

// Erasing and programming run from HSI (PM0075, 2.3).
void F1Controller::switch_on_hsi() {
  const std::uint32_t cr = memory_.read32(f1::kRccCr);
  if (f1::kHsirdy.is_set(cr)) return;
  memory_.write32(f1::kRccCr, cr | f1::kHsion.mask());
  const Deadline deadline(clock_, kRegisterLimit, "the internal oscillator (RCC_CR.HSIRDY)");
  while (!f1::kHsirdy.is_set(memory_.read32(f1::kRccCr))) {
    deadline.check();
    clock_.sleep(kStatusPause);
  }
}

void F1Controller::unlock(const Fpec& fpec) {
  wait_idle(fpec, kMassEraseLimit, "a flash operation that was under way (FLASH_SR.BSY)");
  if (CR::LOCK.is_set(memory_.read32(fpec.cr))) {
    std::array<WordAccess, 2> keys{WordAccess::store(fpec.keyr, f1::kKey1),
                                   WordAccess::store(fpec.keyr, f1::kKey2)};
    memory_.run(keys);
  }
  std::array<WordAccess, 3> access{
      WordAccess::store(fpec.sr, SR::kErrors | SR::EOP.mask()),  // write 1 to clear
      WordAccess::store(fpec.cr, 0), WordAccess::load(fpec.cr)};
  memory_.run(access);
  const std::uint32_t cr = access[2].value;
  if (!CR::LOCK.is_set(cr)) return;
  throw FlashError(
      fmt::format("flash not unlocked (FLASH_CR=0x{:08x}): LOCK stays set until the next reset after "
                  "a wrong key; try: reset halt",
                  cr),
      bank_, fpec.cr, "FLASH_CR", cr);
}

void F1Controller::open() {
  switch_on_hsi();
  for (const Fpec* fpec : fpecs_) unlock(*fpec);
}

void F1Controller::close() {
  const UninterruptedScope giving_back(clock_);
  for (const Fpec* fpec : fpecs_) memory_.write32(fpec->cr, CR::LOCK.mask());
}

// Writes `cr`, sets STRT and waits until the controller is done.
void F1Controller::start(const Fpec& fpec, std::uint32_t cr, Milliseconds limit, std::string_view what,
                         Address address) {
  memory_.write32(fpec.cr, cr | CR::STRT.mask());
  wait_idle(fpec, limit, what);
  check(memory_.read32(fpec.sr), address);
}

void F1Controller::erase(unsigned sector) {
  const Address address = page_address(sector);
  const Fpec& fpec = fpec_at(address);
  std::array<WordAccess, 2> access{WordAccess::store(fpec.cr, CR::PER.mask()),
                                   WordAccess::store(fpec.ar, address)};
  memory_.run(access);
  start(fpec, CR::PER.mask(), kPageEraseLimit, fmt::format("the erase of the page at 0x{:08x}", address),
        address);
}

void F1Controller::erase_all() {
  for (const Fpec* fpec : fpecs_) {
    const Address first = fpec == &f1::kFpec2 ? f1::kSecondBank : extent_.base;
    memory_.write32(fpec->cr, CR::MER.mask());
    start(*fpec, CR::MER.mask(), kMassEraseLimit, "the erase of the whole flash", first);
  }
}

void F1Controller::program(Address address, ByteView data) {
  while (!data.empty()) {
    const Fpec& fpec = fpec_at(address);
    memory_.write32(fpec.cr, CR::PG.mask());
    const std::size_t size = std::min<std::size_t>(data.size(), kProgramBlock - address % kProgramBlock);
    // The bus holds a write back while the one before is being programmed.
    memory_.write(address, data.first(size), Width::half);
    wait_idle(fpec, kRegisterLimit, fmt::format("programming up to 0x{:08x}", address + size));
    check(memory_.read32(fpec.sr), address);
    address += static_cast<Address>(size);
    data = data.subspan(size);
  }
}

namespace {

LoaderRegisters loader_registers(const Fpec& fpec) { return {fpec.cr, fpec.sr, SR::BSY.mask(), SR::kErrors}; }

}  // namespace

LoaderChip F1Controller::loader_chip() const { return {loader_registers(*fpecs_.front()), f1::kIwdgKr}; }

void F1Controller::add_erase(LoaderScript& script, unsigned sector) const {
  const Address address = page_address(sector);
  const Fpec& fpec = fpec_at(address);
  if (fpecs_.size() > 1) script.select(loader_registers(fpec));
  const std::array<LoaderStore, 3> stores{
      {{fpec.cr, CR::PER.mask()}, {fpec.ar, address}, {fpec.cr, CR::PER.mask() | CR::STRT.mask()}}};
  script.store(address, stores);
}

void F1Controller::add_program(LoaderScript& script, Address address, ByteView data) const {
  if (fpecs_.size() > 1) script.select(loader_registers(fpec_at(address)));
  script.program(CR::PG.mask(), address, granule(), granule(), data);
}

Nanoseconds F1Controller::program_per_byte() const { return Nanoseconds(kProgramTypical) / granule(); }

Nanoseconds F1Controller::program_limit() const { return kProgramLimit; }

Milliseconds F1Controller::erase_limit(unsigned) const { return kPageEraseLimit; }

std::string F1Controller::status_text() {
  std::string text;
  try {
    for (const Fpec* fpec : fpecs_) {
      text += fmt::format("{}{}=0x{:08x}", text.empty() ? "" : ", ", status_name(*fpec),
                          memory_.read32(fpec->sr));
    }
    return text;
  } catch (const Error&) {
    return "FLASH_SR cannot be read, the bus hangs";
  }
}

void F1Controller::check(std::uint32_t status, Address address) const {
  if ((status & SR::kErrors) == 0) return;
  const std::string_view name = status_name(fpec_at(address));
  throw FlashError(
      fmt::format("{} ({}=0x{:08x}) at 0x{:08x}: {}", f1_error_names(status), name, status, address,
                  joined(status, "; ", [](const ErrorRow& row) { return row.meaning; })),
      bank_, address, std::string(name), status);
}

std::array<std::uint16_t, kOptionByteCount> F1Controller::read_option_area() {
  std::array<std::uint8_t, 2 * kOptionByteCount> raw{};
  memory_.read(f1::kOptionArea, raw, Width::word);
  std::array<std::uint16_t, kOptionByteCount> area{};
  for (std::size_t i = 0; i < area.size(); ++i) area[i] = load_le16(raw, 2 * i);
  return area;
}

void F1Controller::unlock_options() {
  const Fpec& fpec = f1::kFpec1;  // also on XL density: PM0068 has no second OPTKEYR
  std::array<WordAccess, 3> access{WordAccess::store(f1::kOptkeyr, f1::kKey1),
                                   WordAccess::store(f1::kOptkeyr, f1::kKey2), WordAccess::load(fpec.cr)};
  memory_.run(access);
  const std::uint32_t cr = access[2].value;
  if (CR::OPTWRE.is_set(cr)) return;
  throw FlashError(
      fmt::format("options not unlocked (FLASH_CR=0x{:08x}): OPTWRE stays clear until the next reset "
                  "after a wrong key; try: reset halt",
                  cr),
      bank_, fpec.cr, "FLASH_CR", cr);
}

void F1Controller::write_options(const F1OptionValues& values) {
  const Fpec& fpec = f1::kFpec1;
  // Between the erase and the programming of RDP a reset would leave the chip read-protected.
  const UninterruptedScope to_the_end(clock_);
  const OpenFlash opened(*this);
  if (fpecs_.front() != &fpec) unlock(fpec);
  unlock_options();
  const std::uint32_t erase = CR::OPTER.mask() | CR::OPTWRE.mask();
  memory_.write32(fpec.cr, erase);
  start(fpec, erase, kPageEraseLimit, "the erase of the option bytes", f1::kOptionArea);
  memory_.write32(fpec.cr, CR::OPTPG.mask() | CR::OPTWRE.mask());
  std::array<std::uint16_t, kOptionByteCount> wanted{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Address address = f1::kOptionArea + 2 * static_cast<Address>(i);
    const std::array<std::uint8_t, 2> pair{values[i], static_cast<std::uint8_t>(~values[i])};
    wanted[i] = load_le16(pair);
    memory_.write16(address, wanted[i]);
    // Leaving read-out protection erases the whole flash first.
    wait_idle(fpec, kMassEraseLimit, fmt::format("programming the option byte at 0x{:08x}", address));
    check(memory_.read32(fpec.sr), address);
  }
  memory_.write32(fpec.cr, CR::LOCK.mask());
  const auto area = read_option_area();
  for (std::size_t i = 0; i < area.size(); ++i) {
    if (area[i] == wanted[i]) continue;
    const Address address = f1::kOptionArea + 2 * static_cast<Address>(i);
    throw FlashError(
        fmt::format("the option byte at 0x{:08x} reads 0x{:04x} after 0x{:04x} was programmed; do not "
                    "reset the chip before it is right: its options would not be loaded",
                    address, area[i], wanted[i]),
        bank_, address, {}, area[i]);
  }
}

void F1Controller::launch_option_load() {
  open();
  memory_.write32(f1::kFpec1.cr, CR::OBL_LAUNCH.mask());
}

}  // namespace probity::stm32
