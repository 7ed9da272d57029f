// ChibiOS/RT 2.6 to 7, with CH_CFG_USE_REGISTRY: a ring of all threads. Where the members are says ch_debug,
// a signature record in the program (chdebug_t, os/rt/include/chregistry.h).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

// chdebug_t: bytes, up to off_time in all versions, the others since RT 7.
constexpr unsigned kIdentifier = 0, kSize = 5, kPointerSize = 8, kOffContext = 12, kOffNewer = 13,
                   kOffOlder = 14, kOffName = 15, kOffState = 17, kOffSysInstances = 30, kOffSysReglist = 31,
                   kOffInstanceCurrent = 37, kOffInstanceReglist = 40;
constexpr unsigned kSignatureSize = 22, kSignatureSizeRt7 = 43;

// CH_STATE_…, chschd.h; in OpenOCD's words.
constexpr std::array<std::string_view, 16> kStates = {
    "READY",    "CURRENT", "WTSTART", "SUSPENDED", "QUEUED",  "WTSEM",  "WTMTX", "WTCOND",
    "SLEEPING", "WTEXIT",  "WTOREVT", "WTANDEVT",  "SNDMSGQ", "SNDMSG", "WTMSG", "FINAL"};

// struct port_intctx, os/common/ports/ARMCMx/chcore_v7m.h and chcore_v6m.h: threads switch in a function
// call, an interrupted one in the interrupt's epilogue.
constexpr FrameLayout kFrames[] = {
    {kV7AndV8, {Part::s16_s31, Part::r4_r7, Part::r8_r11, Part::return_pc}},
    {kV6, {Part::r8_r11, Part::r4_r7, Part::return_pc}},
};

constexpr Address CPACR = 0xE000ED88;            // DDI 0403E B3.2.20
constexpr Field CP10_CP11{"CP10, CP11", 20, 4};  // the FPU; crt0 enables it where the program uses it

class ChibiOs final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  // The ring: `links` is the address of its head's two pointers (newer, older). A pointer is to a thread's
  // beginning, or since RT 7 to the thread's own links.
  struct Ring {
    Address links = 0;
    Address base = 0;  // what a pointer to the head is
    Address current_at = 0;
    bool to_links = false;
  };
  void read_signature();
  Ring ring();
  Address offset(unsigned field) const { return signature_[field]; }
  Address add_thread(Address pointer, Address previous, const Ring& ring);

  Bytes signature_;
  std::map<ThreadId, Address> stacks_;
};

void ChibiOs::read_signature() {
  const Address at = symbol("ch_debug");
  signature_ = memory_.read(at, kSignatureSize, "ch_debug");
  const std::string_view identifier(reinterpret_cast<const char*>(signature_.data()) + kIdentifier, 4);
  if (identifier != "main")
    memory_.fail("ch_debug does not begin with 'main': is this program in the target?");
  const unsigned size = signature_[kSize];
  if (size < kSignatureSize) {
    memory_.fail(fmt::format("ch_debug says it has {} bytes, fewer than {}", size, kSignatureSize));
  }
  if (signature_[kPointerSize] != 4) {
    memory_.fail(fmt::format("ch_debug says that pointers have {} bytes", signature_[kPointerSize]));
  }
  if (size >= kSignatureSizeRt7) signature_ = memory_.read(at, kSignatureSizeRt7, "ch_debug");
}

ChibiOs::Ring ChibiOs::ring() {
  if (signature_.size() >= kSignatureSizeRt7) {
    const Address system = symbol("ch_system");
    const Address instance = memory_.word(system + offset(kOffSysInstances), "ch_system.instances[0]");
    if (instance == 0) return {};  // chSysInit has not run
    const Address head = offset(kOffSysReglist) != 0 ? system + offset(kOffSysReglist)  // several cores
                                                     : instance + offset(kOffInstanceReglist);
    return {head, head, instance + offset(kOffInstanceCurrent), true};
  }
  auto head = find_symbol("rlist");
  if (!head) head = symbol("ch");
  // The list's head has the same beginning as a thread; behind the links it has `current`, a thread its name.
  return {*head + offset(kOffNewer), *head, *head + offset(kOffName), false};
}

Address ChibiOs::add_thread(Address pointer, Address previous, const Ring& ring) {
  require_pointer(pointer, "a thread in the registry");
  const Address thread = ring.to_links ? pointer - offset(kOffNewer) : pointer;
  unsigned size = 0;
  for (const unsigned field : {kOffContext, kOffNewer, kOffOlder, kOffName, kOffState}) {
    size = std::max<unsigned>(size, offset(field) + 4);
  }
  const Bytes block = memory_.read(thread, size, "a thread_t");
  const Address older = load_le32(block, offset(kOffOlder));
  if (older != previous) {
    memory_.fail(
        fmt::format("the registry is broken: thread 0x{:08x} follows 0x{:08x}, and says it follows 0x{:08x}",
                    thread, previous, older));
  }
  const Address name_at = load_le32(block, offset(kOffName));
  const std::string name = name_at == 0 ? std::string() : memory_.text(name_at, "a thread's name");
  const std::uint8_t state = block[offset(kOffState)];
  add({thread,
       name.empty() ? "No Name" : name,
       std::string(state < kStates.size() ? kStates[state] : "Unknown"),
       {}},
      "the registry");
  stacks_[thread] = load_le32(block, offset(kOffContext));
  return load_le32(block, offset(kOffNewer));
}

void ChibiOs::read_threads() {
  stacks_.clear();
  read_signature();
  const Ring registry = ring();
  Address next = 0, current = 0;
  if (registry.links != 0) {
    const auto values = memory_.words({registry.links, registry.current_at}, "the registry");
    next = values[0];
    current = values[1];
  }
  if (next == 0 || current == 0) {
    add_core_itself();
    return;
  }
  set_current(current);
  for (Address previous = registry.base; next != registry.base;) {
    const Address following = add_thread(next, previous, registry);
    previous = next;
    next = following;
  }
}

ThreadRegisters ChibiOs::saved_registers(const Thread& thread) {
  const CoreKind core = core_kind(target_.cpuid());
  const bool fpu = core != CoreKind::v6m && CP10_CP11.is_set(memory_.word(CPACR, "CPACR"));
  const std::string stack = stack_of(thread);
  return read_frame(memory_, core, kFrames, {stack, stacks_.at(thread.id), fpu});
}

}  // namespace

std::unique_ptr<Rtos> make_chibios(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<ChibiOs>(name, symbols, target);
}

}  // namespace probity::rtos
