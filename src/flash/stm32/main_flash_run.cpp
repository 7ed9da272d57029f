// Carrying out a job: through the RAM loader, or by plain register writes.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/stm32/main_flash.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

namespace {

// The checksum takes 9 cycles a byte; at 16 MHz, the speed of many after reset. At worst (the small table, a
// core at 2 MHz) 22 cycles.
constexpr Nanoseconds kChecksumPerByte{560}, kSlowChecksumPerByte{11000};
constexpr Nanoseconds kSlack = Milliseconds(500);
constexpr std::uint32_t kChecksumCommand = 12;    // bytes of script
constexpr std::size_t kScriptAtOnce = 16 * 1024;  // small sectors share a request to the probe

std::uint64_t bytes_in(const std::vector<FlashWrite>& writes) {
  return std::accumulate(writes.begin(), writes.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FlashWrite& w) { return sum + w.data.size(); });
}

}  // namespace

OpenFlash::~OpenFlash() {
  try {
    flash_.close();
  } catch (const Error&) {
    // On the way out of another error, which tells more; a chip that no longer answers is locked by its
    // reset.
  }
}

FlashJobResult MainFlash::carry_out(std::vector<FlashStep> steps, const FlashJob& job) {
  FlashJobResult result;
  {
    const OpenFlash open(interface());
    if (!stream(steps, job, result)) run_directly(steps, job, result);
  }
  for (const FlashStep& step : steps) {
    if (step.erase) ++result.sectors_erased;
    if (step.erase || !step.writes.empty()) sectors_[step.sector].erased.reset();
  }
  result.bytes_written = bytes_in(job.writes);
  return result;
}

// Takes out of the steps what is there already; or erases all at once where that is the shorter way.
void MainFlash::settle(std::vector<FlashStep>& steps, const std::vector<SectorFinding>& findings,
                       FlashJobResult& result) {
  const auto erases = std::ranges::count_if(steps, &FlashStep::erase);
  const auto needed = std::ranges::count(findings, SectorFinding::other);
  const bool all = static_cast<std::size_t>(erases) == sectors_.size();
  if (interface().erases_all_at_once() && all && 2 * needed > erases) {
    interface().erase_all();
    for (FlashStep& step : steps) {
      step.erase = false;
      step.writes = writes_into_blank(step);
      sectors_[step.sector].erased.reset();
    }
    result.sectors_erased += static_cast<unsigned>(erases);
    return;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].erase || findings[i] == SectorFinding::other) continue;
    steps[i].erase = false;
    if (findings[i] == SectorFinding::unchanged) {
      steps[i].writes.clear();
      ++result.sectors_unchanged;
    } else {
      steps[i].writes = writes_into_blank(steps[i]);
    }
  }
}

// Checksums on the chip tell which sectors need no erase: a finding for each step. Nothing where the loader
// does not run; nothing has been changed then.
std::optional<std::vector<MainFlash::SectorFinding>> MainFlash::survey(StreamLoader& loader,
                                                                       const std::vector<FlashStep>& steps,
                                                                       const FlashJob& job) {
  std::vector<std::size_t> erased;  // indices
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].erase || !job.skip_unchanged) continue;
    largest = std::max(largest, sectors_[steps[i].sector].size);
    erased.push_back(i);
  }
  std::vector<SectorFinding> findings(steps.size(), SectorFinding::other);
  const LoaderPace pace{kChecksumPerByte * largest / kChecksumCommand,
                        kSlack + kSlowChecksumPerByte * largest};
  try {
    loader.start();
    for (std::span<const std::size_t> left(erased); !left.empty();) {
      const auto batch = left.first(std::min(left.size(), StreamLoader::kMaxResults));
      LoaderScript checks;
      for (const std::size_t i : batch) checks.crc({address_of(steps[i]), sectors_[steps[i].sector].size});
      loader.feed(checks.bytes(), pace, clock_);
      const auto sums = loader.results(batch.size(), pace, clock_);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        findings[batch[i]] = finding_of(steps[batch[i]], sums[i]);
      }
      left = left.subspan(batch.size());
    }
    return findings;
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    log_.warn("the flash loader does not run, writing through the debugger, slower: {}", e.message());
    return {};
  }
}

MainFlash::SectorFinding MainFlash::finding_of(const FlashStep& step, std::uint32_t checksum) {
  const Sector& sector = sectors_[step.sector];
  if (checksum == crc32(final_content(step, sector, erased_value()))) return SectorFinding::unchanged;
  const bool blank = interface().blank_is_erased() && checksum == crc32(Bytes(sector.size, erased_value()));
  return blank ? SectorFinding::blank : SectorFinding::other;
}

