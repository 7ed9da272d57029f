#include "vboard/debug_port/swj_port.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {
// Sent with the least significant bit first, after at least 50 cycles high (B5.2.2, B5.2.3, B5.3.2).
constexpr std::uint32_t kJtagToSwd = 0xE79E, kSwdToJtag = 0xE73C, kSwdToDormant = 0xE3BC;
constexpr unsigned kSelectBits = 16, kOnesBeforeSelect = 50;
}  // namespace

SwjPort::SwjPort(const SwjFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults)
    : ports_([&] {
        std::vector<std::unique_ptr<Port>> ports;
        for (const DebugPortFacts& port : facts.ports) {
          ports.push_back(std::make_unique<Port>(port, bus, stats, faults));
        }
        return ports;
      }()),
      jtag_(facts.idcodes, ports_.front()->registers),
      swd_only_(facts.idcodes.debug_port == 0),
      sleeps_(facts.dormant),
      wire_(at_power_on()) {}

SwjPort::Wire SwjPort::at_power_on() const {
  if (sleeps_) return Wire::dormant;
  return swd_only_ ? Wire::swd : Wire::jtag;
}

void SwjPort::power_on_reset() {
  for (const auto& port : ports_) port->registers.power_on_reset();
  speak(at_power_on());
  ones_ = select_bits_ = 0;
}

void SwjPort::speak(Wire wire) {
  wire_ = wire;
  for (const auto& port : ports_) port->swd.restart();
  jtag_.test_logic_reset();
  dormant_.restart();
}

std::optional<bool> SwjPort::swdio() const {
  if (wire_ != Wire::swd) return std::nullopt;
  for (const auto& port : ports_) {
    if (const auto level = port->swd.output()) return level;
  }
  return std::nullopt;
}

bool SwjPort::tdo() const { return wire_ != Wire::jtag || ntrst_ || jtag_.tdo(); }

void SwjPort::edge(bool swdio_tms, bool tdi) {
  const bool driven = swdio().has_value();
  if (wire_ == Wire::dormant) {
    if (dormant_.wakes(swdio_tms)) speak(Wire::swd);
    return;
  }
  if (wire_ == Wire::swd) {
    for (const auto& port : ports_) port->swd.edge(swdio_tms);
  } else if (!ntrst_) {
    jtag_.edge(swdio_tms, tdi);
  }
  if (!driven && watches_for_select()) watch_for_select(swdio_tms);
}

void SwjPort::set_ntrst(bool asserted) {
  ntrst_ = asserted;
  if (asserted) jtag_.test_logic_reset();
}

// Recognised next to whatever the bits mean to the wire in force: they may look like the start of a packet.
void SwjPort::watch_for_select(bool level) {
  if (select_bits_ > 0) {
    select_ |= Field{"bit", kSelectBits - select_bits_}.of(level);
    if (--select_bits_ == 0) {
      if (sleeps_ && select_ == kSwdToDormant) speak(Wire::dormant);
      if (!swd_only_ && select_ == (wire_ == Wire::swd ? kSwdToJtag : kJtagToSwd)) {
        speak(wire_ == Wire::swd ? Wire::jtag : Wire::swd);
      }
    }
  } else if (!level && ones_ >= kOnesBeforeSelect) {
    select_ = 0;
    select_bits_ = kSelectBits - 1;  // all these sequences begin with this 0
  }
  ones_ = level ? ones_ + 1 : 0;
}

}  // namespace probity::vboard
