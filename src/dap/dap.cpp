#include "dap/dap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "dap/dap_impl.hpp"

namespace probity {

namespace {

constexpr Nanoseconds kWaitLimit = std::chrono::seconds(1);

}  // namespace

std::string sticky_text(std::uint32_t ctrl_stat) {
  std::string text;
  for (const Field& f : {dp::STICKYERR, dp::WDATAERR, dp::STICKYORUN, dp::STICKYCMP}) {
    if (f.is_set(ctrl_stat)) text += (text.empty() ? "" : ", ") + std::string(f.name);
  }
  return fmt::format("CTRL/STAT=0x{:08x}{}{}", ctrl_stat, text.empty() ? "" : ": ", text);
}

// What SELECT must hold for `access`; nothing where it does not matter.
std::optional<std::uint32_t> Dap::Impl::select_for(const DapAccess& access) const {
  if (access.ap && dap.adiv6_) return dp::ADDR.set(0, dp::ADDR.get(*access.ap + access.reg));
  if (access.ap) {
    // DP bank 0, so that CTRL/STAT can be read when the access faults.
    return dp::APSEL.of(*access.ap) | dp::APBANKSEL.of(access.reg >> 4u);
  }
  // Only address 4 is banked before DPv3 (B2.2), then also what is read at 0 (ADIv6 B2.2).
  const bool dpidr = dap.adiv6_ && access.read && (access.reg & 0xFu) == dp::DPIDR;
  if ((access.reg & 0xFu) != dp::CTRL_STAT && !dpidr) return {};
  return dp::DPBANKSEL.set(select.value_or(0), access.reg >> 4u);
}

Dap::Impl::Compiled Dap::Impl::compile(std::span<const DapAccess> batch) {
  Compiled compiled;
  auto add = [&](const DapTransfer& t, std::size_t i) {
    compiled.transfers.push_back(t);
    compiled.source.push_back(i);
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const DapAccess& access = batch[i];
    const auto needed = select_for(access);
    if (needed && needed != select) {
      add(DapTransfer::store(Port::dp, dp::SELECT, *needed), i);
      select = needed;
    }
    const Port port = access.ap ? Port::ap : Port::dp;
    const auto a = static_cast<std::uint8_t>(access.reg & 0xC);
    if (port == Port::dp && !access.read && a == dp::SELECT) select = access.value;
    add(access.read ? DapTransfer::load(port, a) : DapTransfer::store(port, a, access.value), i);
  }
  return compiled;
}

// Runs the batch once; returns how many accesses are done and, where that is not all, the next one's ack.
std::size_t Dap::Impl::attempt(std::span<DapAccess> batch, Ack& ack) {
  const auto before = select;
  Compiled compiled = compile(batch);
  std::size_t done = 0;
  try {
    done = dap.link_.run(compiled.transfers);
  } catch (...) {
    forget();
    throw;
  }
  for (std::size_t i = 0; i < done; ++i) {
    if (compiled.transfers[i].read) batch[compiled.source[i]].value = compiled.transfers[i].value;
  }
  ack = Ack::ok;
  if (done == compiled.transfers.size()) return batch.size();
  ack = compiled.transfers[done].ack;
  select = before;
  for (std::size_t i = 0; i < done; ++i) {
    const DapTransfer& t = compiled.transfers[i];
    if (t.port == Port::dp && !t.read && t.a == dp::SELECT) select = t.value;
  }
  return compiled.source[done];
}

std::uint32_t Dap::Impl::read_ctrl_stat() {
  // Without a SELECT write, which would be refused while a sticky flag is set: AP accesses leave bank 0
  // selected.
  std::array<DapTransfer, 1> read = {DapTransfer::load(Port::dp, dp::CTRL_STAT)};
  if (dap.link_.run(read) == 1) return read[0].value;
  throw DapError("CTRL/STAT cannot be read", static_cast<unsigned>(read[0].ack), "DP", dp::CTRL_STAT);
}

void Dap::Impl::clear_sticky() {
  if (jtag) {
    // A JTAG-DP clears the flags that are written as 1 (B2.2.2).
    std::array<DapTransfer, 1> write = {
        DapTransfer::store(Port::dp, dp::CTRL_STAT, dp::kPowerRequest | dp::kSticky)};
    dap.link_.run(write);
    return;
  }
  std::array<DapTransfer, 1> write = {DapTransfer::store(Port::dp, dp::ABORT, dp::kClearAll)};
  dap.link_.run(write);
}

void Dap::Impl::abort_access() {
  const std::uint32_t clear = jtag ? 0 : dp::kClearAll;  // an SW-DP's bits
  std::array<DapTransfer, 1> write = {DapTransfer::store(Port::dp, dp::ABORT, dp::DAPABORT.mask() | clear)};
  dap.link_.run(write);
  if (jtag) clear_sticky();
  forget();
}

void Dap::Impl::forget() {
  select.reset();
  for (auto& [number, port] : mem_aps) port->forget();
}

void Dap::Impl::refused(const DapAccess& access, Ack ack) {
  const std::string port = dap.port_text(access);
  const std::string what =
      fmt::format("{} register 0x{:02x} {}", port, access.reg, access.read ? "read" : "write");
  std::string why;
  forget();
  switch (ack) {
    case Ack::fault: {
      const std::uint32_t ctrl_stat = read_ctrl_stat();
      clear_sticky();
      why = fmt::format("FAULT ({})", sticky_text(ctrl_stat));
      if (access.ap && dap.options_.targetsel && !powered(ctrl_stat))
        power_up();  // reset with others of the wire
      break;
    }
    case Ack::parity:
      why = "wrong parity in the data read";
      break;
    case Ack::wait:
      abort_access();
      why = "WAIT for more than 1 s; the access was aborted";
      break;
    default:
      why = "no answer from the target";
      break;
  }
  throw DapError(fmt::format("{}: {}", what, why), static_cast<unsigned>(ack), port, access.reg);
}

// A JTAG-DP acknowledges a fault as OK and sets STICKYERR (B3.4.2): ask, once a batch.
void Dap::Impl::check_jtag_sticky(const DapAccess& last) {
  if (!jtag || !last.ap) return;
  const std::uint32_t ctrl_stat = read_ctrl_stat();
  if ((ctrl_stat & dp::kSticky) == 0) return;
  forget();
  clear_sticky();
  const std::string port = dap.ap_text(*last.ap);
  throw DapError(fmt::format("{}: FAULT in a batch of transfers ({})", port, sticky_text(ctrl_stat)),
                 static_cast<unsigned>(Ack::fault), port, last.reg);
}

Dap::Dap(std::string name, DapLink& link, Clock& clock, Log& log, DapOptions options)
    : name_(std::move(name)),
      link_(link),
      clock_(clock),
      log_(log),
      options_(options),
      adiv6_(options.adi == AdiVersion::v6),
      impl_(std::make_unique<Impl>(*this)) {}

Dap::~Dap() = default;

std::uint16_t Dap::ap_register(std::uint8_t reg) const {
  return static_cast<std::uint16_t>(adiv6_ ? ap::kAdiv6Registers + reg : reg);
}

std::string Dap::ap_text(unsigned ap) const {
  return adiv6_ ? fmt::format("AP 0x{:x}", ap) : fmt::format("AP {}", ap);
}

std::string Dap::port_text(const DapAccess& access) const { return access.ap ? ap_text(*access.ap) : "DP"; }

std::uint32_t Dap::read_dp(std::uint8_t reg) {
  std::array<DapAccess, 1> batch = {DapAccess{{}, reg, true, 0}};
  run(batch);
  return batch[0].value;
}

void Dap::write_dp(std::uint8_t reg, std::uint32_t value) {
  std::array<DapAccess, 1> batch = {DapAccess{{}, reg, false, value}};
  run(batch);
}

std::uint32_t Dap::read_ap(unsigned ap, std::uint16_t reg) {
  std::array<DapAccess, 1> batch = {DapAccess{ap, reg, true, 0}};
  run(batch);
  return batch[0].value;
}

void Dap::write_ap(unsigned ap, std::uint16_t reg, std::uint32_t value) {
  if (const auto port = impl_->mem_aps.find(ap); port != impl_->mem_aps.end()) port->second->forget();
  std::array<DapAccess, 1> batch = {DapAccess{ap, reg, false, value}};
  run(batch);
}

void Dap::run(std::span<DapAccess> batch) {
  clock_.check_interrupt();
  impl_->address();
  const Nanoseconds begin = clock_.now();
  std::size_t at = 0;
  bool woken = false;
  while (at < batch.size()) {
    Ack ack = Ack::ok;
    try {
      at += impl_->attempt(batch.subspan(at), ack);
    } catch (const DapError& e) {
      if (e.ack == static_cast<unsigned>(Ack::wait)) impl_->abort_access();
      throw;
    }
    if (ack == Ack::ok) break;
    if (ack == Ack::wait && clock_.now() - begin < kWaitLimit) continue;
    if (ack == Ack::none && !woken) {
      // The transfer was not seen by the target, so it may be sent again after a line reset (B4.2.3).
      woken = true;
      log_.debug("{} register 0x{:02x}: no answer, line reset", port_text(batch[at]), batch[at].reg);
      impl_->readdress();
      continue;
    }
    impl_->refused(batch[at], ack);
  }
  if (!batch.empty()) impl_->check_jtag_sticky(batch.back());
}

MemPort& Dap::memory(unsigned ap) {
  if (MemPort* native = link_.native_memory(ap)) return *native;
  if (!link_.reaches_registers()) {
    throw ConfigError(
        fmt::format("{}: this transport reaches only the memory of AP 0, not of AP {}; with ST-LINK firmware "
                    "from V2J32 or V3J2 on it reaches all, otherwise take another transport",
                    name_, ap));
  }
  auto& port = impl_->mem_aps[ap];
  if (!port) port = std::make_unique<MemAp>(*this, ap);
  return *port;
}

}  // namespace probity
