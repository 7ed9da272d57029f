// FreeRTOS, from V7 to V11: lists of tasks by state (tasks.c), each a ring of ListItem_t (list.h) that lie in
// the tasks' control blocks.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

// list.h, without configUSE_LIST_DATA_INTEGRITY_CHECK_BYTES.
constexpr unsigned kItemNext = 4, kItemOwner = 12, kItemContainer = 16, kItemSize = 20;
constexpr unsigned kListEnd = 8;  // xListEnd, a ListItem_t without owner and container
constexpr unsigned kListSize = 20;
constexpr unsigned kListSizeFullEnd = 28;  // configUSE_MINI_LIST_ITEM 0: xListEnd is a whole one

// TCB_t, tasks.c: pxTopOfStack, then (MPU ports only) xMPUSettings, then xStateListItem. The offsets behind
// that count from xStateListItem: xEventListItem, uxPriority, pxStack, pcTaskName.
constexpr unsigned kStateItem = 4, kEventItem = kItemSize, kTaskName = 2 * kItemSize + 8;
constexpr unsigned kMostMpuSettings = 1024;  // bytes; more is no xMPUSettings

constexpr unsigned kMostPriorities = 256;

// portable/GCC: ARM_CM4F and ARM_CM7; ARM_CM33_NTZ and ARM_CM23_NTZ (PSPLIM first); ARM_CM33 and ARM_CM23
// (the secure context before it); ARM_CM0 from V11; ARM_CM3, and ARM_CM0 up to V10.
constexpr FrameLayout kFrames[] = {
    kRegistersThenLr,
    {kV8, {Part::other, Part::exc_return, Part::r4_r7, Part::r8_r11, Part::s16_s31, Part::hardware}},
    {kV8,
     {Part::other, Part::other, Part::exc_return, Part::r4_r7, Part::r8_r11, Part::s16_s31, Part::hardware}},
    {kV6, {Part::exc_return, Part::r4_r7, Part::r8_r11, Part::hardware}},
    kRegistersOnly,
};

enum class ListKind { ready, delayed, suspended, deleted };

// In the order in which OpenOCD shows their tasks, behind the ready ones. xPendingReadyList is read apart.
constexpr std::pair<std::string_view, ListKind> kNamedLists[] = {
    {"xDelayedTaskList1", ListKind::delayed},
    {"xDelayedTaskList2", ListKind::delayed},
    {"xSuspendedTaskList", ListKind::suspended},
    {"xTasksWaitingTermination", ListKind::deleted},
};

struct TaskList {
  std::string name;
  ListKind kind;
  Address address;
  Bytes bytes;
};

struct Task {
  Address tcb = 0;
  unsigned item = kStateItem;  // where the state list's item is in it
  Bytes bytes;
  std::string name;
};

// An initialised List_t: xListEnd holds the highest tick (of 16 bits or of 32) and is linked.
bool is_list(ByteView bytes, std::size_t at) {
  if (bytes.size() < at + kListSize) return false;
  const Address next = load_le32(bytes, at + kListEnd + kItemNext);
  return load_le16(bytes, at + kListEnd) == 0xFFFF && next != 0 && next % 4 == 0;
}

class FreeRtos final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  struct Variables {
    Address current_tcb;
    std::uint32_t tasks;
    bool running;
    std::optional<std::uint32_t> top_priority;
  };
  Variables read_variables();
  unsigned list_size();
  std::vector<TaskList> task_lists(const Variables& variables);
  void append_ready_lists(std::vector<TaskList>& lists, unsigned first, ByteView bytes);
  void find_ready_lists(std::vector<TaskList>& lists);
  void read_pending(std::uint32_t most);
  void walk(const TaskList& list, std::uint32_t most);
  void add_task(const TaskList& list, const Task& task);
  Task read_task(Address item, const TaskList& list);

  unsigned list_size_ = 0;  // of a List_t; 0: not looked at yet
  std::set<Address> pending_;
  std::map<ThreadId, Address> stacks_;
};

