#include "vboard/board.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "vboard/chip/chip.hpp"
#include "vboard/debug_port/swj_port.hpp"

namespace probity::vboard {

namespace {

// "voltage=MV" of the fault plan weighs more than the options.
unsigned supply(const BoardOptions& options) {
  const Fault* fault = options.faults.standing("voltage");
  return fault != nullptr ? static_cast<unsigned>(std::stoul(fault->argument, nullptr, 0))
                          : options.millivolts;
}

// TARGETID of ST's DPv2: TPARTNO is DEV_ID with a 0 behind it, TDESIGNER STMicroelectronics (RM0433 60.5.3:
// 0x04500041; RM0385 has the same form).
constexpr std::uint32_t targetid(std::uint32_t idcode) { return (idcode & 0xFFF) << 16 | 0x41; }

SwjFacts swj_facts(const ChipFacts& chip) {
  const GenerationFacts& g = *chip.line->generation;
  SwjFacts facts;
  facts.idcodes = {.debug_port = g.jtag_idcode, .boundary_scan = chip.line->bsc_idcode};
  facts.dormant = !g.wire_ports.empty();
  const DebugPortFacts port{.dpidr = g.dpidr,
                            .targetid = g.targetid != 0 ? g.targetid : targetid(chip.line->idcode),
                            .rom_table = g.dp_rom_table};
  facts.ports.assign(std::max<std::size_t>(g.wire_ports.size(), 1), port);
  for (std::size_t i = 0; i < g.wire_ports.size(); ++i) {
    facts.ports[i].instance = g.wire_ports[i].instance;
    facts.ports[i].multi_drop = true;
    facts.ports[i].answers_unselected = g.wire_ports[i].answers_unselected;
    facts.ports[i].rescue = g.wire_ports[i].rescue;
  }
  const bool v8m = chip.line->core.architecture == Architecture::v8m;
  for (const AccessPort& ap : g.access_ports) {
    facts.ports.at(ap.wire_port)
        .access_ports.push_back({.number = ap.number,
                                 .idr = ap.idr,
                                 .base = ap.base,
                                 .tar_wrap = g.tar_wrap,
                                 .core = ap.core,
                                 .cpu = ap.cpu,
                                 .trust_zone = ap.core && v8m,
                                 .vendor = ap.vendor});
  }
  return facts;
}

std::optional<unsigned> core_behind(const MemApFacts& ap) {
  return ap.core ? std::optional(ap.cpu) : std::nullopt;
}

// NRST at the chip: what the probe pulls, as far as the wire carries it.
class ResetWire {
 public:
  explicit ResetWire(FaultPlan& faults) : open_(faults.standing("nrst-open") != nullptr) {
    if (const Fault* fault = faults.standing("nrst-stretched")) {
      stretch_ = Milliseconds(std::stoul(fault->argument, nullptr, 0));
    }
  }
  bool open() const { return open_; }
  Nanoseconds stretch() const { return stretch_; }

 private:
  bool open_;
  Nanoseconds stretch_{0};
};

}  // namespace

struct Board::Impl final : DebugBus {
  explicit Impl(BoardOptions o)
      : options(std::move(o)),
        faults(options.faults),
        timeline(options.pace),
        wire(faults),
        chip({.name = options.chip,
              .flash_file = options.flash_file,
              .dual_bank = options.dual_bank,
              .option_words = options.option_words,
              .millivolts = supply(options),
              .external_flash = options.external_flash},
             timeline, stats, faults),
        port(swj_facts(chip.facts()), *this, stats, faults),
        wired(faults.standing("no-target") == nullptr) {
    chip.on_power_lost([this] { port.power_on_reset(); });
    chip.on_swo([this](const SwoFrame& frame) {
      if (!connected() || port.uses_jtag()) return;  // TRACESWO shares its pin with JTDO (RM0090 38.4.2)
      for (const auto& [who, listener] : swo_listeners) listener(frame);
    });
  }

