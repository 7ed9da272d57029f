#include "vboard/chip/flash/stellaris_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint8_t kErasedFlash = 0xFF;

// Offsets of the flash's registers …
enum : std::uint32_t {
  FMA = 0x000,
  FMD = 0x004,
  FMC = 0x008,
  FCRIS = 0x00C,
  FCIM = 0x010,
  FCMISC = 0x014,
  FMC2 = 0x020,
  FWBVAL = 0x030,
  FWB0 = 0x100,
  FWB_END = 0x180,
};
// … and from system control's, which follow.
constexpr std::uint32_t kSystem = 0x1000, kWords = 32;
enum : std::uint32_t {
  FMPRE_FIRST = 0x130,
  FMPPE_FIRST = 0x134,
  BOOTCFG = 0x1D0,
  FMPRE0 = 0x200,
  FMPPE0 = 0x400,
};

constexpr Field WRITE{"WRITE", 0}, ERASE{"ERASE", 1}, MERASE{"MERASE", 2}, COMT{"COMT", 3};
constexpr Field WRKEY{"WRKEY", 16, 16}, WRBUF{"WRBUF", 0}, KEY{"KEY", 4};
constexpr std::uint32_t kBufferRuns = 0x100;  // of running_, which has FMC's bits beside it
constexpr std::uint32_t kKey = 0xA442, kOtherKey = 0x71D5;
constexpr Field ARIS{"ARIS", 0}, PRIS{"PRIS", 1}, INVDRIS{"INVDRIS", 10};
constexpr std::uint32_t kBootcfgFactory = 0xFFFFFFFE, kCommitBootcfg = 0x75100000;
constexpr std::uint32_t kBlock = 2 * 1024, kBlocksAPair = 32;  // of FMPREn and FMPPEn

// "FMPRE0", "FMPPE0", "FMPRE1" …
constexpr std::string_view kPairNames[] = {
    "FMPRE0",  "FMPPE0",  "FMPRE1",  "FMPPE1",  "FMPRE2",  "FMPPE2",  "FMPRE3",  "FMPPE3",
    "FMPRE4",  "FMPPE4",  "FMPRE5",  "FMPPE5",  "FMPRE6",  "FMPPE6",  "FMPRE7",  "FMPPE7",
    "FMPRE8",  "FMPPE8",  "FMPRE9",  "FMPPE9",  "FMPRE10", "FMPPE10", "FMPRE11", "FMPPE11",
    "FMPRE12", "FMPPE12", "FMPRE13", "FMPPE13", "FMPRE14", "FMPPE14", "FMPRE15", "FMPPE15"};
constexpr std::string_view kBootcfgName = "BOOTCFG";

std::size_t pairs_of(std::uint32_t bytes) {
  constexpr std::uint32_t kPair = kBlock * kBlocksAPair;
  return (bytes + kPair - 1) / kPair;
}

bool bit_of(const std::vector<std::uint32_t>& words, std::uint32_t offset) {
  const std::uint32_t block = offset / kBlock;
  return (words[block / kBlocksAPair] >> block % kBlocksAPair & 1) != 0;
}

}  // namespace

std::vector<OptionWord> stellaris_options(std::uint32_t kib, bool boot_configuration) {
  std::vector<OptionWord> words;
  for (std::size_t i = 0; i < 2 * pairs_of(kib * 1024); ++i) words.push_back({kPairNames[i], 0xFFFFFFFF});
  if (boot_configuration) words.push_back({kBootcfgName, kBootcfgFactory});
  return words;
}

StellarisFlash::StellarisFlash(StellarisFacts line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(std::move(line)),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, kErasedFlash, 0, around_),
      readable_(pairs_of(all())),
      writable_(pairs_of(all())),
      buffer_(kWords),
      system_((kStellarisRegistersSize - kSystem) / 4) {}

