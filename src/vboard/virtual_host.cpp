#include "vboard/virtual_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <optional>

#include "base/errors.hpp"
#include "vboard/board_spec.hpp"
#include "vboard/gpio_header.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/report.hpp"

namespace probity::vboard {

namespace {

constexpr std::string_view kGpioKind = "gpio";

// A board with what SPEC says of it.
struct Station {
  explicit Station(const BoardSpec& spec) : board(spec.board), stats(spec.stats) {}
  Board board;
  std::string stats;
};

// The time that all boards share.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(std::deque<Station>& stations) : stations_(stations) {}
  Nanoseconds now() override {
    Nanoseconds latest{0};
    for (auto& station : stations_) latest = std::max(latest, station.board.timeline().now());
    for (auto& station : stations_) {
      Timeline& timeline = station.board.timeline();
      timeline.advance(latest - timeline.now());
    }
    return latest;
  }
  void sleep(Nanoseconds duration) override {
    now();
    for (auto& station : stations_) station.board.timeline().advance(duration);
  }

 private:
  std::deque<Station>& stations_;
};

}  // namespace

struct VirtualHost::Impl {
  explicit Impl(const std::vector<BoardSpec>& specs) {
    ProbeMaker maker;
    for (const auto& spec : specs) {
      Station& station = stations.emplace_back(spec);
      for (const auto& kind : spec.probes) {
        if (kind == kGpioKind) {
          gpio.add(station.board);
          continue;
        }
        owners.push_back({kind, stations.size() - 1});
        ports.probes.push_back(plug(maker.make(kind, station.board, spec.probe), station.board));
      }
    }
    ports.before_use = [this] { clock.now(); };
  }

  // The complaints of the probes on board `station`, or on all.
  std::vector<std::string> complaints(std::optional<std::size_t> station) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < ports.probes.size(); ++i) {
      if (station && owners[i].station != *station) continue;
      for (const auto& what : ports.probes[i].probe->errors()) {
        all.push_back(fmt::format("{}: {}", owners[i].kind, what));
      }
    }
    for (std::size_t i = 0; i < stations.size(); ++i) {
      if (station && i != *station) continue;
      for (const auto& what : gpio.errors(stations[i].board)) {
        all.push_back(fmt::format("{}: {}", kGpioKind, what));
      }
    }
    return all;
  }

  struct Owner {
    std::string kind;
    std::size_t station;
  };
  std::deque<Station> stations;  // probes keep references
  std::vector<Owner> owners;     // of each port's probe
  VirtualPorts ports;
  VirtualUsbBus usb{ports};
  VirtualHidBus hid{ports};
  VirtualClock clock{stations};
  GpioHeader gpio{[this] { clock.now(); }};
  bool finished = false;
};

VirtualHost::VirtualHost(std::string_view spec) : impl_(std::make_unique<Impl>(parse_board_specs(spec))) {}

VirtualHost::~VirtualHost() {
  try {
    finish();
  } catch (const Error& e) {
    fmt::print(stderr, "Error: {}\n", e.describe());
  }
}

UsbBus& VirtualHost::usb() { return impl_->usb; }
HidBus& VirtualHost::hid() { return impl_->hid; }
GpioChips& VirtualHost::gpio() { return impl_->gpio; }
Clock& VirtualHost::clock() { return impl_->clock; }
Board& VirtualHost::board(std::size_t index) { return impl_->stations.at(index).board; }

std::vector<std::string> VirtualHost::probe_errors() const { return impl_->complaints({}); }

void VirtualHost::finish() {
  if (impl_->finished) return;
  impl_->finished = true;
  for (auto& station : impl_->stations) station.board.save();
  for (std::size_t i = 0; i < impl_->stations.size(); ++i) {
    write_report(impl_->stations[i].stats, impl_->stations[i].board, impl_->complaints(i));
  }
}

}  // namespace probity::vboard
