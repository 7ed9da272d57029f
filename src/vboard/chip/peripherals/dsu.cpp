#include "vboard/chip/peripherals/dsu.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

// Offsets (DS40001882 13.12); CTRL, STATUSA and STATUSB are bytes of the first word.
enum : std::uint32_t {
  CTRL = 0x00,
  ADDR = 0x04,
  LENGTH = 0x08,
  DATA = 0x0C,
  DCC0 = 0x10,
  DCC1 = 0x14,
  DID = 0x18,
  kExternal = 0x100,
  kExternalEnd = 0x200,
  ENTRY0 = 0x1000,
  ENTRY1 = 0x1004,
  MEMTYPE = 0x1FCC,
  PID0 = 0x1FE0,
  PID1 = 0x1FE4,
  PID2 = 0x1FE8,
  CID0 = 0x1FF0,
  CID1 = 0x1FF4,
  CID2 = 0x1FF8,
  CID3 = 0x1FFC,
};
constexpr Field kStatusA{"STATUSA", 8, 8}, kStatusB{"STATUSB", 16, 8};
constexpr Field SWRST{"SWRST", 0}, CRC{"CRC", 2}, CE{"CE", 4};
constexpr Field DONE{"DONE", 0}, CRSTEXT{"CRSTEXT", 1}, BERR{"BERR", 2}, PERR{"PERR", 4};
constexpr Field PROT{"PROT", 0}, DBGPRES{"DBGPRES", 1}, HPE{"HPE", 4};

// The core's own ROM table, and the MTB, which the board does not have.
constexpr std::uint32_t kCoreTable = 0xE00FF000, kMtb = 0x41006000;
constexpr std::uint32_t entry(std::uint32_t component, bool present) {
  return (component - kDsuRomTable) | 2u | (present ? 1u : 0u);
}

// "The algorithm employed is the industry standard CRC32 algorithm using the generator polynomial 0xEDB88320
// (reversed representation)" (13.11.3).
std::uint32_t crc_of_word(std::uint32_t crc, std::uint32_t word) {
  crc ^= word;
  for (unsigned bit = 0; bit < 32; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
  return crc;
}

std::uint32_t rom_table(std::uint32_t offset) {
  switch (offset) {
    case ENTRY0:
      return entry(kCoreTable, true);
    case ENTRY1:
      return entry(kMtb, false);
    case MEMTYPE:
      return 1;  // system memory can be reached
    case PID0:
      return 0xD0;
    case PID1:
      return 0xFC;
    case PID2:
      return 0x09;
    case CID0:
      return 0x0D;
    case CID1:
      return 0x10;
    case CID2:
      return 0x05;
    case CID3:
      return 0xB1;
    default:
      return 0;
  }
}

}  // namespace

// "The debugger is detected on a RESET release event when SWCLK is low" (13.6.2), which is how a probe leaves
// it between transfers: the core stays in reset until CRSTEXT is cleared, whatever other reset follows.
void Dsu::reset() {
  status_ = addr_ = length_ = data_ = dcc_[0] = dcc_[1] = 0;
  if (chip_.system_held()) chip_.hold_core(true);
}

BusStatus Dsu::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (offset >= kExternal && offset < kExternalEnd) offset -= kExternal;
  switch (offset) {
    case CTRL:
      // A debugger is there, as nobody else reads this.
      value = kStatusA.of(status_ | CRSTEXT.of(chip_.core_held())) |
              kStatusB.of(PROT.of(secured()) | DBGPRES.mask() | HPE.mask());
      break;
    case ADDR:
      value = addr_;
      break;
    case LENGTH:
      value = length_;
      break;
    case DATA:
      value = data_;
      break;
    case DCC0:
    case DCC1:
      value = dcc_[offset == DCC1];
      break;
    case DID:
      value = did_;
      break;
    default:
      value = rom_table(offset);
  }
  return BusStatus::ok;
}

BusStatus Dsu::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  constexpr std::uint32_t kWords = ~3u;
  if (offset >= kExternal && offset < kExternalEnd) offset -= kExternal;
  switch (offset) {
    case CTRL:
      if ((lanes.mask & 0xFF00) != 0) write_status(kStatusA.get(value));
      if ((lanes.mask & 0xFF) != 0) write_control(value & 0xFF);
      break;
    case ADDR:
      addr_ = lanes.merge(addr_, value) & kWords;
      break;
    case LENGTH:
      length_ = lanes.merge(length_, value) & kWords;
      break;
    case DATA:
      data_ = lanes.merge(data_, value);
      break;
    case DCC0:
    case DCC1:
      dcc_[offset == DCC1] = lanes.merge(dcc_[offset == DCC1], value);
      break;
    default:
      break;  // read-only
  }
  return BusStatus::ok;
}

// A secured chip's core is not let go (13.6.2).
void Dsu::write_status(std::uint32_t cleared) {
  status_ &= ~cleared;
  if (!CRSTEXT.is_set(cleared) || !chip_.core_held()) return;
  if (secured()) {
    status_ |= PERR.mask();
  } else {
    chip_.hold_core(false);
  }
}

void Dsu::write_control(std::uint32_t control) {
  if (SWRST.is_set(control)) {
    status_ = addr_ = length_ = data_ = 0;
  } else if (CE.is_set(control)) {
    flash_.erase_chip([this] { status_ |= DONE.mask(); });
  } else if (CRC.is_set(control)) {
    start_crc();
  }
}

// A word a cycle: over before anyone looks.
void Dsu::start_crc() {
  if (secured()) {
    status_ |= PERR.mask();
    return;
  }
  for (std::uint32_t at = 0; at < length_; at += 4) {
    std::uint32_t word = 0;
    if (chip_.read_word(addr_ + at, word) != BusStatus::ok) {
      status_ |= BERR.mask() | DONE.mask();
      return;
    }
    data_ = crc_of_word(data_, word);
  }
  status_ |= DONE.mask();
}

}  // namespace probity::vboard
