#include "vboard/chip/flash/nvmc_flash.hpp"

#include <algorithm>
#include <utility>

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
  around_.changed(0, all());
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

// An address outside the code erases nothing.
BusStatus NvmcFlash::erase_page(std::uint32_t address) {
  if (address % line_.page_size != 0 || address >= all()) {
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
  return program(code_, offset, size, value);
}

BusStatus NvmcFlash::write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) {
  return program(uicr_, offset, size, value);
}

// The core is held while it reads from a flash that is busy (nRF52832 PS 11.1).
BusStatus NvmcFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  if (busy()) return BusStatus::stalled;
  value = load_sized(memory_.cells, offset, size);
  return BusStatus::ok;
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
