// Reset, the run loop, and how time passes.
#include "vboard/core/machine.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {
namespace {

constexpr std::uint32_t kMaxLoopBytes = 256;

// Where a debugger may not stop the core the comparator does not match.
void execute_fpb_match(Machine& m, const Op& op) {
  if (m.may_debug_state()) return m.breakpoint();
  Op plain;
  plain.address = op.address;
  plain.raw = op.raw;
  plain.size = op.size;
  decode(plain, m.facts.architecture);
  if (!m.in_it_block() || plain.cond == kUnconditional || m.condition_passed(m.it >> 4))
    plain.execute(m, plain);
}

unsigned fp_features_of(const CoreFacts& facts) {
  if (!facts.has_fpu) return 0;
  const bool doubles = bits(facts.mvfr0, 11, 8) == 2;  // MVFR0.DPrecision
  return kFpSingle | (doubles ? kFpDouble : 0u) | (facts.mvfr2 != 0 ? kFpV5 : 0u);
}

}  // namespace

Machine::Machine(const CoreFacts& core_facts, SystemBus& system_bus)
    : fp_features(fp_features_of(core_facts)),
      other(Mpu(core_facts.mpu_regions, core_facts.architecture)),
      sau(core_facts.sau_regions),
      facts(core_facts),
      bus(system_bus),
      nvic(core_facts.irq_count, core_facts.priority_bits),
      mpu(core_facts.mpu_regions, core_facts.architecture),
      fpb(core_facts.fpb_code_comparators, core_facts.fpb_literal_comparators, core_facts.fpb_revision,
          core_facts.architecture == Architecture::v7m || core_facts.architecture == Architecture::v7em),
      dwt(core_facts.dwt_comparators, core_facts.architecture) {
  held = true;  // no vector is read before power_on_reset(), when the chip is there
  refresh();
}

// --- reset
// -----------------------------------------------------------------------------------------------------

void Machine::power_on_reset() {
  debug = DebugState{};
  fpb.reset();
  dwt.reset();
  trace.power_on_reset();
  code.drop_all();
  if (!powered) held = false;  // nRST low holds on through a power cycle
  powered = true;
  system_reset();
}

void Machine::system_reset() {
  r.fill(0);
  banked_sp = msplim = psplim = 0;
  using_psp = spsel = unprivileged = fpca = sfpa = primask = faultmask = exclusive = event = false;
  n = z = c = v = q = false;
  ge = it = basepri = 0;
  ipsr = 0;
  thumb = true;
  locked = sleeping = stalled = step_armed = false;
  debug_events = 0;
  scs = ScsState{};
  shared = SharedScs{};
  if (facts.cpuid >> 4 << 4 == 0x411FC270) scs.ccr |= 0x40000;  // Cortex-M7: BP reads as one
  if (facts.has_fpu) scs.fpccr = kAspEn | kLspEn;
  mpu.reset();
  reset_security();
  for (SysTick& timer : systick) timer.reset();
  debug.halted = debug.c_halt = debug.c_step = false;
  debug.transfer_pending = false;
  debug.demcr &= ~0x000F0000u;  // the DebugMonitor's bits are the system's, the rest the debugger's (C1.6.5)
  debug.s_reset_st = true;
  outcome = Outcome::redirected;
  boot_pending = true;
  drop_windows();
  poll.forget();
  refresh();
  if (!held) boot();
}

void Machine::hold_in_reset(bool hold) {
  if (hold == held) return;
  held = hold;
  if (hold) {
    system_reset();
  } else {
    boot();
  }
  refresh();
}

// Leaving reset (B1.5.5): SP and PC from the vector table; then Debug state if the debugger asked for it, in
// Secure state as soon as he may.
void Machine::boot() {
  std::uint32_t sp = 0, entry = 0;
  const Security security = bus_security(scs.vtor, secure);
  const BusStatus sp_status = bus.read(Master::data, security, scs.vtor, 4, sp);
  const BusStatus pc_status = bus.read(Master::data, security, scs.vtor + 4, 4, entry);
  if (sp_status == BusStatus::stalled || pc_status == BusStatus::stalled) return;
  boot_pending = false;
  r[13] = sp & ~3u;
  r[14] = 0xFFFFFFFF;
  pc = entry & ~1u;
  thumb = (entry & 1) != 0;
  priorities_changed();
  if (sp_status != BusStatus::ok || pc_status != BusStatus::ok) {
    shared.hfsr |= kVectTbl;
    lock_up();
  }
  if (debug.c_debugen && (debug.demcr & kVcCoreReset) != 0) {
    if (may_halt()) return halt(kDfsrVcatch);
    debug_events |= kDfsrVcatch;
  } else if (halt_wanted()) {
    halt(halt_cause());
  }
}

void Machine::receive_event() {
  event = true;
  poll.forget();
}

void Machine::set_irq(unsigned number, bool level) {
  nvic.set_line(number, level);
  poll.forget();
  priorities_changed();
}

// --- fetch and execute
// -----------------------------------------------------------------------------------------

