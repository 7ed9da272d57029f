// ThreadX 5 and 6 (Azure RTOS, Eclipse ThreadX): a ring of all threads, tx_api.h and tx_thread.h.
#include <fmt/format.h>

#include <array>
#include <map>

#include "base/bytes.hpp"
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

// TX_THREAD, tx_api.h, without the TX_THREAD_EXTENSION_… that some ports add.
constexpr unsigned kId = 0, kStackPointer = 8, kName = 40, kState = 48, kCreatedNext = 136, kSize = 144;
constexpr std::uint32_t kThreadId = 0x54485244;  // TX_THREAD_ID, tx_thread.h: "THRD" while the thread exists

// TX_READY … TX_MUTEX_SUSP, tx_api.h; in OpenOCD's words.
constexpr std::array<std::string_view, 15> kStates = {"Ready",
                                                      "Completed",
                                                      "Terminated",
                                                      "Suspended",
                                                      "Sleeping",
                                                      "Waiting - Queue",
                                                      "Waiting - Semaphore",
                                                      "Waiting - Event flag",
                                                      "Waiting - Memory",
                                                      "Waiting - Memory",
                                                      "Waiting - I/O",
                                                      "Waiting - Filesystem",
                                                      "Waiting - Network",
                                                      "Waiting - Mutex",
                                                      "Waiting - Priority change"};

// ports/cortex_m*/gnu/src/tx_thread_schedule.S: LR is saved last. Version 5 without an FPU did not save it.
constexpr FrameLayout kFrames[] = {
    {kV7AndV8, {Part::exc_return, Part::s16_s31, Part::r4_r7, Part::r8_r11, Part::hardware}},
    kLrThenHighRegistersV6,
    kRegistersOnly,
};

class ThreadX final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  static constexpr std::string_view kRing = "_tx_thread_created_ptr";
  Address add_thread(Address address);  // the next one's address

  std::map<ThreadId, Address> stacks_;
};

Address ThreadX::add_thread(Address address) {
  require_pointer(address, "a thread in the ring of _tx_thread_created_ptr");
  const Bytes block = memory_.read(address, kSize, "a TX_THREAD");
  if (load_le32(block, kId) != kThreadId) {
    memory_.fail(fmt::format("at 0x{:08x}, in the ring of {}, is no thread (tx_thread_id is 0x{:08x})",
                             address, kRing, load_le32(block, kId)));
  }
  const Address name_at = load_le32(block, kName);
  const std::string name = name_at == 0 ? std::string() : memory_.text(name_at, "a thread's name");
  const std::uint32_t state = load_le32(block, kState);
  add({address,
       name.empty() ? "No Name" : name,
       std::string(state < kStates.size() ? kStates[state] : "Unknown state"),
       {}},
      kRing);
  stacks_[address] = load_le32(block, kStackPointer);
  return load_le32(block, kCreatedNext);
}

void ThreadX::read_threads() {
  stacks_.clear();
  const auto values =
      memory_.words({symbol("_tx_thread_current_ptr"), symbol(kRing), symbol("_tx_thread_created_count")},
                    "the scheduler's variables");
  const Address current = values[0], first = values[1];
  const std::uint32_t count = values[2];
  if (count > kMostThreads) {
    memory_.fail(fmt::format("_tx_thread_created_count is {}, more than {}", count, kMostThreads));
  }
  // It is null where no thread is ready: the core waits in the scheduler.
  if (current == 0 || count == 0) {
    add_core_itself();
  } else {
    set_current(current);
  }
  Address next = first;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0 && next == first) {
      memory_.fail(
          fmt::format("the ring of {} has {} threads, and _tx_thread_created_count is {}", kRing, i, count));
    }
    next = add_thread(next);
  }
}

ThreadRegisters ThreadX::saved_registers(const Thread& thread) {
  const std::string stack = stack_of(thread);
  return read_frame(memory_, core_kind(target_.cpuid()), kFrames, {stack, stacks_.at(thread.id), {}});
}

}  // namespace

std::unique_ptr<Rtos> make_threadx(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<ThreadX>(name, symbols, target);
}

}  // namespace probity::rtos
