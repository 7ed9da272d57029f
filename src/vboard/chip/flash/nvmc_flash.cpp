#include "vboard/chip/flash/nvmc_flash.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kCodeBase = 0x00000000, kUicrBase = 0x10001000;
constexpr std::uint8_t kErased = 0xFF;

// Offsets from kNvmcRegisters (nrf51.h, nrf52.h of Nordic's MDK). ERASEPCR0 is a second name of ERASEPAGE's
// neighbour on nRF51: pages of region 0.
enum : std::uint32_t {
  READY = 0x000,
  CONFIG = 0x104,
  ERASEPAGE = 0x108,
  ERASEALL = 0x10C,
  ERASEPCR0 = 0x110,
  ERASEUICR = 0x114,
};
// Offsets in the UICR: CLENR0 and RBPCONF of nRF51 (RM v3.0 8.3), APPROTECT of nRF52 (PS v1.4 14.1).
enum : std::uint32_t { CLENR0 = 0x000, RBPCONF = 0x004, APPROTECT = 0x208 };
constexpr std::uint32_t kNoRegion0 = 0xFFFFFFFF, kNoProtection = 0xFF;
constexpr Field kPr0{"PR0", 0, 8}, kPall{"PALL", 8, 8}, kApprotectPall{"PALL", 0, 8};
// Seen of a closed nRF52840's AHB-AP (pyOCD's issue 723): its CSW, wherever one reads.
constexpr std::uint32_t kClosedPort = 0x23000000;

enum : std::uint32_t { kReadOnly = 0, kWriteEnable = 1, kEraseEnable = 2 };  // CONFIG.WEN

FlashSurroundings for_uicr(FlashSurroundings around) {  // its offsets are not the code's
  around.changed = [](std::uint32_t, std::uint32_t) {};
  return around;
}

}  // namespace

NvmcFlash::NvmcFlash(const NvmcFacts& line, NonVolatile& memory, FlashSurroundings surroundings)
    : line_(line),
      memory_(memory),
      around_(std::move(surroundings)),
      uicr_around_(for_uicr(around_)),
      code_(memory.cells, kErased, kCodeBase, around_),
      uicr_(memory.otp, kErased, kUicrBase, uicr_around_) {}

void NvmcFlash::reset() {
  code_.cut_short();
  uicr_.cut_short();
  config_ = kReadOnly;
  if (line_.regions) {
    const std::uint32_t length = load_le32(memory_.otp, CLENR0), readback = load_le32(memory_.otp, RBPCONF);
    region0_ = length == kNoRegion0 ? 0 : length;
    hides_region0_ = kPr0.get(readback) != kNoProtection;
    hides_all_ = kPall.get(readback) != kNoProtection;
  }
  closed_ = line_.approtect && kApprotectPall.get(load_le32(memory_.otp, APPROTECT)) != kNoProtection;
  around_.changed(0, all());
}

std::optional<std::uint32_t> NvmcFlash::closed_port_value() const {
  return closed_ ? std::optional(kClosedPort) : std::nullopt;
}

void NvmcFlash::erase_everything() {
  settle();
  erase_code({0, all()}, line_.all_time);
  FlashOperation operation;
  operation.erased = {{0, static_cast<std::uint32_t>(memory_.otp.size())}};
  operation.done = [this] { closed_ = false; };
  uicr_.start(std::move(operation), line_.all_time);
}

void NvmcFlash::settle() {
  code_.settle();
  uicr_.settle();
}

std::optional<Nanoseconds> NvmcFlash::busy_until() const {
  const auto code = code_.busy_until(), uicr = uicr_.busy_until();
  return code && uicr ? std::max(*code, *uicr) : code ? code : uicr;
}

BusStatus NvmcFlash::refuse() {
  ++around_.stats.flash_errors;
  return BusStatus::error;
}

// The erase registers are write-only; reserved places read 0.
BusStatus NvmcFlash::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = offset == READY ? !busy() : offset == CONFIG ? config_ : 0;
  return BusStatus::ok;
}

BusStatus NvmcFlash::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (lanes.mask != Lanes::of(0, 4).mask) return BusStatus::error;
  if (offset != CONFIG && offset != ERASEPAGE && offset != ERASEALL && offset != ERASEPCR0 &&
      offset != ERASEUICR) {
    return BusStatus::ok;  // cache control and reserved places
  }
  if (busy()) return BusStatus::stalled;
  if (offset == CONFIG) {
    config_ = value & 3;
    return BusStatus::ok;
  }
  // Without erase enable nothing happens (nRF52832 PS 11.3): counted, so that a test sees it.
  if (config_ != kEraseEnable) return ++around_.stats.flash_errors, BusStatus::ok;
  if (offset == ERASEPAGE || offset == ERASEPCR0) return erase_page(value);
  if ((value & 1) == 0) return BusStatus::ok;
  if (offset == ERASEALL) erase_code({0, all()}, line_.all_time);
  erase_uicr(offset == ERASEALL ? line_.all_time : line_.page_time);
  return BusStatus::ok;
}

// An address outside the code erases nothing, and code region 0 only by itself, which a debugger is not
// (nRF51 RM v3.0 6.1.2).
BusStatus NvmcFlash::erase_page(std::uint32_t address) {
  if (address % line_.page_size != 0 || address >= all() || address < region0_) {
    return ++around_.stats.flash_errors, BusStatus::ok;
  }
  erase_code({address, line_.page_size}, line_.page_time);
  return BusStatus::ok;
}

void NvmcFlash::erase_code(CellRange range, Microseconds time) {
  ++around_.stats.flash_erases;
  FlashOperation operation;
  operation.erased = {range};
  operation.affected = {{0, all()}};
  code_.start(std::move(operation), time);
}

void NvmcFlash::erase_uicr(Microseconds time) {
  FlashOperation operation;
  operation.erased = {{0, static_cast<std::uint32_t>(memory_.otp.size())}};
  uicr_.start(std::move(operation), time);
}

// Whole words only, and only with write enable: any other write is a bus fault (nRF52832 PS 11.1). It stalls
// while the controller is busy.
BusStatus NvmcFlash::program(FlashEngine& engine, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (busy()) return BusStatus::stalled;
  if (config_ != kWriteEnable || size != 4) return refuse();
  ++around_.stats.flash_programs;
  FlashOperation operation;
  operation.offset = offset;
  append_le32(operation.programmed, value);
  if (&engine == &code_) operation.affected = {{0, all()}};
  engine.start(std::move(operation), line_.word_time);
  return BusStatus::ok;
}

BusStatus NvmcFlash::write_cells(Security, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (offset < region0_) return refuse();
  return program(code_, offset, size, value);
}

BusStatus NvmcFlash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  return program(uicr_, offset, size, value);
}

// The core is held while it reads from a flash that is busy (nRF52832 PS 11.1).
BusStatus NvmcFlash::read_cells(Master master, Security, std::uint32_t offset, unsigned size,
                                std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  if (master == Master::debug && hidden_from_debugger(offset)) {
    value = 0;
    return BusStatus::ok;
  }
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
}

// Readback protection (nRF51 RM v3.0 8.2.2): a debugger reads zeros.
bool NvmcFlash::hidden_from_debugger(std::uint32_t offset) const {
  return hides_all_ || (hides_region0_ && offset < region0_);
}

BusStatus NvmcFlash::read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.otp, offset, size);
  return BusStatus::ok;
}

std::optional<ByteView> NvmcFlash::window(Security, std::uint32_t, std::uint32_t& begin) {
  if (busy()) return {};
  begin = 0;
  return ByteView(memory_.cells);
}

}  // namespace probity::vboard
