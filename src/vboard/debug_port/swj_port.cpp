#include "vboard/debug_port/swj_port.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {
// Sent with the least significant bit first, after at least 50 cycles high (B5.2.2, B5.2.3).
constexpr std::uint32_t kJtagToSwd = 0xE79E, kSwdToJtag = 0xE73C;
constexpr unsigned kSelectBits = 16, kOnesBefore = 50;
}  // namespace

SwjPort::SwjPort(const SwjFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults)
    : port_(facts.port, bus, stats, faults),
      swd_(port_),
      jtag_(facts.idcodes, port_),
      swd_only_(facts.idcodes.debug_port == 0),
      swd_selected_(swd_only_) {}

void SwjPort::power_on_reset() {
  port_.power_on_reset();
  swd_.restart();
  jtag_.test_logic_reset();
  swd_selected_ = swd_only_;
  ones_ = select_bits_ = 0;
}

std::optional<bool> SwjPort::swdio() const { return swd_selected_ ? swd_.output() : std::nullopt; }

bool SwjPort::tdo() const { return swd_selected_ || ntrst_ || jtag_.tdo(); }

void SwjPort::edge(bool swdio_tms, bool tdi) {
  const bool driven = swdio().has_value();
  if (swd_selected_) {
    swd_.edge(swdio_tms);
  } else if (!ntrst_) {
    jtag_.edge(swdio_tms, tdi);
  }
  if (!driven && !swd_only_) watch_for_select(swdio_tms);
}

void SwjPort::set_ntrst(bool asserted) {
  ntrst_ = asserted;
  if (asserted) jtag_.test_logic_reset();
}

// Recognised next to whatever the bits mean to the wire in force: they may look like the start of a packet.
void SwjPort::watch_for_select(bool level) {
  if (select_bits_ > 0) {
    select_ |= Field{"bit", kSelectBits - select_bits_}.of(level);
    if (--select_bits_ == 0 && select_ == (swd_selected_ ? kSwdToJtag : kJtagToSwd)) {
      swd_selected_ = !swd_selected_;
      swd_.restart();
      jtag_.test_logic_reset();
    }
  } else if (!level && ones_ >= kOnesBefore) {
    select_ = 0;
    select_bits_ = kSelectBits - 1;  // both sequences begin with this 0
  }
  ones_ = level ? ones_ + 1 : 0;
}

}  // namespace probity::vboard
