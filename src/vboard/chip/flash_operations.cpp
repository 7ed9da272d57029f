// Flash operations in time: begun by FlashController's register half, complete when BSY falls, or cut short.
#include <algorithm>
#include <string>

#include "base/bits.hpp"
#include "vboard/chip/flash_controller.hpp"
#include "vboard/chip/flash_registers.hpp"

namespace probity::vboard {

using namespace flash_reg;

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000;

// Programming clears bits, it sets none (RM0090 3.6.4).
void program(ByteSpan bytes, std::uint32_t offset, unsigned size, std::uint32_t value) {
  for (unsigned i = 0; i < size; ++i) {
    bytes[offset + i] &= static_cast<std::uint8_t>(Field{"byte", 8 * i, 8}.get(value));
  }
}

}  // namespace

void FlashController::start(Operation operation, Nanoseconds duration) {
  if (const Fault* fault = around_.faults.strike("flash")) {
    if (fault->kind == "brownout") {
      apply_half(operation);
      return around_.brownout();
    }
    operation.bsy_stuck = fault->kind == "bsy-stuck";
    if (fault->kind == "bit-stuck") {
      const std::uint32_t address = static_cast<std::uint32_t>(std::stoul(fault->argument, nullptr, 0));
      operation.stuck_cell = address - kFlashBase;
    }
  }
  around_.stats.flash_busy += duration;
  operation.end = around_.time.now() + duration;
  operation_ = std::move(operation);
  announce(*operation_);
}

void FlashController::announce(const Operation& operation) {
  for (const FlashSector& sector : operation.sectors) around_.changed(sector.offset, sector.size);
  if (operation.kind == Kind::options || !geometry_.dual_bank) {
    around_.changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
  }
}

bool FlashController::busy() {
  settle();
  return operation_.has_value() || bsy_stuck_;
}

std::optional<Nanoseconds> FlashController::busy_until() const {
  if (!operation_ || bsy_stuck_) return {};
  return operation_->end;
}

void FlashController::settle() {
  if (!operation_ || around_.time.now() < operation_->end) return;
  const Operation done = std::move(*operation_);
  operation_.reset();
  bsy_stuck_ = done.bsy_stuck;
  apply(done);
  cr_ &= ~STRT.mask();
  optcr_ &= ~OPTSTRT.mask();
  if (EOPIE.is_set(cr_)) sr_ |= EOP.mask();
  update_interrupt();
  announce(done);
}

void FlashController::apply(const Operation& operation) {
  const bool has_stuck = operation.stuck_cell && *operation.stuck_cell < memory_.cells.size();
  const std::uint8_t old = has_stuck ? memory_.cells[*operation.stuck_cell] : 0;
  switch (operation.kind) {
    case Kind::program:
      program(memory_.cells, operation.offset, operation.size, operation.value);
      break;
    case Kind::program_otp: {
      const std::uint32_t data = static_cast<std::uint32_t>(memory_.otp.size());
      const bool lock = operation.offset >= data;
      program(lock ? memory_.otp_locks : memory_.otp, operation.offset - (lock ? data : 0), operation.size,
              operation.value);
      break;
    }
    case Kind::erase:
      for (const FlashSector& s : operation.sectors) {
        std::fill_n(memory_.cells.begin() + s.offset, s.size, std::uint8_t{0xFF});
      }
      break;
    case Kind::options:
      apply_options();
      break;
  }
  if (has_stuck) {
    std::uint8_t& cell = memory_.cells[*operation.stuck_cell];
    cell = static_cast<std::uint8_t>((cell & ~1u) | (old & 1u));
  }
}

// What is left of an operation that lost its supply or was reset: the first half of each sector erased, every
// other bit programmed, options as before. The manual leaves the content undefined; this is repeatable.
void FlashController::apply_half(const Operation& operation) {
  constexpr std::uint32_t kEveryOtherBit = 0xAAAAAAAA;
  if (operation.kind == Kind::program) {
    program(memory_.cells, operation.offset, operation.size, operation.value | kEveryOtherBit);
  }
  if (operation.kind != Kind::erase) return;
  for (const FlashSector& s : operation.sectors) {
    std::fill_n(memory_.cells.begin() + s.offset, s.size / 2, std::uint8_t{0xFF});
  }
}

void FlashController::cut_short() {
  settle();
  if (operation_) apply_half(*operation_);
  operation_.reset();
}

}  // namespace probity::vboard