  BusStatus debug_read(const MemApFacts& ap, Security security, std::uint32_t address, unsigned size,
                       std::uint32_t& value) override {
    release_nrst_if_due();
    return chip.debug_read(core_behind(ap), security, address, size, value);
  }
  BusStatus debug_write(const MemApFacts& ap, Security security, std::uint32_t address, unsigned size,
                        std::uint32_t value) override {
    release_nrst_if_due();
    return chip.debug_write(core_behind(ap), security, address, size, value);
  }
  bool secure_debug_allowed() const override { return chip.secure_debug_allowed(); }
  void rescue(bool requested) override {
    release_nrst_if_due();
    chip.rescue(requested);
  }
  std::uint32_t vendor_read(std::uint32_t offset) override {
    release_nrst_if_due();
    return chip.vendor_port_read(offset);
  }
  void vendor_write(std::uint32_t offset, std::uint32_t value) override {
    release_nrst_if_due();
    chip.vendor_port_write(offset, value);
  }
  std::optional<std::uint32_t> hidden_port_value() const override { return chip.closed_port_value(); }
  static constexpr bool kPullUp = true;
  static PinSample unconnected(std::optional<bool> swdio_tms) {
    return {swdio_tms.value_or(kPullUp), kPullUp};
  }
  PinSample shown(std::optional<bool> swdio_tms) const {
    const std::optional<bool> target = port.swdio();
    return {swdio_tms.value_or(target.value_or(kPullUp)), port.tdo(), target.has_value()};
  }
  bool connected() const { return wired && !chip.debug_disabled(); }

  void pull_nrst(bool low) {
    probe_pulls_nrst = low;
    if (wire.open()) return;
    release_nrst_if_due();
    if (low) {
      release_at.reset();
      chip.hold_in_reset(true);
    } else {
      release_at = timeline.now() + wire.stretch();
      release_nrst_if_due();
    }
  }
  void release_nrst_if_due() {
    if (!release_at || timeline.now() < *release_at) return;
    release_at.reset();
    chip.hold_in_reset(false);
  }

  BoardOptions options;
  FaultPlan faults;
  Timeline timeline;
  Stats stats;
  ResetWire wire;
  Chip chip;
  SwjPort port;
  std::map<const void*, SwoListener> swo_listeners;
  const bool wired;  // the plan's "no-target" cuts the debug wires
  bool probe_pulls_nrst = false;
  std::optional<Nanoseconds> release_at;  // the wire is still low after the probe let go
};

Board::Board(BoardOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Board::~Board() {
  try {
    save();
  } catch (const std::exception&) {  // nobody is left to hear of it; save() before, to know
  }
}

std::vector<std::string> Board::chip_names() { return all_chip_names(); }
std::vector<std::string> Board::chip_patterns() { return all_chip_patterns(); }

Timeline& Board::timeline() { return impl_->timeline; }
Stats& Board::stats() { return impl_->stats; }
FaultPlan& Board::faults() { return impl_->faults; }

void Board::begin_transaction() {
  using std::chrono::steady_clock;
  Timeline& time = impl_->timeline;
  Nanoseconds due = time.behind_wall();
  const Nanoseconds slice = std::clamp<Nanoseconds>(due / 32, Microseconds(100), Milliseconds(5));
  const Nanoseconds budget = std::clamp<Nanoseconds>(due / 2, Milliseconds(1), Milliseconds(100));
  const auto start = steady_clock::now();
  while (due > Nanoseconds(0) && steady_clock::now() - start < budget) {
    const Nanoseconds step = std::min(slice, due);
    time.advance(step);
    impl_->chip.catch_up();
    due -= step;
  }
  time.give_up(due);
}

PinSample Board::clock(std::optional<bool> swdio_tms, bool tdi) {
  if (!impl_->connected()) return impl_->unconnected(swdio_tms);
  const PinSample shown = impl_->shown(swdio_tms);
  impl_->port.edge(shown.swdio, tdi);
  return shown;
}

PinSample Board::pins(std::optional<bool> swdio_tms) const {
  return impl_->connected() ? impl_->shown(swdio_tms) : impl_->unconnected(swdio_tms);
}

void Board::set_nrst(bool asserted) { impl_->pull_nrst(asserted); }

bool Board::nrst() const {
  impl_->release_nrst_if_due();
  if (impl_->wire.open()) return impl_->probe_pulls_nrst;
  return impl_->probe_pulls_nrst || impl_->release_at || impl_->chip.pulls_nrst();
}

void Board::set_ntrst(bool asserted) { impl_->port.set_ntrst(asserted); }

unsigned Board::target_millivolts() const { return supply(impl_->options); }

void Board::listen_to_swo(const void* who, SwoListener listener) {
  impl_->swo_listeners.erase(who);
  if (listener) impl_->swo_listeners.emplace(who, std::move(listener));
}

void Board::catch_up() { impl_->chip.catch_up(); }

void Board::power_cycle() {
  impl_->chip.catch_up();
  impl_->chip.power_cycle();
  impl_->port.power_on_reset();
}

Bytes Board::flash_content() const { return impl_->chip.flash_content(); }

void Board::save() { impl_->chip.save(); }

}  // namespace probity::vboard
