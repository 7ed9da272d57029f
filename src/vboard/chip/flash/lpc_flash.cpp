#include "vboard/chip/flash/lpc_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "vboard/chip/lpc_boot_rom_code.hpp"
#include "vboard/chip/peripherals/byte_ram.hpp"

namespace probity::vboard {

namespace {

// As in contrib/bootrom/lpc/lpc.S.
enum : std::uint32_t {
  COMMAND = 0x00,
  STATUS = 0x04,
  FIRST = 0x08,
  LAST = 0x0C,
  DEST = 0x10,
  DATA = 0x14,
  BEGIN = 0x18,
  END = 0x1C,
  UID = 0x44,
};
enum : std::uint32_t { kPrepare = 1, kErase = 2, kProgram = 3, kErasePages = 4 };

// Status codes of IAP (UM10360 table 590).
constexpr unsigned kSuccess = 0, kInvalidCommand = 1, kInvalidSector = 7, kNotPrepared = 9;

constexpr std::uint32_t kRomSize = 0x2000, kVectors = 16, kAtZero = 0x200, kLargeSector = 32 * 1024;
constexpr std::uint8_t kLpcErased = 0xFF;
// LPC1769_68_67_66_65_64_63 data sheet, table 16, LPC111x table 12: ter, of one sector or several at once,
// and tprog, of 256 bytes; LPC82x table 14: of 64 bytes.
constexpr Microseconds kEraseTime{100'000}, kProgramTime{1000};
// UM10360 32.6: the word at 0x2FC. CRP1 allows the ISP more than CRP2 does, CRP3 nothing.
constexpr std::uint32_t kCrpWord = 0x2FC, kCrp1 = 0x12345678, kCrp2 = 0x87654321, kCrp3 = 0x43218765;
constexpr std::array<std::uint32_t, 4> kUniqueId{0x00350031, 0x3438510A, 0x36323535, 0x50000000};

// The stack is at the top of the first RAM; the vectors behind it are offsets from the ROM's base.
Bytes relocated_rom(const LpcFacts& line) {
  Bytes rom(kRomSize, 0);
  std::copy(kLpcBootRom.begin(), kLpcBootRom.end(), rom.begin());
  std::copy(kLpcBootRomEntry.begin(), kLpcBootRomEntry.end(), rom.begin() + kLpcBootRomEntryOffset);
  store_le32(rom, 0, line.ram[0].end);
  for (std::uint32_t i = 1; i < kVectors; ++i) store_le32(rom, 4 * i, load_le32(rom, 4 * i) + line.rom);
  return rom;
}

// SYSMEMREMAP or MEMMAP.
class MapRegister final : public RegisterBlock {
 public:
  explicit MapRegister(LpcFlash& flash) : flash_(flash) {}
  BusStatus read_register(std::uint32_t, std::uint32_t& value) override {
    value = flash_.map();
    return BusStatus::ok;
  }
  BusStatus write_register(std::uint32_t, std::uint32_t value, Lanes lanes) override {
    flash_.set_map(lanes.merge(flash_.map(), value));
    return BusStatus::ok;
  }
  void reset() override {}  // the flash's own

 private:
  LpcFlash& flash_;
};

class Rom final : public RegisterBlock {
 public:
  explicit Rom(ByteView bytes) : bytes_(bytes) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    value = load_le32(bytes_, offset);
    return BusStatus::ok;
  }
  BusStatus write_register(std::uint32_t, std::uint32_t, Lanes) override { return BusStatus::error; }
  void reset() override {}

 private:
  ByteView bytes_;
};

}  // namespace

LpcFlash::LpcFlash(const LpcFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      engine_(memory.cells, kLpcErased, 0, around_),
      rom_(relocated_rom(line)) {}

std::vector<PlacedBlock> LpcFlash::blocks() {
  std::vector<PlacedBlock> placed;
  placed.push_back({line_.rom, kRomSize, std::make_unique<Rom>(rom_)});
  placed.push_back({line_.map_register, 4, std::make_unique<MapRegister>(*this)});
  return placed;
}

void LpcFlash::reset() {
  engine_.cut_short();
  latch_.clear();
  first_ = last_ = destination_ = 0;
  result_ = kSuccess;
  prepared_.reset();
  const std::uint32_t crp = load_le32(memory_.cells, kCrpWord);
  closed_ = crp == kCrp1 || crp == kCrp2 || crp == kCrp3;
  map_ = 0;
  around_.changed(0, all());
}

void LpcFlash::set_map(std::uint32_t value) {
  value &= line_.map_mask;
  if (value == map_) return;
  map_ = value;
  around_.changed(0, kAtZero);
}

// Boot loader mode: the first 512 bytes are the ROM's (UM10398 3.5.1; UM10360 33.8.1 leaves their number
// open).
bool LpcFlash::shows_rom(std::uint32_t offset) const { return map_ == 0 && offset < kAtZero; }

std::uint32_t LpcFlash::sector_of(std::uint32_t address) const {
  if (line_.large_from == 0 || address < line_.large_from) return address / line_.sector;
  return line_.large_from / line_.sector + (address - line_.large_from) / kLargeSector;
}

std::uint32_t LpcFlash::sector_begin(std::uint32_t sector) const {
  const std::uint32_t small = line_.large_from / line_.sector;
  if (line_.large_from == 0 || sector < small) return sector * line_.sector;
  return line_.large_from + (sector - small) * kLargeSector;
}

std::optional<CellRange> LpcFlash::chosen_sectors() const {
  if (first_ > last_ || last_ >= sectors()) return {};
  const std::uint32_t begin = sector_begin(first_);
  return CellRange{begin, sector_begin(last_ + 1) - begin};
}

std::uint32_t LpcFlash::chip_fact(std::uint32_t offset) const {
  const std::array<std::uint32_t, 9> front{all(),
                                           line_.boundary,
                                           line_.copies,
                                           line_.ram[0].begin,
                                           line_.ram[0].end,
                                           line_.ram[1].begin,
                                           line_.ram[1].end,
                                           line_.part_id,
                                           line_.boot_version};
  constexpr std::uint32_t kFront = 0x20;
  if (offset < UID) return front[(offset - kFront) / 4];
  if (offset < UID + 16) return kUniqueId[(offset - UID) / 4];
  return offset == UID + 16 ? line_.map_register : line_.map_user;
}

BusStatus LpcFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  const auto chosen = chosen_sectors();
  value = 0;
  if (offset == STATUS) value = static_cast<std::uint32_t>(engine_.busy()) | result_ << 8;
  if (offset == BEGIN && chosen) value = chosen->offset;
  if (offset == END && chosen) value = chosen->offset + chosen->size;
  if (offset > END && offset <= UID + 20) value = chip_fact(offset);
  return BusStatus::ok;
}

BusStatus LpcFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  if (engine_.busy()) return BusStatus::stalled;
  if (offset == FIRST) first_ = value;
  if (offset == LAST) last_ = value;
  if (offset == DEST) {
    destination_ = value;
    latch_.clear();
  }
  if (offset == DATA) append_le32(latch_, value);
  if (offset == COMMAND) {
    result_ = command(value);
    if (result_ != kSuccess) ++around_.stats.flash_errors;
  }
  return BusStatus::ok;
}

