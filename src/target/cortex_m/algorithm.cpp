// Running code of our own on the target. Whatever the old firmware did is made harmless first, and given back
// after.
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr std::uint32_t kAllOnes = 0xFFFFFFFF;
// Without pause for so long: short algorithms end sooner than a sleep would.
constexpr Milliseconds kBusyWait{20};

}  // namespace

void CortexM::start_algorithm(const Algorithm& algorithm) {
  if (saved_)
    throw TargetError(fmt::format("[{}] Target is already running an algorithm", name_), "debug-running");
  require_halted("run an algorithm");
  SavedContext saved;
  saved.registers = registers_.save_core(trust_zone_.present);
  saved.reason = reason_;
  saved.algorithm = algorithm;
  saved_ = std::move(saved);
  try {
    enter_security_state(algorithm);
    prepare_memory_system();
    set_algorithm_registers(algorithm);
    debug_.take_reset_seen();
    let_run(true, false);
    state_ = TargetState::debug_running;
  } catch (...) {
    restore_registers();
    saved_.reset();
    throw;
  }
}

void CortexM::restore_registers() {
  if (saved_->secure) set_secure_state(*saved_->secure);
  if (saved_->registers.empty()) {
    registers_.invalidate();
    return;
  }
  if (!trust_zone_.present) return registers_.restore(saved_->registers);
  // By the names of each state: those of the state in force are read anew.
  registers_.invalidate();
  registers_.restore(saved_->registers);
  registers_.flush();
}

// Faults stop the core at once (vector catch) instead of entering the old firmware's handlers; the MPU and
// the caches cannot come between the loader and memory, nor the user's breakpoints and watchpoints.
void CortexM::prepare_memory_system() {
  breakpoints_.suspend();
  watchpoints_.suspend();
  std::vector<WordAccess> before = {WordAccess::load(DEMCR::kAddress), WordAccess::load(MPU_CTRL::kAddress),
                                    WordAccess::load(CCR::kAddress)};
  env_.memory.run(before);
  saved_->demcr = before[0].value;
  saved_->mpu_ctrl = before[1].value;
  saved_->ccr = before[2].value;
  std::uint32_t catches = facts_.is_mainline() ? DEMCR::VC_faults.mask() : DEMCR::VC_HARDERR.mask();
  if (facts_.architecture == Architecture::v8m_mainline) catches |= DEMCR::VC_SFERR.mask();
  std::vector<WordAccess> batch = {WordAccess::store(DEMCR::kAddress, DEMCR::TRCENA.mask() | catches),
                                   WordAccess::store(DFSR::kAddress, DFSR::kAll)};
  if (facts_.is_mainline()) {
    batch.push_back(WordAccess::store(kCFSR, kAllOnes));
    batch.push_back(WordAccess::store(kHFSR, kAllOnes));
  }
  if (MPU_CTRL::ENABLE.is_set(saved_->mpu_ctrl)) batch.push_back(WordAccess::store(MPU_CTRL::kAddress, 0));
  env_.memory.run(batch);
  if (CCR::DC.is_set(saved_->ccr) || CCR::IC.is_set(saved_->ccr)) flush_caches();
}

// Cleans and invalidates the D-cache line by line (it has no operation for all, DDI 0403E B2.2.7),
// invalidates the I-cache, and switches both off.
void CortexM::flush_caches() {
  env_.memory.write32(CCR::kAddress, saved_->ccr & ~(CCR::DC.mask() | CCR::IC.mask()));
  std::vector<WordAccess> batch;
  if (CCR::DC.is_set(saved_->ccr)) {
    env_.memory.write32(kCSSELR, 0);  // level 1, data
    const std::uint32_t ccsidr = env_.memory.read32(CCSIDR::kAddress);
    const std::uint32_t last_way = CCSIDR::Associativity.get(ccsidr), last_set = CCSIDR::NumSets.get(ccsidr);
    const unsigned set_shift = CCSIDR::LineSize.get(ccsidr) + 4;
    unsigned way_bits = 0;
    while (way_bits < 32 && (last_way >> way_bits) != 0) ++way_bits;
    for (std::uint32_t way = 0; way <= last_way; ++way) {
      const std::uint32_t way_field = way_bits == 0 ? 0 : way << (32 - way_bits);
      for (std::uint32_t set = 0; set <= last_set; ++set) {
        batch.push_back(WordAccess::store(kDCCISW, way_field | set << set_shift));
      }
    }
  }
  batch.push_back(WordAccess::store(kICIALLU, 0));
  env_.memory.run(batch);
}

void CortexM::restore_memory_system() {
  restore_debug_units();
  std::vector<WordAccess> batch = {WordAccess::store(DEMCR::kAddress, saved_->demcr)};
  if (MPU_CTRL::ENABLE.is_set(saved_->mpu_ctrl)) {
    batch.push_back(WordAccess::store(MPU_CTRL::kAddress, saved_->mpu_ctrl));
  }
  if (CCR::DC.is_set(saved_->ccr) || CCR::IC.is_set(saved_->ccr)) {
    batch.push_back(WordAccess::store(kICIALLU, 0));  // code may have been programmed
    batch.push_back(WordAccess::store(CCR::kAddress, saved_->ccr));
  }
  env_.memory.run(batch);
}

