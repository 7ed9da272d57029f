#include "target/cortex_m/core_debug.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {
constexpr Milliseconds kTransferLimit{100};
}

void CoreDebug::note(std::uint32_t dhcsr) {
  if (DHCSR::S_RESET_ST.is_set(dhcsr)) reset_seen_ = true;
}

std::uint32_t CoreDebug::read_dhcsr() {
  const std::uint32_t dhcsr = memory_.read32(DHCSR::kAddress);
  note(dhcsr);
  return dhcsr;
}

void CoreDebug::write_dhcsr(std::uint32_t control) {
  memory_.write32(DHCSR::kAddress, DHCSR::kDbgKey | DHCSR::C_DEBUGEN.mask() | control);
}

bool CoreDebug::take_reset_seen() { return std::exchange(reset_seen_, false); }

void CoreDebug::wait_ready(unsigned selector) {
  const Deadline deadline(clock_, kTransferLimit,
                          fmt::format("core register transfer (DCRSR.REGSEL={}, DHCSR.S_REGRDY)", selector));
  for (;;) {
    const std::uint32_t dhcsr = read_dhcsr();
    if (DHCSR::S_REGRDY.is_set(dhcsr)) return;
    deadline.check(fmt::format("DHCSR={:#010x}", dhcsr));
  }
}

void CoreDebug::read(std::span<RegisterTransfer> registers) {
  std::vector<WordAccess> batch;
  for (const RegisterTransfer& r : registers) {
    batch.push_back(WordAccess::store(DCRSR::kAddress, DCRSR::REGSEL.of(r.selector)));
    batch.push_back(WordAccess::load(DHCSR::kAddress));
    batch.push_back(WordAccess::load(DCRDR::kAddress));
  }
  memory_.run(batch);
  for (std::size_t i = 0; i < registers.size(); ++i) note(batch[3 * i + 1].value);
  for (std::size_t i = 0; i < registers.size(); ++i) {
    registers[i].value = batch[3 * i + 2].value;
    if (DHCSR::S_REGRDY.is_set(batch[3 * i + 1].value)) continue;
    memory_.write32(DCRSR::kAddress, DCRSR::REGSEL.of(registers[i].selector));
    wait_ready(registers[i].selector);
    registers[i].value = memory_.read32(DCRDR::kAddress);
  }
}

void CoreDebug::write(std::span<const RegisterTransfer> registers) {
  std::vector<WordAccess> batch;
  for (const RegisterTransfer& r : registers) {
    batch.push_back(WordAccess::store(DCRDR::kAddress, r.value));
    batch.push_back(WordAccess::store(DCRSR::kAddress, DCRSR::REGSEL.of(r.selector) | DCRSR::REGWnR.mask()));
    batch.push_back(WordAccess::load(DHCSR::kAddress));
  }
  memory_.run(batch);
  for (std::size_t i = 0; i < registers.size(); ++i) note(batch[3 * i + 2].value);
  for (std::size_t i = 0; i < registers.size(); ++i) {
    if (DHCSR::S_REGRDY.is_set(batch[3 * i + 2].value)) continue;
    memory_.write32(DCRDR::kAddress, registers[i].value);
    memory_.write32(DCRSR::kAddress, DCRSR::REGSEL.of(registers[i].selector) | DCRSR::REGWnR.mask());
    wait_ready(registers[i].selector);
  }
}

}  // namespace probity::cortex_m
