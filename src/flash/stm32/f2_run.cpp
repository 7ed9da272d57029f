// Carrying out a job on an STM32 F2/F4/F7: through the RAM loader, or by plain register writes.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash/stm32/f2_bank.hpp"
#include "flash/stm32/f2_registers.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

namespace {

// The checksum takes 9 cycles a byte; at 16 MHz, the speed after reset, and at the 2 MHz of a slow firmware.
constexpr Nanoseconds kChecksumPerByte{560}, kSlowChecksumPerByte{4500};
constexpr Nanoseconds kSlack = Milliseconds(500);
constexpr std::uint32_t kChecksumCommand = 12;  // bytes of script

std::uint64_t bytes_in(const std::vector<FlashWrite>& writes) {
  return std::accumulate(writes.begin(), writes.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FlashWrite& w) { return sum + w.data.size(); });
}

// What is in a sector before its erase.
enum class SectorFinding { unchanged, blank };

// Takes out of the step what is there already.
void leave_alone(F2Step& step, SectorFinding finding, FlashJobResult& result) {
  step.erase = false;
  if (finding == SectorFinding::unchanged) {
    step.writes.clear();
    ++result.sectors_unchanged;
  } else {
    step.writes = without_blank_runs(step.writes);
  }
}

void add_step(LoaderScript& script, const F2Step& step, Address base, Address sector, unsigned snb,
              ProgramWidth width) {
  if (step.erase) {
    const std::uint32_t cr = cr_for_erase(snb, width);
    script.erase(sector, cr, cr | CR::STRT.mask());
  }
  for (const FlashWrite& write : step.erase ? without_blank_runs(step.writes) : step.writes) {
    for (const F2ProgramPiece& piece : program_pieces(write, width)) {
      script.program(cr_for_program(piece.width), base + piece.offset, bytes_of(piece.width), piece.data);
    }
  }
}

LoaderChip loader_chip() { return {kFlashCr, kFlashSr, SR::BSY.mask(), SR::kErrors, kIwdgKr}; }

}  // namespace

FlashJobResult F2Bank::run(const FlashJob& job) {
  require_halted();
  need_probe();
  std::vector<F2Step> steps = steps_of(job);
  const F2Controller::Options options = option_registers();
  require_readable(options);
  require_unprotected(options, steps);
  try {
    return carry_out(std::move(steps), job);
  } catch (FlashError& e) {
    if (e.register_name != "FLASH_SR" || !SR::WRPERR.is_set(e.raw)) throw;
    const auto sector =
        std::find_if(geometry_.sectors.begin(), geometry_.sectors.end(), [&](const F2Sector& s) {
          return AddressRange{base_ + s.offset, s.size}.contains(e.address);
        });
    if (sector == geometry_.sectors.end()) throw;
    throw FlashError(fmt::format("{}; {}", e.message(), protection_hint(options, {sector->block})), e.bank,
                     e.address, e.register_name, e.raw);
  }
}

FlashJobResult F2Bank::carry_out(std::vector<F2Step> steps, const FlashJob& job) {
  FlashJobResult result;
  {
    const OpenFlash open(controller_);
    if (!stream(steps, job, result)) run_directly(steps, job, result);
  }
  for (const F2Step& step : steps) {
    if (step.erase) ++result.sectors_erased;
    if (step.erase || !step.writes.empty()) sectors_[step.sector].erased.reset();
  }
  result.bytes_written = bytes_in(job.writes);
  return result;
}