void StellarisFlash::reset() {
  engine_.cut_short();
  fma_ = fmd_ = running_ = fcris_ = fcim_ = fwbval_ = 0;
  std::fill(buffer_.begin(), buffer_.end(), 0u);
  std::fill(system_.begin(), system_.end(), 0u);
  for (const RegisterReset& row : line_.reset_values) system_[(row.address - kSystem) / 4] = row.value;
  for (std::size_t i = 0; i < readable_.size(); ++i) {
    readable_[i] = memory_.option(kPairNames[2 * i]);
    writable_[i] = memory_.option(kPairNames[2 * i + 1]);
  }
  key_ = kKey;
  if (line_.boot_configuration && !KEY.is_set(memory_.option(kBootcfgName))) key_ = kOtherKey;
  around_.changed(0, all());
}

// The register of a pair, by its offset in system control; null: none there.
std::uint32_t* StellarisFlash::protection(std::uint32_t offset) {
  if (line_.first_pair_at_130 && offset == FMPRE_FIRST) return &readable_[0];
  if (line_.first_pair_at_130 && offset == FMPPE_FIRST) return &writable_[0];
  const std::uint32_t read = (offset - FMPRE0) / 4, write = (offset - FMPPE0) / 4;
  if (read < readable_.size()) return &readable_[read];
  if (write < writable_.size()) return &writable_[write];
  return nullptr;
}

BusStatus StellarisFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  settle();
  for (const RegisterReset& row : line_.constants) {
    if (row.address == offset) return value = row.value, BusStatus::ok;
  }
  value = 0;
  if (offset >= kSystem) {
    const std::uint32_t* pair = protection(offset - kSystem);
    value = pair != nullptr ? *pair : system_[(offset - kSystem) / 4];
    if (line_.boot_configuration && offset == kSystem + BOOTCFG) value = memory_.option(kBootcfgName);
  } else if (offset == FMA) {
    value = fma_;
  } else if (offset == FMD) {
    value = fmd_;
  } else if (offset == FMC || (offset == FMC2 && line_.write_buffer)) {
    value = offset == FMC ? running_ & ~kBufferRuns : WRBUF.of(running_ == kBufferRuns);
  } else if (offset == FCRIS) {
    value = fcris_;
  } else if (offset == FCIM) {
    value = fcim_;
  } else if (offset == FCMISC) {
    value = fcris_ & fcim_;
  } else if (offset == FWBVAL) {
    value = fwbval_;
  } else if (offset >= FWB0 && offset < FWB_END) {
    value = buffer_[(offset - FWB0) / 4];
  }
  return BusStatus::ok;
}

BusStatus StellarisFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  settle();
  const auto& constants = line_.constants;
  if (std::any_of(constants.begin(), constants.end(),
                  [&](const RegisterReset& row) { return row.address == offset; })) {
    return BusStatus::ok;
  }
  return offset >= kSystem ? write_system(offset - kSystem, value, lanes) : write_flash(offset, value);
}

// Bits of a pair can be cleared, not set again before a reset (LM3S6965 data sheet, FMPPEn: R/W0).
BusStatus StellarisFlash::write_system(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (std::uint32_t* pair = protection(offset)) {
    *pair &= value;
    around_.changed(0, all());
  } else {
    std::uint32_t& word = system_[offset / 4];
    word = lanes.merge(word, value);
  }
  return BusStatus::ok;
}

BusStatus StellarisFlash::write_flash(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case FMA:
      fma_ = value;
      break;
    case FMD:
      fmd_ = value;
      break;
    case FMC:
      command(value);
      break;
    case FCIM:
      fcim_ = value;
      break;
    case FCMISC:
      fcris_ &= ~value;
      break;
    case FMC2:
      if (line_.write_buffer) buffer_command(value);
      break;
    default:
      if (line_.write_buffer && offset >= FWB0 && offset < FWB_END) {
        const std::uint32_t word = (offset - FWB0) / 4;
        buffer_[word] = value;
        fwbval_ |= 1u << word;
      }
  }
  return BusStatus::ok;
}

void StellarisFlash::deny(std::uint32_t flag) {
  ignore();
  fcris_ |= flag;
}