void CortexM::clear_stack_limits() {
  for (const std::string_view name : {"msplim_s", "msplim_ns"}) {
    if (registers_.knows(name)) write_register(name, 0);
  }
}

void CortexM::set_algorithm_registers(const Algorithm& algorithm) {
  // Privileged, on MSP, nothing masked by the program itself: C_MASKINTS keeps interrupts out.
  write_register("primask", 0);
  write_register("control", 0);
  if (facts_.is_mainline()) {
    write_register("basepri", 0);
    write_register("faultmask", 0);
  }
  // IPSR stays: which exceptions are active cannot be undone from outside, and the two must agree.
  write_register("xPSR", (read_register("xPSR") & xPSR::IPSR.mask()) | xPSR::T.mask());
  if (facts_.is_v8m()) clear_stack_limits();
  write_register("msp", algorithm.stack_top);
  write_register("lr", kAllOnes);
  write_register("pc", algorithm.entry & ~Address{1});
  for (const auto& [name, value] : algorithm.registers) write_register(name, value);
}

// "pc=0x20000010 xPSR=0x61000003 CFSR=0x00000000"; the core must be halted.
std::string CortexM::describe_algorithm_state() {
  std::string text = fmt::format("pc={:#010x} xPSR={:#010x}", read_register("pc"), read_register("xPSR"));
  if (facts_.is_mainline()) {
    text += fmt::format(" CFSR={:#010x} HFSR={:#010x}", env_.memory.read32(kCFSR), env_.memory.read32(kHFSR));
  }
  return text;
}

std::uint32_t CortexM::wait_algorithm(Milliseconds timeout) {
  if (!saved_) throw TargetError(fmt::format("[{}] Target is not running an algorithm", name_));
  const std::string what = fmt::format("algorithm at {:#010x}", saved_->algorithm.entry);
  const Deadline deadline(env_.clock, timeout, what);
  for (;;) {
    const std::uint32_t dhcsr = debug_.read_dhcsr();
    if (debug_.take_reset_seen()) {
      saved_->registers.clear();  // of before the reset: nothing to give back
      throw TargetError(
          fmt::format("[{}] the chip was reset while the {} ran: a watchdog, a brown-out, or nRST", name_,
                      what),
          "reset");
    }
    const bool locked = DHCSR::S_LOCKUP.is_set(dhcsr);
    if (DHCSR::S_HALT.is_set(dhcsr) && !locked) break;
    if (locked || deadline.passed()) {
      stop_algorithm();
      const std::string facts = describe_algorithm_state();
      if (locked)
        throw TargetError(fmt::format("[{}] the {} locked the core up: {}", name_, what, facts), "lockup");
      throw TimeoutError(
          fmt::format("timeout waiting for {}, a target reset is recommended: still running after {} "
                      "ms, {}",
                      what, timeout.count(), facts),
          what, deadline.elapsed());
    }
    if (deadline.elapsed() > kBusyWait) env_.clock.sleep(kPollPause);
  }
  state_ = TargetState::halted;
  check_algorithm_end();
  return static_cast<std::uint32_t>(read_register("r0"));
}

void CortexM::stop_algorithm() {
  debug_.write_dhcsr(DHCSR::C_HALT.mask() | DHCSR::C_MASKINTS.mask());
  wait_for_halt(kHaltLimit);
  state_ = TargetState::halted;
}

void CortexM::check_algorithm_end() {
  const std::uint32_t dfsr = env_.memory.read32(DFSR::kAddress);
  const std::string what = fmt::format("the algorithm at {:#010x}", saved_->algorithm.entry);
  if (!DFSR::BKPT.is_set(dfsr)) {
    throw TargetError(fmt::format("[{}] {} stopped {}: DFSR={:#x} {}", name_, what,
                                  DFSR::VCATCH.is_set(dfsr) ? "with a fault" : "without reaching its end",
                                  dfsr, describe_algorithm_state()),
                      "halted");
  }
  const auto pc = static_cast<Address>(read_register("pc"));
  if (saved_->algorithm.exit && pc != (*saved_->algorithm.exit & ~Address{1})) {
    throw TargetError(fmt::format("[{}] {} stopped at {:#010x}, expected {:#010x}", name_, what, pc,
                                  *saved_->algorithm.exit & ~Address{1}),
                      "halted");
  }
}

void CortexM::finish_algorithm() {
  if (!saved_) return;
  const UninterruptedScope giving_back(env_.clock);
  if (state_ != TargetState::halted) stop_algorithm();
  env_.memory.write32(DFSR::kAddress, DFSR::kAll);
  restore_memory_system();
  restore_registers();
  reason_ = saved_->reason;
  saved_.reset();
}

}  // namespace probity::cortex_m
