// Dap: from silence to a port that is powered up, alone or one of several on a multi-drop wire. Sources:
// ADIv5.2 (IHI 0031) B2.4 (power control), B4.2.3 (no answer), B4.3.4 (multi-drop).
#include <fmt/format.h>

#include "base/errors.hpp"
#include "dap/dap_impl.hpp"

namespace probity {

namespace {

constexpr Nanoseconds kPowerLimit = std::chrono::seconds(1);
constexpr Nanoseconds kCallLimit = Milliseconds(500);  // as long as OpenOCD 0.12.0 calls a multi-drop port
constexpr unsigned kAdiv6DpVersion = 3;

}  // namespace

// SELECT 0 and the power-up handshake (B2.4); needs a port that answers and has no sticky flag.
void Dap::Impl::power_up() {
  dap.write_dp(dp::SELECT, 0);
  select = 0;
  if (dap.adiv6_ && dp::ASIZE.get(dap.read_dp(dp::DPIDR1)) > 32) dap.write_dp(dp::SELECT1, 0);
  dap.write_dp(dp::CTRL_STAT, dp::kPowerRequest | (jtag ? dp::kSticky : 0));
  const Deadline deadline(dap.clock_, kPowerLimit, "the debug port's power-up");
  while (true) {
    const std::uint32_t ctrl_stat = dap.read_dp(dp::CTRL_STAT);
    if (powered(ctrl_stat)) break;
    deadline.check(sticky_text(ctrl_stat));
    dap.clock_.sleep(Milliseconds(1));
  }
}

// Wakes the wire and calls the port until it answers; the lines are OpenOCD's (seen of 0.12.0).
void Dap::Impl::call() {
  const Nanoseconds begin = dap.clock_.now();
  while (true) {
    try {
      dap.dpidr_ = dap.link_.select_target(*dap.options_.targetsel, true);
      require_instance();
      return;
    } catch (DapError& e) {
      if (dap.clock_.now() - begin < kCallLimit) {
        dap.clock_.sleep(Milliseconds(1));
        continue;
      }
      e.add_context(fmt::format("Failed to connect multidrop {}", dap.name_));
      throw;
    }
  }
}

// Several ports may have the DPIDR; DLPIDR says which one answers.
void Dap::Impl::require_instance() {
  if (dp::VERSION.get(dap.dpidr_) < 2) {
    throw DapError(
        fmt::format("Read DPIDR 0x{:08x} has version < 2. A non multidrop capable device connected?",
                    dap.dpidr_),
        static_cast<unsigned>(Ack::ok), "DP", dp::DPIDR);
  }
  forget();
  dap.write_dp(dp::ABORT, dp::kClearAll);
  const std::uint32_t dlpidr = dap.read_dp(dp::DLPIDR);
  const std::uint32_t expected =
      dp::TINSTANCE.set(dp::PROTVSN.of(dp::kSwdVersion2), dp::TINSTANCE.get(*dap.options_.targetsel));
  if (dlpidr != expected) {
    throw DapError(fmt::format("Read incorrect DLPIDR 0x{:08x} (possibly CTRL/STAT value)", dlpidr),
                   static_cast<unsigned>(Ack::ok), "DP", dp::DLPIDR);
  }
  dap.log_.info("SWD DPIDR 0x{:08x}, DLPIDR 0x{:08x}", dap.dpidr_, dlpidr);
}

// On a multi-drop wire: makes this the port that is spoken to. It may have been reset, and sleep, since it
// was last spoken to.
void Dap::Impl::address() {
  const auto target = dap.options_.targetsel;
  if (!target || dap.link_.selected_target() == target) return;
  try {
    dap.link_.select_target(*target, false);
    if (select) select = dp::DPBANKSEL.set(*select, 0);
  } catch (const DapError& e) {
    dap.log_.debug("{}: {}; waking it", dap.name_, e.message());
    wake_up();
  }
}

// A port that must be woken was reset, and its access ports with it: nothing of what a batch counts on holds.
void Dap::Impl::wake_up() {
  forget();
  dap.link_.select_target(*dap.options_.targetsel, true);
  power_up();
  throw DapError(fmt::format("{}: the debug port was reset meanwhile; it is connected again", dap.name_),
                 static_cast<unsigned>(Ack::none), "DP", dp::DPIDR);
}

// After a transfer that was not answered (B4.2.3).
void Dap::Impl::readdress() {
  const auto target = dap.options_.targetsel;
  if (!target) {
    dap.link_.reconnect();
    select.reset();
    return;
  }
  try {
    dap.link_.select_target(*target, false);
    select.reset();
  } catch (const DapError&) {
    wake_up();
  }
}

void Dap::connect() {
  impl_->forget();
  if (options_.targetsel) {
    impl_->call();
  } else {
    dpidr_ = link_.reconnect();
    if (!link_.reaches_registers()) return;
    impl_->jtag = !link_.idcodes().empty();
    if (!impl_->jtag) log_.info("SWD DPIDR 0x{:08x}", dpidr_);
    // CTRL/STAT is of bank 0, which a sticky flag might keep us from selecting: ABORT first, which always
    // goes.
    if (!impl_->jtag) write_dp(dp::ABORT, dp::kClearAll);
  }
  if (options_.adi == AdiVersion::by_dpidr) {
    adiv6_ = !impl_->jtag && dp::VERSION.get(dpidr_) >= kAdiv6DpVersion;
  }
  if (adiv6_ && !link_.carries_adiv6()) {
    throw ConfigError(
        fmt::format("{}: DPIDR 0x{:08x} is of ADIv6, which this probe does not know; a CMSIS-DAP, "
                    "J-Link, FTDI or GPIO adapter does",
                    name_, dpidr_));
  }
  impl_->power_up();
}

}  // namespace probity