// Checksums on the chip tell which sectors need no erase. Returns false where the loader does not run;
// nothing has been changed then.
bool F2Bank::survey(StreamLoader& loader, std::vector<F2Step>& steps, const FlashJob& job,
                    FlashJobResult& result) {
  LoaderScript checks;
  std::vector<F2Step*> erased;
  std::uint32_t largest = 0;
  for (F2Step& step : steps) {
    if (!step.erase || !job.skip_unchanged) continue;
    checks.crc({address_of(step), sectors_[step.sector].size});
    largest = std::max(largest, sectors_[step.sector].size);
    erased.push_back(&step);
  }
  try {
    loader.start();
    const LoaderPace pace{kChecksumPerByte * largest / kChecksumCommand,
                          kSlack + kSlowChecksumPerByte * largest};
    loader.feed(checks.bytes(), pace, clock_);
    const auto sums = loader.results(erased.size(), pace, clock_);
    for (std::size_t i = 0; i < erased.size(); ++i) {
      const Sector& sector = sectors_[erased[i]->sector];
      if (sums[i] == crc32(final_content(*erased[i], sector))) {
        leave_alone(*erased[i], SectorFinding::unchanged, result);
      } else if (sums[i] == crc32(Bytes(sector.size, erased_value()))) {
        leave_alone(*erased[i], SectorFinding::blank, result);
      }
    }
    return true;
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    log_.warn("the flash loader does not run, writing through the debugger, slower: {}", e.message());
    return false;
  }
}

bool F2Bank::stream(std::vector<F2Step>& steps, const FlashJob& job, FlashJobResult& result) {
  const std::unique_ptr<StreamLoader> loader = StreamLoader::load(target_, loader_chip());
  if (!loader) {
    log_.warn("no working area available, can't do block memory writes");
    return false;
  }
  if (!survey(*loader, steps, job, result)) return false;
  const ProgramWidth w = width();
  Milliseconds longest{0};
  for (const F2Step& step : steps) {
    if (step.erase) longest = std::max(longest, erase_limit(sectors_[step.sector].size, w));
  }
  const LoaderPace pace{kProgramTypical / bytes_of(w), kSlack + longest + 4 * kProgramLimit};
  try {
    for (const F2Step& step : steps) {
      LoaderScript script;
      add_step(script, step, base_, address_of(step), geometry_.sectors[step.sector].snb, w);
      loader->feed(script.bytes(), pace, clock_);
    }
    loader->finish(pace, clock_);
  } catch (const LoaderFault& fault) {
    controller_.check(fault.status, fault.address);
    throw;
  } catch (const DeviceGone&) {
    throw;
  } catch (Error& e) {
    e.add_context(fmt::format("flash loader ({})", controller_.status_text()));
    throw;
  }
  return true;
}

bool F2Bank::unchanged_by_reading(const Bytes& wanted, const Sector& sector) {
  constexpr std::size_t kBlock = 4096;  // a difference is mostly found in the first one
  Bytes content(std::min<std::size_t>(kBlock, sector.size));
  for (std::size_t at = 0; at < wanted.size(); at += content.size()) {
    target_.memory().read(base_ + sector.offset + static_cast<Address>(at), content, Width::word);
    if (!std::equal(content.begin(), content.end(), wanted.begin() + static_cast<std::ptrdiff_t>(at)))
      return false;
  }
  return true;
}

void F2Bank::program_directly(const F2Step& step, ProgramWidth width) {
  if (step.erase) {
    const std::uint32_t size = sectors_[step.sector].size;
    controller_.erase_sector(geometry_.sectors[step.sector].snb, address_of(step), width,
                             erase_limit(size, width));
  }
  for (const FlashWrite& write : step.erase ? without_blank_runs(step.writes) : step.writes) {
    for (const F2ProgramPiece& piece : program_pieces(write, width)) {
      try {
        controller_.program(base_ + piece.offset, piece.data, piece.width);
      } catch (const FlashError&) {
        throw;
      } catch (const DeviceGone&) {
        throw;
      } catch (Error& e) {  // the bus gave up: what the controller says tells why
        e.add_context(fmt::format("writing 0x{:08x} through the debugger ({})", base_ + piece.offset,
                                  controller_.status_text()));
        throw;
      }
    }
  }
}

void F2Bank::run_directly(std::vector<F2Step>& steps, const FlashJob& job, FlashJobResult& result) {
  const ProgramWidth w = width();
  for (F2Step& step : steps) {
    const Sector& sector = sectors_[step.sector];
    if (step.erase && job.skip_unchanged) {
      if (unchanged_by_reading(final_content(step, sector), sector)) {
        leave_alone(step, SectorFinding::unchanged, result);
      } else if (unchanged_by_reading(Bytes(sector.size, erased_value()), sector)) {
        leave_alone(step, SectorFinding::blank, result);
      }
    }
    program_directly(step, w);
  }
}

}  // namespace probity::stm32