// "Writes to the FMC register without this WRKEY value are ignored".
void StellarisFlash::command(std::uint32_t value) {
  if (WRKEY.get(value) != key_ || running_ != 0) return ignore();
  const std::uint32_t operation = value & (WRITE.mask() | ERASE.mask() | MERASE.mask() | COMT.mask());
  if (operation == COMT.mask()) return commit();
  if (operation == MERASE.mask()) return erase({0, all()}, line_.mass_time);
  if (operation == ERASE.mask()) {
    if (fma_ >= all()) return deny(ARIS.mask());
    return erase({fma_ / line_.page_size * line_.page_size, line_.page_size}, line_.page_time);
  }
  if (operation != WRITE.mask() || fma_ % 4 != 0) return ignore();
  Bytes word;
  append_le32(word, fmd_);
  running_ = WRITE.mask();
  program(fma_, std::move(word));
}

// The words of the buffer that were written, at FMA's 128 bytes (TM4C123GH6PM data sheet 8.2.3.9).
void StellarisFlash::buffer_command(std::uint32_t value) {
  if (WRKEY.get(value) != key_ || running_ != 0 || !WRBUF.is_set(value)) return ignore();
  if (fma_ % (kWords * 4) != 0) return ignore();
  Bytes bytes;
  for (std::uint32_t i = 0; i < kWords; ++i) {
    append_le32(bytes, (fwbval_ >> i & 1) != 0 ? buffer_[i] : 0xFFFFFFFF);
  }
  fwbval_ = 0;
  running_ = kBufferRuns;
  program(fma_, std::move(bytes));
}

bool StellarisFlash::protected_from_writing(CellRange range) const {
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += kBlock) {
    if (!bit_of(writable_, at)) return true;
  }
  return false;
}

// Without the flag for it a bit that is 0 just stays so; it is counted.
void StellarisFlash::program(std::uint32_t offset, Bytes words) {
  const auto size = static_cast<std::uint32_t>(words.size());
  if (offset >= all() || size > all() - offset || protected_from_writing({offset, size})) {
    running_ = 0;
    return deny(ARIS.mask());
  }
  for (std::uint32_t at = 0; at < size; at += 4) {
    const std::uint32_t wanted = load_le32(words, at);
    if (wanted == 0xFFFFFFFF || (load_le32(memory_.cells, offset + at) & wanted) == wanted) continue;
    deny(line_.program_errors ? INVDRIS.mask() : 0);
    break;
  }
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = offset;
  operation.programmed = std::move(words);
  start(std::move(operation), line_.word_time);
}

void StellarisFlash::erase(CellRange range, Microseconds time) {
  if (protected_from_writing(range)) return deny(ARIS.mask());
  ++around_.stats.flash_erases;
  running_ = range.size == all() ? MERASE.mask() : ERASE.mask();
  FlashOperation operation;
  operation.erased = {range};
  start(std::move(operation), time);
}

// FMA says which register goes into the non-volatile memory (LM3S6965 data sheet table 7-2). What is
// committed stays until the recovery sequence.
void StellarisFlash::commit() {
  std::string_view name;
  std::uint32_t value = 0;
  if (fma_ / 2 < readable_.size()) {
    name = kPairNames[fma_];
    value = fma_ % 2 == 0 ? readable_[fma_ / 2] : writable_[fma_ / 2];
  } else if (line_.boot_configuration && fma_ == kCommitBootcfg) {
    name = kBootcfgName;
    value = fmd_;
  } else {
    return ignore();
  }
  memory_.set_option(name, memory_.option(name) & value);
  running_ = COMT.mask();
  start({}, line_.word_time);
}

void StellarisFlash::start(FlashOperation operation, Microseconds time) {
  operation.affected = {{0, all()}};
  operation.done = [this] {
    running_ = 0;
    fcris_ |= PRIS.mask();
  };
  engine_.start(std::move(operation), time);
}

BusStatus StellarisFlash::write_cells(Security, std::uint32_t, unsigned, std::uint32_t) {
  return ignore(), BusStatus::error;
}

// A block that FMPREn closes can be executed, not read.
BusStatus StellarisFlash::read_cells(Master master, Security, std::uint32_t offset, unsigned size,
                                     std::uint32_t& value) {
  if (engine_.busy()) return BusStatus::stalled;
  if (master != Master::fetch && !bit_of(readable_, offset)) return BusStatus::error;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

std::optional<ByteView> StellarisFlash::window(Security, std::uint32_t, std::uint32_t& begin) {
  if (engine_.busy()) return {};
  begin = 0;
  return ByteView(memory_.cells);
}

}  // namespace probity::vboard