FreeRtos::Variables FreeRtos::read_variables() {
  std::vector<Address> addresses{symbol("pxCurrentTCB"), symbol("uxCurrentNumberOfTasks"),
                                 symbol("xSchedulerRunning")};
  const auto top = find_symbol("uxTopUsedPriority");
  if (top) addresses.push_back(*top);
  const auto values = memory_.words(addresses, "the scheduler's variables");
  Variables variables{values[0], values[1], values[2] == 1, {}};
  if (top) variables.top_priority = values[3];
  return variables;
}

unsigned FreeRtos::list_size() {
  if (list_size_ == 0) {
    const Bytes two =
        memory_.read(symbol("pxReadyTasksLists"), kListSizeFullEnd + kListSize, "pxReadyTasksLists");
    list_size_ = !is_list(two, kListSize) && is_list(two, kListSizeFullEnd) ? kListSizeFullEnd : kListSize;
  }
  return list_size_;
}

void FreeRtos::append_ready_lists(std::vector<TaskList>& lists, unsigned first, ByteView bytes) {
  const Address base = symbol("pxReadyTasksLists");
  for (unsigned i = 0; (i + 1) * list_size() <= bytes.size(); ++i) {
    const ByteView list = bytes.subspan(i * list_size(), list_size());
    lists.push_back({fmt::format("pxReadyTasksLists[{}]", first + i), ListKind::ready,
                     base + (first + i) * list_size(), Bytes(list.begin(), list.end())});
  }
}

// Without uxTopUsedPriority nothing says how many priorities there are: what looks like a list and has no
// name of its own is the next priority's.
void FreeRtos::find_ready_lists(std::vector<TaskList>& lists) {
  const Address base = symbol("pxReadyTasksLists");
  Address end = base + kMostPriorities * list_size();
  for (const std::string_view other : {"xDelayedTaskList1", "xDelayedTaskList2", "xPendingReadyList",
                                       "xSuspendedTaskList", "xTasksWaitingTermination"}) {
    const auto address = find_symbol(other);
    if (address && *address > base) end = std::min(end, *address);
  }
  for (unsigned i = 0; base + (i + 1) * list_size() <= end; ++i) {
    const Bytes bytes = memory_.read(base + i * list_size(), list_size(), "pxReadyTasksLists");
    if (!is_list(bytes, 0)) return;
    append_ready_lists(lists, i, bytes);
  }
}

std::vector<TaskList> FreeRtos::task_lists(const Variables& variables) {
  std::vector<TaskList> lists;
  if (const auto top = variables.top_priority) {
    if (*top >= kMostPriorities) {
      memory_.fail(fmt::format("uxTopUsedPriority is {}, which no program has", *top));
    }
    append_ready_lists(
        lists, 0, memory_.read(symbol("pxReadyTasksLists"), (*top + 1) * list_size(), "pxReadyTasksLists"));
  } else {
    find_ready_lists(lists);
  }
  std::vector<StructureReader::Piece> wanted;
  const std::size_t ready = lists.size();
  for (const auto& [name, kind] : kNamedLists) {
    const auto address = find_symbol(name);
    if (!address) continue;
    lists.push_back({std::string(name), kind, *address, {}});
    wanted.push_back({*address, kListSize});
  }
  auto headers = memory_.pieces(wanted, "the lists of tasks");
  for (std::size_t i = 0; i < headers.size(); ++i) lists[ready + i].bytes = std::move(headers[i]);
  return lists;
}

// The control block that `item` of `list` lies in, with the task's name, in one transfer where no MPU
// settings are before the item.
Task FreeRtos::read_task(Address item, const TaskList& list) {
  require_pointer(item, fmt::format("an item of {}", list.name));
  const std::string what = fmt::format("a task in {}", list.name);
  Task task;
  task.tcb = item - kStateItem;
  auto block = memory_.read_with_text(task.tcb, kStateItem + kTaskName, kStateItem + kTaskName, what);
  const Address owner = load_le32(block.bytes, kStateItem + kItemOwner);
  if (owner != task.tcb) {
    if (owner % 4 != 0 || owner > item || item - owner > kMostMpuSettings) {
      memory_.fail(fmt::format("the item at 0x{:08x} of {} belongs to 0x{:08x}, which is no task", item,
                               list.name, owner));
    }
    task.tcb = owner;
    task.item = item - owner;
    block = memory_.read_with_text(task.tcb, task.item + kTaskName, task.item + kTaskName, what);
  }
  task.bytes = std::move(block.bytes);
  task.name = block.text.empty() ? "No Name" : std::move(block.text);
  return task;
}

