#include "rtos/thread_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity::rtos {

std::string describe(const Thread& thread) {
  std::string line = "Name: " + thread.name;
  if (!thread.state.empty()) line += ", State: " + thread.state;
  if (!thread.detail.empty()) line += ", " + thread.detail;
  return line;
}

ThreadList::ThreadList(std::string_view name, SymbolTable symbols, Target& target)
    : memory_(name, target.memory()), target_(target), name_(name), symbols_(std::move(symbols)) {}

void ThreadList::update() {
  threads_.clear();
  current_.reset();
  read_threads();
}

ThreadRegisters ThreadList::registers(ThreadId id) {
  const auto found = std::ranges::find(threads_, id, &Thread::id);
  if (found == threads_.end()) memory_.fail(fmt::format("there is no thread 0x{:x}", id));
  if (id != current_) return saved_registers(*found);
  ThreadRegisters values;
  target_.fetch_registers();
  for (const CoreRegister& reg : target_.registers()) {
    if (reg.exists) values.emplace_back(reg.name, target_.read_register(reg.name));
  }
  return values;
}

std::optional<Address> ThreadList::find_symbol(std::string_view symbol) const {
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end() || found->second == 0) return {};
  return found->second;
}

Address ThreadList::symbol(std::string_view symbol) const {
  const auto address = find_symbol(symbol);
  if (!address) memory_.fail(fmt::format("the program has no symbol '{}'", symbol));
  return *address;
}

void ThreadList::add(Thread thread, std::string_view list) {
  if (has(thread.id)) {
    memory_.fail(fmt::format("{} leads to thread 0x{:08x} a second time: it is a loop", list, thread.id));
  }
  if (threads_.size() >= kMostThreads) {
    memory_.fail(fmt::format("{} has more than {} threads", list, kMostThreads));
  }
  threads_.push_back(std::move(thread));
}

void ThreadList::add_core_itself(ThreadId id) {
  threads_.insert(threads_.begin(), Thread{id, "Current Execution", {}, {}});
  current_ = id;
}

bool ThreadList::has(ThreadId thread) const {
  return std::ranges::find(threads_, thread, &Thread::id) != threads_.end();
}

void ThreadList::require_pointer(Address pointer, std::string_view what) const {
  if (pointer == 0 || pointer % 4 != 0) {
    memory_.fail(fmt::format("{} is 0x{:08x}, which is no pointer", what, pointer));
  }
}

std::string ThreadList::stack_of(const Thread& thread) {
  return fmt::format("the stack of '{}'", thread.name);
}

}  // namespace probity::rtos