void MainFlash::add_step(LoaderScript& script, const FlashStep& step) {
  if (step.erase) interface().add_erase(script, step.sector);
  for (const FlashWrite& write : writes_of(step)) {
    interface().add_program(script, base_ + write.offset, write.data);
  }
}

std::vector<FlashWrite> MainFlash::writes_of(const FlashStep& step) {
  return step.erase ? writes_into_blank(step) : step.writes;
}

std::vector<FlashWrite> MainFlash::writes_into_blank(const FlashStep& step) {
  const unsigned burst = interface().burst();
  return without_blank_runs(in_whole_granules(step.writes, burst, erased_value()), burst, erased_value());
}

// Null, and said why, where there is no RAM for it, or RAM that is closed (to the security state, by its
// supply).
std::unique_ptr<StreamLoader> MainFlash::load_loader() {
  try {
    std::unique_ptr<StreamLoader> loader = StreamLoader::load(target_, interface().loader_chip());
    if (!loader) log_.warn("no working area available, can't do block memory writes");
    return loader;
  } catch (const MemoryFault& e) {
    log_.warn("the working area cannot be written, writing through the debugger, slower: {}", e.message());
    return nullptr;
  }
}

bool MainFlash::stream(std::vector<FlashStep>& steps, const FlashJob& job, FlashJobResult& result) {
  const std::unique_ptr<StreamLoader> loader = load_loader();
  if (!loader) return false;
  const auto findings = survey(*loader, steps, job);
  if (!findings) return false;
  settle(steps, *findings, result);
  Milliseconds longest{0};
  for (const FlashStep& step : steps) {
    if (step.erase) longest = std::max(longest, interface().erase_limit(step.sector));
  }
  const LoaderPace pace{interface().program_per_byte(), kSlack + longest + 4 * interface().program_limit()};
  try {
    LoaderScript script;
    for (const FlashStep& step : steps) {
      add_step(script, step);
      if (script.bytes().size() < kScriptAtOnce) continue;
      loader->feed(script.bytes(), pace, clock_);
      script = {};
    }
    loader->feed(script.bytes(), pace, clock_);
    loader->finish(pace, clock_);
  } catch (const LoaderFault& fault) {
    interface().check(fault.status, fault.address);
    throw;
  } catch (const DeviceGone&) {
    throw;
  } catch (Error& e) {
    e.add_context(fmt::format("flash loader ({})", interface().status_text()));
    throw;
  }
  return true;
}

// A sector that cannot be read is another one, which its erase mends: a flash word whose programming lost its
// power faults where the flash has ECC.
bool MainFlash::reads_as(const Bytes& wanted, const Sector& sector) try {
  constexpr std::size_t kBlock = 4096;  // a difference is mostly found in the first one
  Bytes content(std::min<std::size_t>(kBlock, sector.size));
  for (std::size_t at = 0; at < wanted.size(); at += content.size()) {
    target_.memory().read(base_ + sector.offset + static_cast<Address>(at), content, Width::word);
    if (!std::equal(content.begin(), content.end(), wanted.begin() + static_cast<std::ptrdiff_t>(at)))
      return false;
  }
  return true;
} catch (const MemoryFault& e) {
  log_.warn("the sector at 0x{:08x} cannot be read, so it is erased: {}", base_ + sector.offset, e.message());
  return false;
}

void MainFlash::program_directly(const FlashStep& step) {
  if (step.erase) interface().erase(step.sector);
  for (const FlashWrite& write : writes_of(step)) {
    try {
      interface().program(base_ + write.offset, write.data);
    } catch (const FlashError&) {
      throw;
    } catch (const DeviceGone&) {
      throw;
    } catch (Error& e) {  // the bus gave up: what the controller says tells why
      e.add_context(fmt::format("writing 0x{:08x} through the debugger ({})", base_ + write.offset,
                                interface().status_text()));
      throw;
    }
  }
}

MainFlash::SectorFinding MainFlash::finding_by_reading(const FlashStep& step) {
  const Sector& sector = sectors_[step.sector];
  if (reads_as(final_content(step, sector, erased_value()), sector)) return SectorFinding::unchanged;
  const bool blank = interface().blank_is_erased() && reads_as(Bytes(sector.size, erased_value()), sector);
  return blank ? SectorFinding::blank : SectorFinding::other;
}

void MainFlash::run_directly(std::vector<FlashStep>& steps, const FlashJob& job, FlashJobResult& result) {
  std::vector<SectorFinding> findings(steps.size(), SectorFinding::other);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].erase && job.skip_unchanged) findings[i] = finding_by_reading(steps[i]);
  }
  settle(steps, findings, result);
  for (const FlashStep& step : steps) program_directly(step);
}

}  // namespace probity::stm32
