#include "flash/unit_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

// r0 = block (offsets below), r1 = the routine's argument, r2 = where to program.
constexpr std::array<std::uint16_t, 20> kUnitLoop = {
    0x6804,          // loop: ldr r4, [r0, #0]   where the host writes next; 0: the end
    0x2C00,          //       cmp r4, #0
    0xD00E,          //       beq done
    0x6845,          //       ldr r5, [r0, #4]   where to read next
    0x42AC,          //       cmp r4, r5
    0xD0F9,          //       beq loop
    0xF000, 0xF80C,  //       bl unit
    0x2B00,          //       cmp r3, #0
    0xD105,          //       bne fail
    0x6904,          //       ldr r4, [r0, #16]  the ring's end
    0x42A5,          //       cmp r5, r4
    0xD300,          //       blo next
    0x68C5,          //       ldr r5, [r0, #12]  the ring's begin
    0x6045,          // next: str r5, [r0, #4]
    0xE7EF,          //       b loop
    0x6083,          // fail: str r3, [r0, #8]
    0x6142,          //       str r2, [r0, #20]
    0xBE00,          // done: bkpt
    0xBF00,          //       nop
};                   // unit: the routine
constexpr std::uint32_t kReadAt = 4, kStatusAt = 8, kAddressAt = 20, kBlockSize = 24;
constexpr std::uint32_t kUnitStack = 32;
constexpr std::uint32_t kLargestUnitRing = 16 * 1024, kFewestUnits = 4, kSmallestUnitRing = 64;
constexpr std::uint32_t kLargestPut = 6144;  // the largest block an ST-LINK takes in one request
constexpr Nanoseconds kLeastPause = Microseconds(300), kMostPause = Milliseconds(5);
constexpr Milliseconds kUnitLoaderStop{100};

std::uint32_t code_size(const UnitRoutine& routine) {
  return static_cast<std::uint32_t>(2 * (kUnitLoop.size() + routine.code.size()) + 3) / 4 * 4;
}

}  // namespace

struct UnitLoader::State {
  std::uint32_t read = 0;
  UnitFailure failure;
};

std::unique_ptr<UnitLoader> UnitLoader::load(Target& target, const UnitRoutine& routine, std::size_t bytes) {
  const std::uint32_t fixed = code_size(routine) + kBlockSize + kUnitStack;
  const std::uint32_t least = std::max(kFewestUnits * routine.unit, kSmallestUnitRing);
  const std::uint32_t free = target.work_areas().largest_free() / 4 * 4;
  if (free < fixed + least) return nullptr;
  const auto wanted =
      static_cast<std::uint32_t>(std::min<std::size_t>(bytes + routine.unit, kLargestUnitRing));
  const std::uint32_t ring = std::clamp(wanted, least, free - fixed) / routine.unit;
  auto area = target.work_areas().allocate(fixed + ring * routine.unit);
  if (!area) return nullptr;
  return std::unique_ptr<UnitLoader>(new UnitLoader(target, routine, std::move(area)));
}

UnitLoader::UnitLoader(Target& target, const UnitRoutine& routine, std::unique_ptr<WorkArea> area)
    : target_(target), routine_(routine), area_(std::move(area)) {
  Bytes code;
  for (const std::uint16_t half : kUnitLoop) append_le16(code, half);
  for (const std::uint16_t half : routine_.code) append_le16(code, half);
  code.resize(code_size(routine_));
  block_ = area_->address() + static_cast<Address>(code.size());
  stack_top_ = (block_ + kBlockSize + kUnitStack) / 8 * 8;
  ring_ = block_ + kBlockSize + kUnitStack;
  ring_size_ = area_->address() + area_->size() - ring_;
  target_.memory().write(area_->address(), code, Width::word);
}

std::uint32_t UnitLoader::queued() const { return (written_ + ring_size_ - read_) % ring_size_; }

Algorithm UnitLoader::prepare(Address address) {
  read_ = written_ = 0;
  Bytes block;
  for (const std::uint32_t word : {ring_, ring_, 0u, ring_, ring_ + ring_size_, 0u}) append_le32(block, word);
  target_.memory().write(block_, block, Width::word);
  Algorithm loop;
  loop.entry = area_->address();
  loop.stack_top = stack_top_;
  loop.registers = {{"r0", block_}, {"r1", routine_.argument}, {"r2", address}};
  return loop;
}

void UnitLoader::put(ByteView data) {
  while (!data.empty()) {
    const std::size_t part = std::min<std::size_t>(data.size(), ring_size_ - written_);
    target_.memory().write(ring_ + written_, data.first(part), Width::word);
    written_ = (written_ + static_cast<std::uint32_t>(part)) % ring_size_;
    data = data.subspan(part);
  }
}

void UnitLoader::publish(std::uint32_t write) { target_.memory().write32(block_, write); }

UnitLoader::State UnitLoader::poll() {
  std::array<std::uint8_t, kBlockSize> raw{};
  target_.memory().read(block_, raw, Width::word);
  return {load_le32(raw, kReadAt) - ring_, {load_le32(raw, kStatusAt), load_le32(raw, kAddressAt)}};
}

std::optional<UnitFailure> UnitLoader::feed(ByteView data, Clock& clock, std::string_view what) {
  const Nanoseconds patience = std::max<Nanoseconds>(routine_.limit, kUnitLoaderStop);
  Nanoseconds progress = clock.now();
  // One unit stays free: full differs from empty. A block is worth a request when it is large, or the last.
  const std::uint32_t worthwhile = std::min(kLargestPut, ring_size_ / 2) / routine_.unit * routine_.unit;
  while (!data.empty() || queued() != 0) {
    const auto next = static_cast<std::uint32_t>(std::min<std::size_t>(data.size(), worthwhile));
    if (next != 0 && ring_size_ - routine_.unit - queued() >= next) {
      put(data.first(next));
      publish(ring_ + written_);
      data = data.subspan(next);
      continue;
    }
    const State state = poll();
    if (state.failure.status != 0) return state.failure;
    if (state.read != read_) {
      read_ = state.read;
      progress = clock.now();
      continue;
    }
    if (clock.now() - progress > patience) {
      target_.wait_algorithm(Milliseconds(1));  // throws with pc, xPSR and CFSR where it still runs
      throw TargetError(fmt::format("{}: the loader stopped before its end", what), "halted");
    }
    clock.sleep(
        std::clamp<Nanoseconds>(routine_.typical * (queued() / routine_.unit) / 2, kLeastPause, kMostPause));
  }
  return {};
}

std::optional<UnitFailure> UnitLoader::program(Address address, ByteView data, Clock& clock,
                                               std::string_view what) {
  RunningAlgorithm running(target_, prepare(address));
  const auto failure = feed(data, clock, what);
  if (!failure) publish(0);
  target_.wait_algorithm(kUnitLoaderStop);
  running.finish();
  return failure;
}

}  // namespace probity