bool Machine::fetch_halfword(std::uint32_t address, std::uint32_t& value, bool& cacheable) {
  std::uint32_t begin = 0, size = 0;
  if (const auto patched = fpb.remapped_code(address)) {
    cacheable = false;  // a store to the table is not seen as one to the code
    address = *patched;
  } else if (const std::uint8_t* bytes = bus.fetch_window(fetch_security(address), address, begin, size);
             bytes != nullptr && std::uint64_t{address} + 2 <= std::uint64_t{begin} + size) {
    value = peek(bytes, 2);
    return true;
  }
  cacheable = false;
  const BusStatus status = bus.read(Master::fetch, fetch_security(address), address, 2, value);
  if (status == BusStatus::stalled) outcome = Outcome::stalled;
  if (status == BusStatus::error) bus_fault(kIBusErr);
  return status == BusStatus::ok;
}

Op* Machine::decode_here() {
  Op op;
  op.address = pc;
  bool cacheable = true;
  if (!fetch_halfword(pc, op.raw, cacheable)) return nullptr;
  if (is_32bit(op.raw)) {
    std::uint32_t second = 0;
    if (!fetch_halfword(pc + 2, second, cacheable)) return nullptr;
    op.raw = op.raw << 16 | second;
    op.size = 4;
  }
  if (has_security && !may_execute_here(op)) return nullptr;
  decode(op, facts.architecture);
  if (fpb.matches(pc)) {
    op.execute = execute_fpb_match;
    op.cond = kUnconditional;
  }
  if (!cacheable) {
    uncached_ = op;
    return &uncached_;
  }
  Op& place = code.slot(pc);
  place = op;
  code.mark(op);
  return &place;
}

Op* Machine::fetch() {
  Op& op = code.slot(pc);
  if (op.execute != nullptr && !mpu.enabled()) [[likely]]
    return &op;
  return fetch_with_mpu();
}

// What was decoded may have been decoded for somebody with more privilege.
Op* Machine::fetch_with_mpu() {
  Op& cached = code.slot(pc);
  Op* op = nullptr;
  if (has_security && cached.execute == nullptr && !security_allows_fetch(pc)) return nullptr;
  if (may_execute(pc)) op = cached.execute != nullptr ? &cached : decode_here();
  if (op != nullptr && op->size == 4 && !may_execute(pc + 2)) op = nullptr;
  if (op == nullptr && outcome == Outcome::done) memory_fault(kIaccViol);
  return op;
}

void Machine::execute(Op& op) {
  r[15] = op.pc();
  next_pc = pc + op.size;
  outcome = Outcome::done;
  const unsigned cycles = op.cycles;
  if (it == 0) [[likely]] {
    op.execute(*this, op);
  } else {
    const std::uint8_t before = it;
    if (op.cond == kUnconditional || condition_passed(it >> 4)) op.execute(*this, op);
    if (it == before && outcome == Outcome::done) advance_it();
  }
  if (outcome == Outcome::done) [[likely]]
    pc = next_pc;
  if (outcome != Outcome::stalled) now += cycles;
}

void Machine::run_undisturbed() {
  debug.s_retire_st = true;
  while (now < limit_ && !attention_) {
    outcome = Outcome::done;
    Op* op = fetch();
    if (op != nullptr) execute(*op);
    if (outcome == Outcome::stalled) {
      stalled = true;
      refresh();
      wait_for_bus();
    }
  }
}

// One instruction or exception entry, with everything that is looked at in between.
void Machine::step() {
  const std::uint32_t at = pc;
  const bool monitor_step = !exception_ready_ && monitor_stepping() && monitor_ready();
  outcome = Outcome::done;
  if (exception_ready_) {
    enter_exception(nvic.next_pending(interrupts_masked()), pc, 0);
  } else if (!thumb) {
    usage_fault(kInvState);
  } else if (Op* op = fetch(); op != nullptr) {
    execute(*op);
    debug.s_retire_st = true;
    if (outcome != Outcome::stalled && dwt.watches_pc() && dwt.match_pc(at)) watchpoint();
  }
  stalled = outcome == Outcome::stalled;
  if (stalled) wait_for_bus();
  if (!stalled && monitor_step) pend_monitor(kDfsrHalted);
  if (!stalled && step_armed && !debug.halted && !held && !boot_pending && may_halt())
    halt(debug_events | kDfsrHalted);
  refresh();
}

