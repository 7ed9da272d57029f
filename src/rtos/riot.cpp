// RIOT: an array of threads by process id, core/sched.c and core/include/thread.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/bytes.hpp"
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

constexpr ThreadId kNoPid = 0x10000;  // process ids are 16 bits and begin with 1
constexpr unsigned kStackPointer = 0, kStatus = 4, kBlockSize = 8;  // struct _thread

// thread_status_t, core/include/sched.h; in OpenOCD's words.
constexpr std::array<std::string_view, 13> kStates = {
    "Stopped",           "Zombie",        "Sleeping",         "Blocked mutex",     "Blocked receive",
    "Blocked send",      "Blocked reply", "Blocked any flag", "Blocked all flags", "Blocked mbox",
    "Blocked condition", "Running",       "Pending"};

// isr_pendsv, cpu/cortexm_common/thread_arch.c: since 2020 LR is above the others, before that below.
constexpr FrameLayout kFrames[] = {
    kRegistersThenLr,
    {kV7AndV8, {Part::exc_return, Part::r4_r7, Part::r8_r11, Part::s16_s31, Part::hardware}},
    {kV6, {Part::r8_r11, Part::r4_r7, Part::exc_return, Part::hardware}},
    kLrThenHighRegistersV6,
};

class Riot final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  void add_thread(unsigned pid, Address address, unsigned name_offset);

  std::map<ThreadId, Address> stacks_;
};

void Riot::add_thread(unsigned pid, Address address, unsigned name_offset) {
  require_pointer(address, fmt::format("sched_threads[{}]", pid));
  const unsigned size = std::max(kBlockSize, name_offset == 0 ? 0 : name_offset + 4);
  const Bytes block = memory_.read(address, size, fmt::format("the thread of sched_threads[{}]", pid));
  std::string name = "Enable DEVELHELP to see task names";  // OpenOCD's words
  if (name_offset != 0) {
    const Address name_at = load_le32(block, name_offset);
    name = name_at == 0 ? std::string() : memory_.text(name_at, "a thread's name");
    if (name.empty()) name = "No Name";
  }
  const std::uint8_t status = block[kStatus];
  add({pid, std::move(name), std::string(status < kStates.size() ? kStates[status] : "unknown state"), {}},
      "sched_threads");
  stacks_[pid] = load_le32(block, kStackPointer);
}

void Riot::read_threads() {
  stacks_.clear();
  const unsigned most = memory_.read(symbol("max_threads"), 1, "max_threads")[0];
  const auto values = memory_.pieces({{symbol("sched_active_pid"), 2},
                                      {symbol("sched_num_threads"), 4},
                                      {symbol("sched_threads"), most * 4}},
                                     "the scheduler's variables");
  const unsigned active = load_le16(values[0]);
  const std::uint32_t count = load_le32(values[1]);
  if (count > most) memory_.fail(fmt::format("sched_num_threads is {}, and max_threads is {}", count, most));
  if (active == 0) {  // KERNEL_PID_UNDEF: before the first switch, or idling without an idle thread
    add_core_itself(kNoPid);
  } else {
    set_current(active);
  }
  const auto name_offset = find_symbol("_tcb_name_offset");
  const unsigned name_at = name_offset ? memory_.read(*name_offset, 1, "_tcb_name_offset")[0] : 0;
  for (unsigned pid = 0; pid < most; ++pid) {
    const Address address = load_le32(values[2], pid * 4);
    if (address != 0) add_thread(pid, address, name_at);
  }
}

ThreadRegisters Riot::saved_registers(const Thread& thread) {
  const std::string stack = stack_of(thread);
  return read_frame(memory_, core_kind(target_.cpuid()), kFrames, {stack, stacks_.at(thread.id), {}});
}

}  // namespace

std::unique_ptr<Rtos> make_riot(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<Riot>(name, symbols, target);
}

}  // namespace probity::rtos
