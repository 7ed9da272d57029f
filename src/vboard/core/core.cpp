#include "vboard/core/core.hpp"

#include <algorithm>

#include "vboard/core/machine.hpp"

namespace probity::vboard {

struct Core::Impl : armv7m::Machine {
  using Machine::Machine;
};

Core::Core(const CoreFacts& facts, SystemBus& bus) : impl_(std::make_unique<Impl>(facts, bus)) {
  impl_->on_reset_request = [this](bool vectreset) {
    if (on_reset_request) {
      on_reset_request(vectreset);
    } else {
      system_reset();
    }
  };
  impl_->on_send_event = [this] {
    if (on_send_event) on_send_event();
  };
  impl_->on_halted = [this] {
    if (on_halted) on_halted();
  };
}
Core::~Core() = default;

void Core::power_on_reset() { impl_->power_on_reset(); }
void Core::system_reset() { impl_->system_reset(); }
void Core::hold_in_reset(bool held) { impl_->hold_in_reset(held); }
std::uint64_t Core::run(std::uint64_t cycles) { return impl_->run(cycles); }
std::uint64_t Core::cycle() const { return impl_->now; }

bool Core::halted() const { return impl_->debug.halted; }
bool Core::locked_up() const { return impl_->locked; }
bool Core::sleeping() const { return impl_->sleeping; }
bool Core::deeply_asleep() const { return impl_->deeply_asleep(); }
void Core::keep_clocks_in_deep_sleep(bool keep) { impl_->clocks_kept = keep; }
bool Core::in_reset() const { return impl_->held; }

void Core::set_security_extension(bool present) { impl_->security_extension_wanted = present; }
void Core::set_secure_debug(bool allowed) { impl_->set_secure_debug(allowed); }
std::optional<Security> Core::security_of(std::uint32_t address) const {
  return impl_->memory_security(address);
}
void Core::set_initial_vector_table(Security security, std::uint32_t address) {
  impl_->initial_vtor[security == Security::secure ? 1 : 0] = address;
}

BusStatus Core::read_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                         std::uint32_t& value) {
  return impl_->read_ppb(master, security, address, size, value);
}
BusStatus Core::write_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                          std::uint32_t value) {
  return impl_->write_ppb(master, security, address, size, value);
}

void Core::on_trace(TraceOut out) { impl_->trace.out = std::move(out); }
void Core::drain_trace() { impl_->trace.advance(impl_->now); }

void Core::set_halt_request(bool level) { impl_->set_halt_request(level); }
void Core::receive_event() { impl_->receive_event(); }
void Core::set_irq(unsigned number, bool level) { impl_->set_irq(number, level); }
void Core::memory_changed(std::uint32_t begin, std::uint32_t size) { impl_->memory_changed(begin, size); }

Core::Registers Core::registers() const {
  Registers values{};
  std::copy_n(impl_->r.begin(), 15, values.r);
  values.r[15] = impl_->pc;
  values.xpsr = impl_->xpsr();
  values.msp = impl_->msp();
  values.psp = impl_->psp();
  values.primask = impl_->primask;
  values.basepri = impl_->basepri;
  values.faultmask = impl_->faultmask;
  values.control = impl_->control();
  std::copy_n(impl_->fp.begin(), 32, values.s);
  values.fpscr = impl_->fpscr;
  values.secure = impl_->secure;
  return values;
}

// MSP and PSP first: r[13] then is the current one's value.
void Core::set_registers(const Registers& values) {
  if (impl_->has_security) impl_->switch_security(values.secure);
  impl_->ipsr = values.xpsr & 0x1FF;
  impl_->set_control(values.control);
  impl_->set_msp(values.msp);
  impl_->set_psp(values.psp);
  std::copy_n(values.r, 15, impl_->r.begin());
  impl_->pc = values.r[15] & ~1u;
  impl_->set_apsr(values.xpsr);
  impl_->set_epsr(values.xpsr);
  impl_->primask = (values.primask & 1) != 0;
  impl_->basepri = static_cast<std::uint8_t>(values.basepri);
  impl_->faultmask = (values.faultmask & 1) != 0;
  std::copy_n(values.s, 32, impl_->fp.begin());
  impl_->fpscr = values.fpscr;
  impl_->priorities_changed();
}

}  // namespace probity::vboard