// A backward branch is about to be taken: skip the turns of a polling loop that cannot differ from the last
// one. Exact as long as SystemBus::next_event_cycle() is: all that is skipped happens before that cycle.
void Machine::note_loop(std::uint32_t target) {
  if (pc - target > kMaxLoopBytes || it != 0) return;
  PollDetector::State state;
  std::copy_n(r.begin(), 15, state.r.begin());
  state.target = target;
  state.flags = (n ? 1u : 0u) | (z ? 2u : 0u) | (c ? 4u : 0u) | (v ? 8u : 0u) | (q ? 16u : 0u) | ge << 8;
  const PollDetector::Turn turn = poll.end_of_turn(state, now);
  if (turn == PollDetector::Turn::different) return;
  const std::uint64_t checked_until = poll.valid_until;
  poll.valid_until = bus.next_event_cycle();
  if (turn != PollDetector::Turn::repeated || now >= checked_until || attention_) return;
  const std::uint64_t until = std::min(limit_, poll.valid_until);
  if (poll.valid_until == SystemBus::kEventUnknown || until <= now) return;
  now += (until - now) / poll.turn_cycles() * poll.turn_cycles();
  poll.skipped_to(now);
}

// --- time
// ------------------------------------------------------------------------------------------------------

void Machine::refresh() {
  attention_ = held || boot_pending || debug.halted || locked || sleeping || stalled || exception_ready_ ||
               !thumb || step_armed || monitor_stepping() || halt_wanted() || dwt.watches_pc();
}

std::uint64_t Machine::systick_due() const {
  const std::uint64_t zero = std::min(systick[0].next_zero(), systick[1].next_zero());
  return zero == SysTick::kNever ? zero : zero + halted_cycles;
}

void Machine::service_systick() {
  if (systick_due() > now || debug.halted || held || deeply_asleep()) return;
  poll.forget();
  for (const bool of_secure : {false, true}) {
    if (!systick[of_secure ? 1 : 0].expire(active_cycles())) continue;
    nvic.pend(nvic.slot(kSysTick, of_secure));
    priorities_changed();
  }
}

// --- trace

void Machine::trace_configured() {
  const bool on = (debug.demcr & kTrcEna) != 0;
  trace.advance(now);
  trace.itm.set_trace_enabled(on);
  trace.dwt.configure(on ? dwt.control() : 0, dwt.cyccnt(active_cycles()), active_cycles());
  reschedule();
}

std::uint64_t Machine::trace_due() const {
  const std::uint64_t due = trace.dwt.due();
  return due == DwtPackets::kNever ? due : due + halted_cycles;
}

void Machine::service_trace() {
  if (trace_due() > now || debug.halted || held) return;
  trace.advance(now);
  trace.dwt.run(trace.itm, active_cycles(), now, sleeping, pc);
}

// --- cycle comparator

std::uint64_t Machine::dwt_due() const {
  const std::uint64_t due = dwt.cycle_match_due();
  return due == Dwt::kNever ? due : due + halted_cycles;
}

void Machine::service_dwt() {
  if (dwt_due() > now || debug.halted || held) return;
  poll.forget();
  if (dwt.match_cycle()) watchpoint();
}

void Machine::reschedule() {
  limit_ = std::min(limit_, std::max(now, std::min({systick_due(), trace_due(), dwt_due()})));
}

void Machine::pass_time(std::uint64_t until) { now = std::max(now, until); }

void Machine::wait_for_bus() {
  const std::uint64_t event_cycle = bus.next_event_cycle();
  if (event_cycle == SystemBus::kEventUnknown || event_cycle <= now) {
    ++now;
    slice_end_ = limit_ = std::min(slice_end_, now);
    return;
  }
  pass_time(std::min(event_cycle, slice_end_));
}

// False: the core stays asleep. PRIMASK does not keep it from waking (B1.5.18).
bool Machine::wake_up() {
  const unsigned next = nvic.next_pending(interrupts_masked());
  const bool interrupt = next != 0 && nvic.group_priority(next) < execution_priority(true);
  const bool by_event =
      sleeping_for_event && (event || ((scs.scr & kSevOnPend) != 0 && nvic.any_interrupt_pending()));
  if (!interrupt && !by_event) return false;
  if (by_event) event = false;
  sleeping = false;
  refresh();
  return true;
}

// Whatever keeps the core from simply executing. True: nothing does.
bool Machine::attend() {
  service_systick();
  service_trace();
  service_dwt();
  limit_ = std::min({slice_end_, systick_due(), trace_due(), dwt_due()});
  if (!attention_) return true;
  if (held) {
    pass_time(slice_end_);
  } else if (boot_pending) {
    boot();
    if (boot_pending) wait_for_bus();
  } else if (debug.halted) {
    halted_cycles += slice_end_ - now;
    now = slice_end_;
    if (debug.transfer_pending && now >= debug.transfer_due) finish_transfer();
  } else if (halt_wanted() && !stalled) {
    halt(halt_cause());
  } else if ((locked && !exception_ready_) || (sleeping && !wake_up())) {
    if (deeply_asleep()) halted_cycles += slice_end_ - now;
    pass_time(deeply_asleep() ? slice_end_ : limit_);
  } else {
    locked = false;
    step();
  }
  return false;
}

std::uint64_t Machine::run(std::uint64_t cycles) {
  const std::uint64_t start = now;
  slice_end_ = start + cycles;
  poll.forget();
  while (now < slice_end_) {
    if (attend()) run_undisturbed();
  }
  return now - start;
}

}  // namespace probity::vboard::armv7m
