// No system at all: the core itself as a thread, as OpenOCD's pseudo system of that name.
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

class HardwareThread final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override {
    add({kCoreItself, target_.name(), std::string(name_of(target_.halt_reason())), {}}, "the target");
    set_current(kCoreItself);
  }
  ThreadRegisters saved_registers(const Thread&) override { return {}; }  // its one thread is always current
};

}  // namespace

std::unique_ptr<Rtos> make_hwthread(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<HardwareThread>(name, symbols, target);
}

}  // namespace probity::rtos
