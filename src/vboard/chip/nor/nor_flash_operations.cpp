// What a SPI NOR flash does when a command ends, and what it keeps.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/errors.hpp"
#include "vboard/chip/nor/nor_flash.hpp"
#include "vboard/chip/replace_file.hpp"

namespace probity::vboard {

namespace {

// Micron's flag status register.
constexpr Field kProtectionError{"protection", 1}, kProgramError{"program", 4}, kEraseError{"erase", 5};
constexpr Field SOPI{"SOPI", 0}, DOPI{"DOPI", 1};  // MX25LM51245G's CR2

constexpr std::array<std::string_view, static_cast<std::size_t>(NorRegister::count)> kNames{
    "SR", "CR", "CR2", "FLAGS", "VCR", "EVCR", "NVCR_LOW", "NVCR_HIGH", "OCTAL_MODE", "OCTAL_DUMMY"};

}  // namespace

NorFlash::NorFlash(const NorPart& part, const TimeSource& time, const std::string& file)
    : part_(part),
      time_(time),
      cells_(part.size, file),
      registers_file_(file.empty() ? std::string() : file + ".registers") {
  for (const NorPart::RegisterFacts& row : part_.registers) reg(row.which) = row.factory;
  load_registers();
  reset();
}

NorFlash::NorFlash(const NorPart& part, const TimeSource& time, Bytes& cells)
    : part_(part), time_(time), cells_(cells) {
  for (const NorPart::RegisterFacts& row : part_.registers) reg(row.which) = row.factory;
  reset();
}

// Text, one "NAME hex" a line, like FILE.options.
void NorFlash::load_registers() {
  if (registers_file_.empty() || !std::filesystem::exists(registers_file_)) return;
  std::ifstream in(registers_file_);
  std::string name, text;
  while (in >> name >> text) {
    const auto place = std::find(kNames.begin(), kNames.end(), name);
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const auto which = static_cast<NorRegister>(place - kNames.begin());
    if (place == kNames.end() || register_facts(which) == nullptr || problem != std::errc() || value > 0xFF ||
        end != text.data() + text.size()) {
      throw ConfigError(fmt::format("the external flash's registers, file '{}': '{} {}' is not understood",
                                    registers_file_, name, text));
    }
    reg(which) = static_cast<std::uint8_t>(value);
  }
}

void NorFlash::save() {
  settle();
  cells_.save();
  if (registers_file_.empty()) return;
  replace_file(registers_file_, [&](std::ofstream& out) {
    for (const NorPart::RegisterFacts& row : part_.registers) {
      if (row.is_volatile) continue;
      out << fmt::format("{} {:02x}\n", kNames[static_cast<std::size_t>(row.which)], reg(row.which));
    }
  });
}

const NorPart::RegisterFacts* NorFlash::register_facts(NorRegister which) const {
  const auto row = std::find_if(part_.registers.begin(), part_.registers.end(),
                                [&](const NorPart::RegisterFacts& r) { return r.which == which; });
  return row == part_.registers.end() ? nullptr : &*row;
}

std::uint32_t NorFlash::field(const NorField& place) { return place.field.get(reg(place.in)); }

NorProtocol NorFlash::protocol() {
  if (DOPI.is_set(reg(NorRegister::octal_mode))) return NorProtocol::octal_dtr;
  if (SOPI.is_set(reg(NorRegister::octal_mode))) return NorProtocol::octal;
  const bool by_register = part_.qpi_disabled.field.width != 0 && field(part_.qpi_disabled) == 0;
  return qpi_ || by_register ? NorProtocol::qpi : NorProtocol::spi;
}

// --- at the end of a command ------------------------------------------------------------------------

void NorFlash::execute() {
  using enum NorAction;
  const NorAction action = command_->action;
  if (action == program) return start_program();
  if (action == write_register) return write_registers();
  if (!taken_.empty()) return;  // clocks too many: not carried out
  switch (action) {
    case write_enable:
      write_enabled_ = true;
      break;
    case write_disable:
      write_enabled_ = false;
      break;
    case enter_4byte:
      four_byte_ = true;
      break;
    case leave_4byte:
      four_byte_ = false;
      break;
    case enter_qpi:
      set_qpi(true);
      break;
    case leave_qpi:
      set_qpi(false);
      break;
    case clear_flags:
      errors_ = 0;
      break;
    case enable_reset:
      reset_enabled_ = true;
      break;
    case NorAction::reset:
      if (reset_enabled_) this->reset();
      break;
    case erase: {
      const Microseconds time = command_->argument == 0x1000   ? part_.times.erase_4k
                                : command_->argument == 0x8000 ? part_.times.erase_32k
                                                               : part_.times.erase_64k;
      start_erase(address_ % part_.size & ~(command_->argument - 1), command_->argument, time);
      break;
    }
    case erase_chip:
      start_erase(0, part_.size, part_.times.chip);
      break;
    default:
      break;
  }
}

// MT25Q: 35h and F5h act on EVCR[7].
void NorFlash::set_qpi(bool on) {
  if (part_.qpi_disabled.field.width == 0) {
    qpi_ = on;
    return;
  }
  std::uint8_t& word = reg(part_.qpi_disabled.in);
  word = static_cast<std::uint8_t>(part_.qpi_disabled.field.set(word, on ? 0 : 1));
}

// What comes after the end of the page goes to its beginning; of more than a page the last 256 bytes count.
void NorFlash::start_program() {
  if (taken_.empty() || !write_enabled_) return;
  if (frame_protocol_ == NorProtocol::octal_dtr && part_.swaps_dtr_bytes) {
    for (std::size_t i = 0; i + 1 < taken_.size(); i += 2) std::swap(taken_[i], taken_[i + 1]);
  }
  const std::uint32_t address = address_ % part_.size, page = address & ~(part_.page - 1);
  if (is_protected(page, part_.page)) return refuse(static_cast<std::uint8_t>(kProgramError.mask()));
  Operation operation;
  operation.page = page;
  operation.programmed.assign(part_.page, 0xFF);
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    operation.programmed[(address + i) % part_.page] = taken_[i];
  }
  start(std::move(operation), part_.times.page);
}