void FreeRtos::add_task(const TaskList& list, const Task& task) {
  const auto state = [&]() -> std::string {
    if (task.tcb == current()) return "Running";
    if (pending_.contains(task.tcb)) return "Ready";
    switch (list.kind) {
      case ListKind::ready:
        return "Ready";
      case ListKind::delayed:
        return "Blocked";
      case ListKind::suspended: {
        // A task that waits without a timeout is on the suspended list too, but also on an event's.
        const bool waits = load_le32(task.bytes, task.item + kEventItem + kItemContainer) != 0;
        return waits ? "Blocked" : "Suspended";
      }
      case ListKind::deleted:
        return "Deleted";
    }
    return {};
  };
  add({task.tcb, task.name, state(), {}}, list.name);
  stacks_[task.tcb] = load_le32(task.bytes, 0);
}

void FreeRtos::walk(const TaskList& list, std::uint32_t most) {
  const std::uint32_t count = load_le32(list.bytes, 0);
  if (count > most) {
    memory_.fail(
        fmt::format("{} says it has {} tasks, and uxCurrentNumberOfTasks is {}", list.name, count, most));
  }
  Address item = load_le32(list.bytes, kListEnd + kItemNext);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (item == list.address + kListEnd) {
      memory_.fail(fmt::format("{} says it has {} tasks, and ends after {}", list.name, count, i));
    }
    const Task task = read_task(item, list);
    const Address container = load_le32(task.bytes, task.item + kItemContainer);
    if (container != list.address) {
      memory_.fail(fmt::format("the item of task '{}' in {} says it is in the list at 0x{:08x}", task.name,
                               list.name, container));
    }
    add_task(list, task);
    item = load_le32(task.bytes, task.item + kItemNext);
  }
}

// Tasks that an interrupt made ready while the scheduler was suspended: their event items are on a list of
// its own, their state items still where they were.
void FreeRtos::read_pending(std::uint32_t most) {
  pending_.clear();
  const Address list = symbol("xPendingReadyList");
  const Bytes head = memory_.read(list, kListSize, "xPendingReadyList");
  const std::uint32_t count = std::min(load_le32(head), most);
  Address item = load_le32(head, kListEnd + kItemNext);
  for (std::uint32_t i = 0; i < count && item != list + kListEnd; ++i) {
    const Bytes bytes = memory_.read(item, kItemSize, "an item of xPendingReadyList");
    pending_.insert(load_le32(bytes, kItemOwner));
    item = load_le32(bytes, kItemNext);
  }
}

void FreeRtos::read_threads() {
  stacks_.clear();
  const Variables variables = read_variables();
  if (variables.tasks > kMostThreads) {
    memory_.fail(fmt::format("uxCurrentNumberOfTasks is {}, more than {}", variables.tasks, kMostThreads));
  }
  const bool started = variables.running && variables.tasks != 0 && variables.current_tcb != 0;
  if (started) {
    require_pointer(variables.current_tcb, "pxCurrentTCB");
    set_current(variables.current_tcb);
  } else {
    add_core_itself();
    if (variables.tasks == 0) return;
  }
  std::exception_ptr first;  // a broken list does not hide the others
  const auto guarded = [&](const auto& read) {
    try {
      read();
    } catch (const MemoryFault&) {
      if (!first) first = std::current_exception();
    } catch (const TargetError&) {
      if (!first) first = std::current_exception();
    }
  };
  pending_.clear();
  guarded([&] { read_pending(variables.tasks); });
  for (const TaskList& list : task_lists(variables)) guarded([&] { walk(list, variables.tasks); });
  if (first) std::rethrow_exception(first);
}

ThreadRegisters FreeRtos::saved_registers(const Thread& thread) {
  const std::string stack = stack_of(thread);
  return read_frame(memory_, core_kind(target_.cpuid()), kFrames, {stack, stacks_.at(thread.id), {}});
}

}  // namespace

std::unique_ptr<Rtos> make_freertos(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<FreeRtos>(name, symbols, target);
}

}  // namespace probity::rtos
