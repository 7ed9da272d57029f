// What all systems have in common: the list of threads with its bounds, and who is current.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtos/frame.hpp"
#include "rtos/memory.hpp"
#include "rtos/rtos.hpp"

namespace probity::rtos {

class ThreadList : public Rtos {
 public:
  ThreadList(std::string_view name, SymbolTable symbols, Target& target);

  std::string_view name() const final { return name_; }
  void update() final;
  const std::vector<Thread>& threads() const final { return threads_; }
  std::optional<ThreadId> current() const final { return current_; }
  ThreadRegisters registers(ThreadId thread) final;

 protected:
  // Reads the system's lists; calls set_current(), then add() for each thread.
  virtual void read_threads() = 0;
  // Of a thread that is not current.
  virtual ThreadRegisters saved_registers(const Thread& thread) = 0;

  // Where the symbol is; nothing where the program has none.
  std::optional<Address> find_symbol(std::string_view symbol) const;
  // A needed one.
  Address symbol(std::string_view symbol) const;

  // TargetError where the thread has been seen already (the list is a loop) or where there are too many;
  // `list` names the list for it.
  void add(Thread thread, std::string_view list);
  // "Current Execution" comes first; its id must be no thread's.
  void add_core_itself(ThreadId id = kCoreItself);
  void set_current(ThreadId thread) { current_ = thread; }
  bool has(ThreadId thread) const;
  // TargetError unless `pointer` can be one to a structure.
  void require_pointer(Address pointer, std::string_view what) const;
  // For errors.
  static std::string stack_of(const Thread& thread);

  static constexpr std::size_t kMostThreads = 1000;

  StructureReader memory_;
  Target& target_;

 private:
  std::string_view name_;
  SymbolTable symbols_;
  std::vector<Thread> threads_;
  std::optional<ThreadId> current_;
};

}  // namespace probity::rtos
