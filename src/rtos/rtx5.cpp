// CMSIS-RTOS2 RTX5 (mbed OS 5 and 6): osRtxInfo with the running thread and lists of the others, rtx_os.h.
// OpenOCD does not know it.
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

// osRtxInfo_t.
constexpr unsigned kKernelState = 8, kRunning = 20, kReadyList = 36, kDelayList = 44, kWaitList = 48,
                   kTerminateList = 52, kInfoSize = 56;
constexpr std::uint8_t kKernelRunning =
    2;  // osKernelRunning; osKernelLocked and osKernelSuspended are above it

// osRtxThread_t.
constexpr unsigned kId = 0, kState = 1, kName = 4, kThreadNext = 8, kDelayNext = 16, kPriority = 32,
                   kExcReturn = 34,  // stack_frame: EXC_RETURN's lowest byte
    kStackPointer = 56, kThreadSize = 60;
constexpr std::uint8_t kThreadId = 0xF1;  // osRtxIdThread
constexpr Field FTYPE{"FType", 4, 1};     // of EXC_RETURN, 0: extended frame, DDI 0403E B1.5.8

struct StateRow {
  std::uint8_t state;
  std::string_view word;
};
// osRtxThread… of rtx_os.h: the low four bits are CMSIS-RTOS2's osThreadState_t.
constexpr StateRow kStates[] = {
    {0x00, "Inactive"},
    {0x01, "Ready"},
    {0x02, "Running"},
    {0x04, "Terminated"},
    {0x03, "Blocked"},
    {0x13, "Waiting - Delay"},
    {0x23, "Waiting - Join"},
    {0x33, "Waiting - Thread flags"},
    {0x43, "Waiting - Event flags"},
    {0x53, "Waiting - Mutex"},
    {0x63, "Waiting - Semaphore"},
    {0x73, "Waiting - Memory pool"},
    {0x83, "Waiting - Message get"},
    {0x93, "Waiting - Message put"},
};

// The lists, and by which member they are chained.
struct ListRow {
  std::string_view name;
  unsigned at;
  unsigned next;
};
constexpr ListRow kLists[] = {{"osRtxInfo.thread.ready", kReadyList, kThreadNext},
                              {"osRtxInfo.thread.delay_list", kDelayList, kDelayNext},
                              {"osRtxInfo.thread.wait_list", kWaitList, kDelayNext},
                              {"osRtxInfo.thread.terminate_list", kTerminateList, kThreadNext}};

// SVC_Handler, Source/GCC/irq_armv7m.S and irq_armv6m.S: EXC_RETURN is in the thread's control block.
constexpr FrameLayout kFrames[] = {{kAnyCore, {Part::s16_s31, Part::r4_r7, Part::r8_r11, Part::hardware}}};

class Rtx5 final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  Address add_thread(Address address, std::string_view list, unsigned next);

  struct Saved {
    Address stack_pointer;
    bool fpu;
  };
  std::map<ThreadId, Saved> saved_;
};

Address Rtx5::add_thread(Address address, std::string_view list, unsigned next) {
  require_pointer(address, fmt::format("a thread in {}", list));
  const Bytes block = memory_.read(address, kThreadSize, fmt::format("a thread in {}", list));
  if (block[kId] != kThreadId) {
    memory_.fail(
        fmt::format("at 0x{:08x}, in {}, is no thread (its id is 0x{:02x})", address, list, block[kId]));
  }
  const Address name_at = load_le32(block, kName);
  const std::string name = name_at == 0 ? std::string() : memory_.text(name_at, "a thread's name");
  const auto* row = std::ranges::find(kStates, block[kState], &StateRow::state);
  add({address, name.empty() ? "No Name" : name,
       std::string(row == std::end(kStates) ? "Unknown" : row->word),
       fmt::format("prio:{}", static_cast<std::int8_t>(block[kPriority]))},
      list);
  saved_[address] = {load_le32(block, kStackPointer), !FTYPE.is_set(block[kExcReturn])};
  return load_le32(block, next);
}

void Rtx5::read_threads() {
  saved_.clear();
  const Bytes info = memory_.read(symbol("osRtxInfo"), kInfoSize, "osRtxInfo");
  const Address running = load_le32(info, kRunning);
  if (info[kKernelState] < kKernelRunning || running == 0) {
    add_core_itself();
    if (info[kKernelState] == 0) return;  // osKernelInactive: nothing is initialised
  } else {
    set_current(running);
    add_thread(running, "osRtxInfo.thread.run", kThreadNext);
  }
  for (const ListRow& list : kLists) {
    for (Address next = load_le32(info, list.at); next != 0;) next = add_thread(next, list.name, list.next);
  }
}

ThreadRegisters Rtx5::saved_registers(const Thread& thread) {
  const Saved& saved = saved_.at(thread.id);
  const std::string stack = stack_of(thread);
  return read_frame(memory_, core_kind(target_.cpuid()), kFrames, {stack, saved.stack_pointer, saved.fpu});
}

}  // namespace

std::unique_ptr<Rtos> make_rtx5(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<Rtx5>(name, symbols, target);
}

}  // namespace probity::rtos
