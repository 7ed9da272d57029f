#include "flash/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "flash/stream_loader_code.hpp"

namespace probity {

namespace {

enum Command : std::uint32_t { kEnd = 0, kStore = 1, kProgram = 2, kCrc = 3, kSelect = 4 };
enum State : std::uint32_t { kRunning = 0, kEnded = 1, kFailed = 2 };

// Word offsets of the parameter block, as stream.S has them.
constexpr std::uint32_t kReadOffset = 0, kWriteOffset = 4, kStateOffset = 8, kStatusOffset = 12,
                        kAddressOffset = 16, kResultOffset = 20, kParameterSize = 68;
// Behind the block: a word that reads as an idle status register, and one to feed where there is no watchdog.
constexpr std::uint32_t kIdleStatusOffset = kParameterSize, kNoWatchdogOffset = kParameterSize + 4,
                        kScratchSize = 8;
constexpr std::uint32_t kStackSize = 64;
constexpr std::uint32_t kSmallestRing = 512, kLargestArea = 64 * 1024, kAreaWithBackup = 16 * 1024;
// CRC tables: four of 256 words where they leave a ring of reasonable size, else one of 16, for half the
// speed.
constexpr std::uint32_t kAllEntries = 256, kFewEntries = 16, kAllTables = 4096, kFewTables = 64;
constexpr std::uint32_t kReasonableRing = 1024;
constexpr std::uint32_t kChunk = 6144;  // the largest block an ST-LINK takes in one request

constexpr Nanoseconds kShortestPause = Microseconds(500), kLongestPause = Milliseconds(10);
constexpr Nanoseconds kSuspicious = Milliseconds(100);  // without progress for so long: look at the core
constexpr Milliseconds kTimeToStop{100};

constexpr Address kDhcsr = 0xE000EDF0;  // Armv7-M ARM C1.6.2
constexpr Field kSHalt{"S_HALT", 17}, kSLockup{"S_LOCKUP", 19}, kSResetSt{"S_RESET_ST", 25};

// Bytes of the work area that are not ring.
constexpr std::uint32_t fixed_size(std::uint32_t tables) {
  const auto code = static_cast<std::uint32_t>(kStreamLoaderCode.size());
  return (code + 3) / 4 * 4 + kParameterSize + kScratchSize + tables + kStackSize +
         4 * static_cast<std::uint32_t>(StreamLoader::kMaxResults);
}

void append_words(Bytes& bytes, std::initializer_list<std::uint32_t> words) {
  for (const std::uint32_t word : words) append_le32(bytes, word);
}

}  // namespace

void LoaderScript::select(const LoaderRegisters& registers) {
  append_words(bytes_, {kSelect, registers.cr, registers.sr, registers.busy, registers.errors});
}

void LoaderScript::store(Address about, std::span<const LoaderStore> stores) {
  append_words(bytes_, {kStore, about, static_cast<std::uint32_t>(stores.size())});
  for (const LoaderStore& store : stores) append_words(bytes_, {store.address, store.value});
}

void LoaderScript::program(std::uint32_t control, Address address, unsigned width, unsigned burst,
                           ByteView data) {
  append_words(bytes_, {kProgram, control, address, width, burst, static_cast<std::uint32_t>(data.size())});
  const std::size_t first = data.size() % 4;
  append(bytes_, data.first(first));
  if (first != 0) bytes_.resize(bytes_.size() + 4 - first);
  append(bytes_, data.subspan(first));
}

void LoaderScript::crc(AddressRange range) {
  append_words(bytes_, {kCrc, range.begin, static_cast<std::uint32_t>(range.size)});
}

void LoaderScript::end() { append_le32(bytes_, kEnd); }

// What the parameter block tells.
struct StreamLoader::Status {
  std::uint32_t read = 0, state = 0;
  std::size_t results = 0;  // how many there are
};

std::unique_ptr<StreamLoader> StreamLoader::load(Target& target, const LoaderChip& chip) {
  WorkAreas& areas = target.work_areas();
  const std::uint32_t wanted = areas.config.backup ? kAreaWithBackup : kLargestArea;
  const std::uint32_t size = std::min(wanted, areas.largest_free()) / 4 * 4;
  if (size < fixed_size(kFewTables) + kSmallestRing) return nullptr;
  std::unique_ptr<WorkArea> area = areas.allocate(size);
  if (!area) return nullptr;
  return std::unique_ptr<StreamLoader>(new StreamLoader(target, chip, std::move(area)));
}

StreamLoader::StreamLoader(Target& target, const LoaderChip& chip, std::unique_ptr<WorkArea> area)
    : target_(target), chip_(chip), area_(std::move(area)) {
  Bytes code(kStreamLoaderCode.begin(), kStreamLoaderCode.end());
  code.resize((code.size() + 3) / 4 * 4);
  const bool roomy = area_->size() >= fixed_size(kAllTables) + kReasonableRing;
  const std::uint32_t tables = roomy ? kAllTables : kFewTables;
  table_entries_ = roomy ? kAllEntries : kFewEntries;
  begin_ = area_->address();
  if (chip_.secure) begin_ = (begin_ & ~chip_.secure_bit) | (*chip_.secure ? chip_.secure_bit : 0);
  parameters_ = begin_ + static_cast<Address>(code.size());
  results_ = parameters_ + kParameterSize + kScratchSize;
  tables_ = results_ + 4 * kMaxResults;
  stack_top_ = (tables_ + tables + kStackSize) / 8 * 8;
  ring_ = tables_ + tables + kStackSize;
  ring_size_ = begin_ + area_->size() - ring_;
  target_.memory().write(begin_, code, Width::word);
}

StreamLoader::~StreamLoader() {
  if (!running_) return;
  try {
    target_.finish_algorithm();
  } catch (const Error&) {
    // On the way out of another error, which tells more.
  }
}

void StreamLoader::start() {
  read_ = written_ = 0;
  seen_results_ = 0;
  const LoaderRegisters& registers = chip_.registers;
  Bytes block;
  append_words(block, {ring_, ring_, std::uint32_t{kRunning}, 0, 0, results_, ring_, ring_ + ring_size_,
                       registers.cr, registers.sr != 0 ? registers.sr : parameters_ + kIdleStatusOffset,
                       registers.busy, registers.errors,
                       chip_.watchdog.value_or(parameters_ + kNoWatchdogOffset), tables_, table_entries_});
  block.resize(kParameterSize + kScratchSize);
  target_.memory().write(parameters_, block, Width::word);
  Algorithm algorithm;
  algorithm.entry = begin_;
  algorithm.secure = chip_.secure;
  algorithm.stack_top = stack_top_;
  algorithm.registers = {{"r0", parameters_}};
  target_.start_algorithm(algorithm);
  running_ = true;
}

std::uint32_t StreamLoader::ring_free() const {
  return (read_ + ring_size_ - written_ - 4) % ring_size_;  // one word stays free: full differs from empty
}

// Writes behind what is there; the caller knows that it fits.
void StreamLoader::put(ByteView script) {
  while (!script.empty()) {
    const std::size_t part = std::min<std::size_t>(script.size(), ring_size_ - written_);
    target_.memory().write(ring_ + written_, script.first(part), Width::word);
    written_ = (written_ + static_cast<std::uint32_t>(part)) % ring_size_;
    script = script.subspan(part);
  }
}

void StreamLoader::publish() { target_.memory().write32(parameters_ + kWriteOffset, ring_ + written_); }

StreamLoader::Status StreamLoader::poll() {
  std::array<std::uint8_t, kResultOffset + 4> raw{};
  target_.memory().read(parameters_, raw, Width::word);
  const std::uint32_t state = load_le32(raw, kStateOffset);
  if (state == kFailed) {
    target_.wait_algorithm(kTimeToStop);
    target_.finish_algorithm();
    running_ = false;
    const std::uint32_t status = load_le32(raw, kStatusOffset), address = load_le32(raw, kAddressOffset);
    throw LoaderFault(fmt::format("the flash controller reports 0x{:08x} at 0x{:08x}", status, address),
                      status, address);
  }
  return {load_le32(raw, kReadOffset) - ring_, state, (load_le32(raw, kResultOffset) - results_) / 4};
}

void StreamLoader::explain_stop(const std::string& what) {
  // Halts the core and throws with pc, xPSR and CFSR if it still ran; it may also have stopped by itself.
  target_.wait_algorithm(Milliseconds(1));
  const auto pc = target_.read_register("pc");
  const auto xpsr = target_.read_register("xPSR");
  throw TargetError(
      fmt::format("{}: the loader stopped at pc 0x{:08x}, xPSR 0x{:08x}, before its end", what, pc, xpsr),
      "halted");
}

// One poll, and a pause when it brought nothing new. Throws when the loader does not get on.
StreamLoader::Status StreamLoader::wait_progress(const LoaderPace& pace, Clock& clock) {
  const Status status = poll();
  const Nanoseconds now = clock.now();
  if (status.state == kEnded || status.read != read_ || status.results != seen_results_) {
    read_ = status.read;
    seen_results_ = status.results;
    last_progress_ = now;
    return status;
  }
  const Nanoseconds quiet = now - last_progress_;
  if (quiet > pace.step_limit) {
    explain_stop(fmt::format("the flash loader made no progress for {} ms",
                             duration_cast<Milliseconds>(quiet).count()));
  }
  if (quiet > kSuspicious) {
    const std::uint32_t dhcsr = target_.memory().read32(kDhcsr);
    if (kSResetSt.is_set(dhcsr)) throw TargetError("the chip was reset while the flash loader ran", "reset");
    // It may have come to its end since the poll above.
    if (kSLockup.is_set(dhcsr) || (kSHalt.is_set(dhcsr) && poll().state == kRunning)) {
      explain_stop("the flash loader crashed");
    }
  }
  const std::uint32_t queued = ring_size_ - 4 - ring_free();
  clock.sleep(std::clamp<Nanoseconds>(pace.per_byte * queued / 2, kShortestPause, kLongestPause));
  return status;
}

void StreamLoader::feed(ByteView script, const LoaderPace& pace, Clock& clock) {
  last_progress_ = clock.now();
  while (!script.empty()) {
    // A block is worth a request when it is large, or the last one.
    const auto worthwhile = static_cast<std::uint32_t>(
        std::min<std::size_t>(script.size(), std::min(kChunk, ring_size_ / 4) / 4 * 4));
    while (ring_free() < worthwhile) wait_progress(pace, clock);
    put(script.first(worthwhile));
    publish();
    script = script.subspan(worthwhile);
  }
}

std::vector<std::uint32_t> StreamLoader::read_results(std::size_t count) {
  Bytes raw(count * 4);
  target_.memory().read(results_, raw, Width::word);
  std::vector<std::uint32_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(load_le32(raw, i * 4));
  return values;
}

std::vector<std::uint32_t> StreamLoader::results(std::size_t count, const LoaderPace& pace, Clock& clock) {
  last_progress_ = clock.now();
  while (wait_progress(pace, clock).results < count) {
  }
  std::vector<std::uint32_t> values = read_results(count);
  // The loader, which has nothing more to sum up, begins anew for the next ones.
  target_.memory().write32(parameters_ + kResultOffset, results_);
  seen_results_ = 0;
  return values;
}

void StreamLoader::finish(const LoaderPace& pace, Clock& clock) {
  LoaderScript end;
  end.end();
  feed(end.bytes(), pace, clock);
  while (wait_progress(pace, clock).state != kEnded) {
  }
  target_.wait_algorithm(kTimeToStop);
  target_.finish_algorithm();
  running_ = false;
}

std::vector<std::uint32_t> StreamLoader::run_at_once(const LoaderScript& script, std::size_t results,
                                                     Milliseconds timeout) {
  start();
  put(script.bytes());
  publish();
  target_.wait_algorithm(timeout);
  poll();
  target_.finish_algorithm();
  running_ = false;
  return read_results(results);
}

std::optional<std::vector<std::uint32_t>> crc_on_chip(Target& target, const std::vector<AddressRange>& ranges,
                                                      std::optional<Address> watchdog, Log& log) {
  // Enough for a core at 2 MHz: the loader takes 9 cycles a byte, or 22 with the small table.
  constexpr std::uint64_t kBytesPerMillisecond = 80;
  constexpr std::size_t kBatch = 32;  // fits into the smallest ring
  if (target.state() != TargetState::halted) return {};
  // The loader would sum itself up, and leave an image that was loaded there destroyed.
  const WorkAreaConfig& lent = target.work_areas().config;
  if (lent.physical && std::ranges::any_of(ranges, [&](const AddressRange& range) {
        return range.overlaps({*lent.physical, lent.size});
      })) {
    return {};
  }
  try {
    LoaderChip chip;
    chip.watchdog = watchdog;
    const std::unique_ptr<StreamLoader> loader = StreamLoader::load(target, chip);
    if (!loader) return {};
    std::vector<std::uint32_t> all;
    for (std::size_t first = 0; first < ranges.size(); first += kBatch) {
      LoaderScript script;
      std::uint64_t bytes = 0;
      const std::size_t count = std::min(kBatch, ranges.size() - first);
      for (std::size_t i = first; i < first + count; ++i) {
        script.crc(ranges[i]);
        bytes += ranges[i].size;
      }
      script.end();
      const auto batch = loader->run_at_once(script, count, Milliseconds(100 + bytes / kBytesPerMillisecond));
      all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
  } catch (const Error& e) {
    log.debug("no checksum on the chip, reading back instead: {}", e.describe());
    return {};
  }
}

}  // namespace probity
