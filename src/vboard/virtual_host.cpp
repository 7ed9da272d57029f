#include "vboard/virtual_host.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>

#include "base/errors.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/report.hpp"

namespace probity::vboard {

namespace {

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Timeline& timeline) : timeline_(timeline) {}
  Nanoseconds now() override { return timeline_.now(); }
  void sleep(Nanoseconds duration) override { timeline_.advance(duration); }

 private:
  Timeline& timeline_;
};

struct Spec {
  BoardOptions board;
  std::vector<std::string> probes = {"stlink-v2-1", "cmsis-dap-v2"};
  std::string stats;  // file, "-", or empty
};

unsigned parse_millivolts(std::string_view text) {
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    throw ConfigError(fmt::format("voltage={}: millivolts are wanted", text));
  }
  return value;
}

void apply_word(Spec& spec, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos && equals + 1 < word.size();
  const std::string_view value = has_value ? word.substr(equals + 1) : std::string_view();
  if (word == "dual-bank") {
    spec.board.dual_bank = true;
  } else if (key == "probe" && has_value) {
    spec.probes = {std::string(value)};
  } else if (key == "flash" && has_value) {
    spec.board.flash_file = value;
  } else if (key == "fault" && has_value) {
    spec.board.faults = FaultPlan::parse(value);
  } else if (key == "voltage" && has_value) {
    spec.board.millivolts = parse_millivolts(value);
  } else if (key == "stats" && has_value) {
    spec.stats = value;
  } else {
    throw ConfigError(
        fmt::format("virtual board: '{}' is not understood; after the chip come probe=KIND, "
                    "flash=FILE, fault=PLAN, voltage=MV, dual-bank, stats=FILE",
                    word));
  }
}

Spec parse_spec(std::string_view text) {
  Spec spec;
  std::size_t comma = text.find(',');
  spec.board.chip = text.substr(0, comma);
  if (spec.board.chip.empty() || spec.board.chip.find('=') != std::string::npos) {
    throw ConfigError(fmt::format("virtual board: '{}' does not begin with a chip, as in stm32f407vg", text));
  }
  while (comma != std::string_view::npos) {
    text.remove_prefix(comma + 1);
    comma = text.find(',');
    apply_word(spec, text.substr(0, comma));
  }
  return spec;
}

}  // namespace

struct VirtualHost::Impl {
  explicit Impl(Spec spec) : board(std::move(spec.board)), stats(std::move(spec.stats)) {
    for (const auto& kind : spec.probes) {
      kinds.push_back(kind);
      probes.push_back(plug(make_probe(kind, board), board));
    }
  }

  Board board;
  std::string stats;
  std::vector<std::string> kinds;
  std::vector<PluggedProbe> probes;
  VirtualUsbBus usb{probes};
  VirtualHidBus hid{probes};
  VirtualClock clock{board.timeline()};
  bool finished = false;
};

VirtualHost::VirtualHost(std::string_view spec) : impl_(std::make_unique<Impl>(parse_spec(spec))) {}

VirtualHost::~VirtualHost() {
  try {
    finish();
  } catch (const Error& e) {
    fmt::print(stderr, "Error: {}\n", e.describe());
  }
}

UsbBus& VirtualHost::usb() { return impl_->usb; }
HidBus& VirtualHost::hid() { return impl_->hid; }
Clock& VirtualHost::clock() { return impl_->clock; }
Board& VirtualHost::board() { return impl_->board; }

std::vector<std::string> VirtualHost::probe_errors() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < impl_->probes.size(); ++i) {
    for (const auto& what : impl_->probes[i].probe->errors()) {
      all.push_back(fmt::format("{}: {}", impl_->kinds[i], what));
    }
  }
  return all;
}

void VirtualHost::finish() {
  if (impl_->finished) return;
  impl_->finished = true;
  impl_->board.save();
  write_report(impl_->stats, impl_->board, probe_errors());
}

}  // namespace probity::vboard
