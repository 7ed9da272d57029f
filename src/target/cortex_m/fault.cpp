// Why the core is in a fault handler: what fault_report.cpp needs, read from the core and its stack.
#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"
#include "target/cortex_m/fault_report.hpp"

namespace probity::cortex_m {

namespace {

constexpr unsigned kNmi = 2, kSecureFault = 7;
// DDI 0403E B1.5.15 (Cortex-M0 to M4), DDI 0553B B3.33.
constexpr Address kLockupPc = 0xFFFFFFFE, kLockupPcV8m = 0xEFFFFFFE;
constexpr std::size_t kStackBytes = 4 * 72;  // a handler's own frame, and the exception's
constexpr Field kExcReturnSecure{"EXC_RETURN.S", 6}, kExcReturnDcrs{"EXC_RETURN.DCRS", 5};
// Integrity signature, a gap and r4-r11 lie in front when Secure code was interrupted (DDI 0553B B3.19).
constexpr Address kAdditionalState = 40;

// As many words from `address` up as there is memory, at most kStackBytes.
std::vector<std::uint32_t> read_stack(MemPort& memory, Address address) {
  if (address % 4 != 0 || address > 0xFFFFFFFF - kStackBytes) return {};
  Bytes bytes(kStackBytes);
  try {
    memory.read(address, bytes, Width::word);
  } catch (const MemoryFault& fault) {
    // The port may know only that the block failed: then words one by one, a frame at least.
    std::size_t good = 0;
    try {
      for (; good < kStackBytes; good += 4)
        store_le32(bytes, good, memory.read32(address + static_cast<Address>(good)));
    } catch (const MemoryFault&) {
    }
    bytes.resize(good);
  }
  std::vector<std::uint32_t> words;
  for (std::size_t at = 0; at < bytes.size(); at += 4) words.push_back(load_le32(bytes, at));
  return words;
}

}  // namespace

FaultFacts CortexM::fault_facts(unsigned exception) {
  FaultFacts facts;
  facts.exception = exception;
  facts.locked_up = locked_up();
  facts.has_status = facts_.is_mainline();
  if (facts.has_status) {
    std::vector<WordAccess> batch = {WordAccess::load(kCFSR), WordAccess::load(kHFSR),
                                     WordAccess::load(kMMFAR), WordAccess::load(kBFAR)};
    if (facts_.is_v8m()) batch.insert(batch.end(), {WordAccess::load(kSFSR), WordAccess::load(kSFAR)});
    env_.memory.run(batch);
    facts.cfsr = batch[0].value;
    facts.hfsr = batch[1].value;
    facts.mmfar = batch[2].value;
    facts.bfar = batch[3].value;
    if (facts_.is_v8m()) facts.sfsr = batch[4].value, facts.sfar = batch[5].value;
  }
  facts.dfsr = last_dfsr_;
  facts.frame = find_exception_frame(facts.cfsr);
  return facts;
}

// Where EXC_RETURN says, if LR still holds it or the handler has saved it.
std::optional<ExceptionFrame> CortexM::find_exception_frame(std::uint32_t cfsr) {
  const auto msp = static_cast<Address>(read_register("msp"));
  const std::vector<std::uint32_t> stack = read_stack(env_.memory, msp);
  const auto lr = static_cast<std::uint32_t>(read_register("lr"));
  std::optional<std::uint32_t> exc_return;
  if (is_exc_return(lr)) exc_return = lr;
  const auto saved = find_saved_return(stack);
  const std::optional<std::uint32_t> known = exc_return ? exc_return
                                             : saved    ? std::optional(saved->value)
                                                        : std::nullopt;
  if (!known) return {};
  const bool psp = frame_on_psp(*known);
  const bool other_bank = trust_zone_.present;
  if (!psp && !other_bank) return find_frame(exc_return, cfsr, msp, stack);
  const bool secure = kExcReturnSecure.is_set(*known);
  const std::string_view name = !other_bank ? "psp"
                                : psp       ? (secure ? "psp_s" : "psp_ns")
                                            : (secure ? "msp_s" : "msp_ns");
  auto base = static_cast<Address>(read_register(name));
  if (other_bank && secure && !kExcReturnDcrs.is_set(*known)) base += kAdditionalState;
  auto frame = find_frame(known, cfsr, base, read_stack(env_.memory, base));
  // On PSP nothing is pushed since: the frame is right there or not at all.
  if (frame && psp && frame->address != base) return {};
  if (frame) frame->on_psp = psp;
  return frame;
}

// Seen when it was halted, or by its pc: another debugger may have halted it. In no exception that pc is what
// an erased vector table holds.
bool CortexM::locked_up() {
  const RegisterValue pc = read_register("pc") & ~RegisterValue{1};
  return locked_up_ || pc == kLockupPcV8m || (pc == kLockupPc && xPSR::IPSR.get(read_register("xPSR")) != 0);
}

std::optional<FaultFacts> CortexM::fault() {
  const auto exception = xPSR::IPSR.get(read_register("xPSR"));
  if (!locked_up() && (exception < kNmi || exception > kSecureFault)) return {};
  return fault_facts(exception);
}

std::optional<std::string> CortexM::fault_report() {
  require_halted("report a fault");
  const auto facts = fault();
  if (!facts) return {};
  return fmt::format("[{}] {}", name_, describe(*facts));
}

// Once for each fault, however often the core is halted in its handler.
void CortexM::log_fault() {
  try {
    const auto facts = fault();
    std::vector<std::uint32_t> key;
    if (facts) key = {facts->exception, facts->locked_up, facts->cfsr, facts->hfsr};
    if (facts && facts->frame) key.insert(key.end(), {facts->frame->address, facts->frame->pc()});
    if (key == logged_fault_) return;
    logged_fault_ = key;
    if (!facts) return;
    const std::string report = fmt::format("[{}] {}", name_, describe(*facts));
    for (std::size_t at = 0; at < report.size();) {
      const std::size_t end = std::min(report.find('\n', at), report.size());
      env_.log.warn("{}", std::string_view(report).substr(at, end - at));
      at = end + 1;
    }
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    env_.log.debug("[{}] no fault report: {}", name_, e.what());
  }
}

}  // namespace probity::cortex_m
