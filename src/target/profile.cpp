#include "target/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

constexpr Address kDWT_PCSR = 0xE000101C;           // DDI 0403E C1.8.6
constexpr std::uint32_t kPcsrUnknown = 0xFFFFFFFF;  // halted, or not to be told
constexpr std::size_t kSamplesAtOnce = 64;
constexpr std::size_t kMostSamples = 1u << 22;

// gmon_out.h of binutils: the file's header and its record of a histogram.
constexpr std::uint32_t kVersion = 1;
constexpr std::uint8_t kTagHistogram = 0;
constexpr std::size_t kMostBuckets = 128 * 1024;
constexpr std::uint32_t kBytesABucket = 2;  // the shortest instruction
constexpr std::string_view kDimension = "seconds";
constexpr std::size_t kDimensionSize = 15;

void by_pcsr(Target& target, const Deadline& deadline, std::vector<Address>& pcs) {
  std::array<WordAccess, kSamplesAtOnce> batch;
  // A core that stops by itself has nothing more to tell; semihosting calls go on.
  while (!deadline.passed() && pcs.size() < kMostSamples && target.poll() != TargetState::halted) {
    batch.fill(WordAccess::load(kDWT_PCSR));
    target.memory().run(batch);
    for (const WordAccess& sample : batch) {
      if (sample.value != kPcsrUnknown) pcs.push_back(sample.value & ~Address{1});
    }
  }
}

void by_halting(Target& target, const Deadline& deadline, std::vector<Address>& pcs) {
  while (!deadline.passed() && pcs.size() < kMostSamples) {
    target.halt();
    pcs.push_back(static_cast<Address>(target.read_register("pc")));
    target.resume();
  }
}

}  // namespace

ProfileSamples sample_pc(Target& target, Clock& clock, Log& log, Nanoseconds duration) {
  const bool was_halted = target.poll() == TargetState::halted;
  if (was_halted) target.resume();
  ProfileSamples samples;
  const Nanoseconds start = clock.now();
  const Deadline deadline(clock, duration, "the end of the profile");
  if (target.memory().read32(kDWT_PCSR) != 0) {
    log.info("[{}] Starting Cortex-M profiling. Sampling DWT_PCSR as fast as we can...", target.name());
    by_pcsr(target, deadline, samples.pcs);
  } else {
    log.info("Starting profiling. Halting and resuming the target as often as we can...");
    by_halting(target, deadline, samples.pcs);
  }
  samples.duration = clock.now() - start;
  log.info("[{}] Profiling completed. {} samples.", target.name(), samples.pcs.size());
  if (was_halted && target.poll() != TargetState::halted) target.halt();
  return samples;
}

Bytes gmon_file(const ProfileSamples& samples, const std::optional<AddressRange>& range) {
  if (samples.pcs.empty()) throw TargetError("profile: not one sample was taken; does the core run?");
  const auto [least, most] = std::ranges::minmax_element(samples.pcs);
  const AddressRange wanted =
      range.value_or(AddressRange{*least, std::uint64_t{*most} - *least + kBytesABucket});
  if (wanted.size < 2) throw ConfigError("Error: end - start < 2");
  const auto buckets = std::min<std::size_t>(wanted.size / kBytesABucket, kMostBuckets);
  std::vector<std::uint16_t> histogram(buckets);
  for (const Address pc : samples.pcs) {
    if (!wanted.contains(pc)) continue;
    std::uint16_t& count =
        histogram[std::min<std::size_t>((pc - wanted.begin) * buckets / wanted.size, buckets - 1)];
    if (count < UINT16_MAX) ++count;
  }
  const auto nanoseconds = std::max<std::uint64_t>(static_cast<std::uint64_t>(samples.duration.count()), 1);
  const auto rate = static_cast<std::uint32_t>(samples.pcs.size() * 1'000'000'000ULL / nanoseconds);

  Bytes file = {'g', 'm', 'o', 'n'};
  append_le32(file, kVersion);
  file.resize(file.size() + 12);  // spare
  append_u8(file, kTagHistogram);
  append_le32(file, wanted.begin);
  append_le32(file, static_cast<std::uint32_t>(wanted.end()));
  append_le32(file, static_cast<std::uint32_t>(buckets));
  append_le32(file, std::max<std::uint32_t>(rate, 1));
  std::string dimension(kDimension);
  dimension.resize(kDimensionSize);
  for (const char c : dimension) append_u8(file, static_cast<std::uint8_t>(c));
  append_u8(file, static_cast<std::uint8_t>(kDimension.front()));
  for (const std::uint16_t count : histogram) append_le16(file, count);
  return file;
}

}  // namespace probity
