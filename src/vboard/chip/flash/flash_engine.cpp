#include "vboard/chip/flash/flash_engine.hpp"

#include <algorithm>
#include <string>

namespace probity::vboard {

namespace {

bool overlap(CellRange a, CellRange b) {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

CellRange programmed_range(const FlashOperation& operation) {
  return {operation.offset, static_cast<std::uint32_t>(operation.programmed.size())};
}

}  // namespace

FlashEngine::FlashEngine(Bytes& cells, std::uint8_t erased_value, std::uint32_t base,
                         FlashSurroundings& around)
    : cells_(cells), erased_(erased_value), base_(base), around_(around) {}

void FlashEngine::start(FlashOperation operation, Nanoseconds duration) {
  Running running;
  if (const Fault* fault = around_.faults.strike("flash")) {
    if (fault->kind == "brownout") {
      apply_half(operation);
      return around_.brownout();
    }
    running.bsy_stuck = fault->kind == "bsy-stuck";
    if (fault->kind == "bit-stuck") {
      const auto address = static_cast<std::uint32_t>(std::stoul(fault->argument, nullptr, 0));
      running.stuck_cell = address - base_;
    }
  }
  around_.stats.flash_busy += duration;
  running.operation = std::move(operation);
  running.end = around_.time.now() + duration;
  running_ = std::move(running);
  announce(running_->operation);
}

bool FlashEngine::busy() {
  settle();
  return running_.has_value() || bsy_stuck_;
}

bool FlashEngine::affects(std::uint32_t offset, std::uint32_t size) {
  settle();
  if (bsy_stuck_) return true;
  if (!running_) return false;
  const CellRange asked{offset, size};
  const auto touched = [&](CellRange range) { return overlap(range, asked); };
  const FlashOperation& operation = running_->operation;
  return std::any_of(operation.erased.begin(), operation.erased.end(), touched) ||
         std::any_of(operation.affected.begin(), operation.affected.end(), touched) ||
         touched(programmed_range(operation));
}

void FlashEngine::settle() {
  if (!running_ || around_.time.now() < running_->end) return;
  const Running done = std::move(*running_);
  running_.reset();
  bsy_stuck_ = done.bsy_stuck;
  apply(done);
  done.operation.done();
  announce(done.operation);
}

std::optional<Nanoseconds> FlashEngine::busy_until() const {
  if (!running_ || bsy_stuck_) return {};
  return running_->end;
}

void FlashEngine::cut_short() {
  settle();
  bsy_stuck_ = false;
  if (!running_) return;
  const FlashOperation operation = std::move(running_->operation);
  running_.reset();
  apply_half(operation);
  announce(operation);
}

void FlashEngine::apply(const Running& running) {
  const FlashOperation& operation = running.operation;
  const bool has_stuck = running.stuck_cell && *running.stuck_cell < cells_.size();
  const std::uint8_t old = has_stuck ? cells_[*running.stuck_cell] : 0;
  for (const CellRange& range : operation.erased) {
    std::fill_n(cells_.begin() + range.offset, range.size, erased_);
  }
  for (std::uint32_t i = 0; i < operation.programmed.size(); ++i) {
    program(operation.offset + i, operation.programmed[i]);
  }
  if (!has_stuck) return;
  std::uint8_t& cell = cells_[*running.stuck_cell];
  cell = static_cast<std::uint8_t>((cell & ~1u) | (old & 1u));
}

void FlashEngine::apply_half(const FlashOperation& operation) {
  constexpr std::uint8_t kEveryOtherBit = 0xAA;
  for (const CellRange& range : operation.erased) {
    std::fill_n(cells_.begin() + range.offset, range.size / 2, erased_);
  }
  for (std::uint32_t i = 0; i < operation.programmed.size(); ++i) {
    const std::uint8_t value = operation.programmed[i];
    program(operation.offset + i,
            static_cast<std::uint8_t>(erased_ != 0 ? value | kEveryOtherBit : value & ~kEveryOtherBit));
  }
}

void FlashEngine::announce(const FlashOperation& operation) {
  for (const CellRange& range : operation.erased) around_.changed(range.offset, range.size);
  for (const CellRange& range : operation.affected) around_.changed(range.offset, range.size);
  const CellRange programmed = programmed_range(operation);
  if (programmed.size != 0) around_.changed(programmed.offset, programmed.size);
}

// From the erased value towards its opposite only.
void FlashEngine::program(std::uint32_t offset, std::uint8_t value) {
  std::uint8_t& cell = cells_[offset];
  cell = static_cast<std::uint8_t>(erased_ != 0 ? cell & value : cell | value);
}

}  // namespace probity::vboard