void NorFlash::start_erase(std::uint32_t offset, std::uint32_t size, Nanoseconds duration) {
  if (!write_enabled_) return;
  if (is_protected(offset, size)) return refuse(static_cast<std::uint8_t>(kEraseError.mask()));
  Operation operation;
  operation.erase_offset = offset;
  operation.erase_size = size;
  start(std::move(operation), duration);
}

// Volatile registers change at once (and without WREN on no part but those whose modes it is, CR2).
void NorFlash::write_registers() {
  if (!write_enabled_ || taken_.empty()) return;
  auto first = static_cast<NorRegister>(command_->argument);
  if (first == NorRegister::octal_mode && address_ != kCr2Mode) {
    if (address_ != kCr2Dummy) return;
    first = NorRegister::octal_dummy;
  }
  std::vector<NorRegister> reached{first};
  for (const std::vector<NorRegister>& together : part_.written_together) {
    if (together.front() == first) reached = together;
  }
  Operation operation;
  bool waits = false;
  for (std::size_t i = 0; i < std::min(reached.size(), taken_.size()); ++i) {
    operation.registers.emplace_back(reached[i], taken_[i]);
    const auto* facts = register_facts(reached[i]);
    waits = waits || (facts != nullptr && !facts->is_volatile);
  }
  start(std::move(operation), waits ? part_.times.write_register : Microseconds(0));
}

void NorFlash::store_register(NorRegister which, std::uint8_t value) {
  const auto* facts = register_facts(which);
  if (facts == nullptr) return;
  reg(which) = static_cast<std::uint8_t>((reg(which) & ~facts->writable) | (value & facts->writable));
}

bool NorFlash::is_protected(std::uint32_t offset, std::uint32_t size) {
  unsigned level = 0;
  for (std::size_t i = 0; i < part_.protection.bits.size(); ++i) {
    level |= Field{"BP", part_.protection.bits[i]}.get(reg(NorRegister::status)) << i;
  }
  if (level == 0) return false;
  const std::uint64_t wanted = std::uint64_t{part_.protection.unit} << (level - 1);
  const auto covered = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, part_.size));
  const bool bottom =
      part_.protection.from_bottom.field.width != 0 && field(part_.protection.from_bottom) != 0;
  const std::uint32_t begin = bottom ? 0 : part_.size - covered;
  return offset < begin + covered && begin < offset + size;
}

// Protected: nothing happens but the flags; WEL falls.
void NorFlash::refuse(std::uint8_t flag) {
  errors_ |= static_cast<std::uint8_t>(flag | kProtectionError.mask());
  write_enabled_ = false;
}

// --- in time ---------------------------------------------------------------------------------------------

void NorFlash::start(Operation operation, Nanoseconds duration) {
  operation.end = time_.now() + duration;
  running_ = std::move(operation);
  settle();
}

bool NorFlash::busy() {
  settle();
  return running_.has_value();
}

std::optional<Nanoseconds> NorFlash::busy_until() const {
  if (!running_) return {};
  return running_->end;
}

void NorFlash::settle() {
  if (!running_ || time_.now() < running_->end) return;
  apply(*running_, false);
  running_.reset();
  write_enabled_ = false;
}

void NorFlash::apply(const Operation& operation, bool half) {
  constexpr std::uint8_t kEveryOtherBit = 0xAA;
  if (operation.erase_size != 0) {
    cells_.erase(operation.erase_offset, half ? operation.erase_size / 2 : operation.erase_size);
  }
  for (std::uint32_t i = 0; i < operation.programmed.size(); ++i) {
    const std::uint8_t value = operation.programmed[i];
    if (value != 0xFF) cells_.program(operation.page + i, half ? value | kEveryOtherBit : value);
  }
  if (half) return;
  for (const auto& [which, value] : operation.registers) store_register(which, value);
}

void NorFlash::reset() {
  continued_ = nullptr;
  settle();
  if (running_) apply(*running_, true);
  running_.reset();
  errors_ = 0;
  write_enabled_ = qpi_ = reset_enabled_ = false;
  for (const NorPart::RegisterFacts& row : part_.registers) {
    if (row.is_volatile) reg(row.which) = row.factory;
  }
  four_byte_ = part_.starts_4byte.field.width != 0 && field(part_.starts_4byte) != 0;
}

void NorFlash::power_cycle() {
  reset();
  phase_ = Phase::deaf;
  command_ = nullptr;
}

std::uint8_t NorFlash::content(std::uint32_t offset) {
  settle();
  return cells_.read(offset);
}

}  // namespace probity::vboard