// Whatever it does, sectors are to be prepared again for the next (UM10360 32.8.1).
unsigned LpcFlash::command(std::uint32_t code) {
  const auto chosen = chosen_sectors();
  switch (code) {
    case kPrepare:
      prepared_ = chosen;
      return chosen ? kSuccess : kInvalidSector;
    case kErase:
      return erase(chosen);
    case kErasePages: {
      if (line_.page == 0) return kInvalidCommand;
      const bool there = first_ <= last_ && last_ < all() / line_.page;
      if (!there) return kInvalidSector;
      return erase(CellRange{first_ * line_.page, (last_ - first_ + 1) * line_.page});
    }
    case kProgram:
      return program();
    default:
      return kInvalidCommand;
  }
}

bool LpcFlash::is_prepared(CellRange range) const {
  return prepared_ && range.offset >= prepared_->offset &&
         range.offset + range.size <= prepared_->offset + prepared_->size;
}

unsigned LpcFlash::erase(std::optional<CellRange> range) {
  if (!range) return kInvalidSector;
  if (!is_prepared(*range)) return kNotPrepared;
  prepared_.reset();
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {*range};
  operation.affected = {{0, all()}};
  engine_.start(std::move(operation), kEraseTime);
  return kSuccess;
}

unsigned LpcFlash::program() {
  const auto size = static_cast<std::uint32_t>(latch_.size());
  if (!is_prepared({destination_, size})) return kNotPrepared;
  prepared_.reset();
  const std::uint32_t pages = (size + line_.boundary - 1) / line_.boundary;
  around_.stats.flash_programs += pages;
  FlashOperation operation;
  operation.offset = destination_;
  operation.programmed = std::exchange(latch_, {});
  operation.affected = {{0, all()}};
  engine_.start(std::move(operation), kProgramTime * pages);
  return kSuccess;
}

// --- the bus -------------------------------------------------------------------------------------------

// "The flash memory is not accessible during a write or erase operation" (UM10360 32.3.2.7): whoever reads
// waits.
BusStatus LpcFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (shows_rom(offset)) {
    value = load_sized(rom_, offset, size);
    return BusStatus::ok;
  }
  if (engine_.busy()) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

BusStatus LpcFlash::write_cells(Security, std::uint32_t, unsigned, std::uint32_t) {
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

std::optional<ByteView> LpcFlash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  if (shows_rom(offset)) {
    begin = 0;
    return ByteView(rom_).first(kAtZero);
  }
  if (engine_.busy()) return {};
  begin = map_ == 0 ? kAtZero : 0;
  return ByteView(memory_.cells).subspan(begin);
}

}  // namespace probity::vboard
