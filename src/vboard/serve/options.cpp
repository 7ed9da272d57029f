#include "vboard/serve/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.hpp"
#include "vboard/probe/probe.hpp"

namespace probity::vboard {

namespace {

constexpr std::array<std::string_view, 3> kKinds = {"stlink-server", "cmsis-dap-tcp", "remote-bitbang"};

template <typename Number>
Number parse_number(std::string_view option, std::string_view text) {
  Number value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    throw UsageError(fmt::format("{}: '{}' is no number in range", option, text));
  }
  return value;
}

ServeOption parse_serve(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end() || colon == std::string_view::npos) {
    throw UsageError(
        fmt::format("--serve {}: KIND:PORT is wanted, KIND one of {}", text, fmt::join(kKinds, ", ")));
  }
  return {std::string(kind), parse_number<std::uint16_t>("--serve", text.substr(colon + 1))};
}

Pace parse_pace(std::string_view text) {
  if (text == "real") return Pace::real;
  if (text == "fast") return Pace::fast;
  throw UsageError(fmt::format("--pace {}: real or fast is wanted", text));
}

void check(const Options& options) {
  if (options.help) return;
  if (options.board.chip.empty()) throw UsageError("--chip is missing");
  if (options.serve.empty()) throw UsageError("--serve is missing");
  for (const auto& serve : options.serve) {
    if (serve.kind == "stlink-server" && !options.probe.starts_with("stlink")) {
      throw UsageError(fmt::format("--serve stlink-server needs an ST-LINK, not --probe {}", options.probe));
    }
  }
}

}  // namespace

Options parse_options(std::span<const char* const> words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view option = words[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == words.size()) throw UsageError(fmt::format("{} needs a value", option));
      return words[++i];
    };
    if (option == "--help" || option == "-h") {
      options.help = true;
    } else if (option == "--chip") {
      options.board.chip = value();
    } else if (option == "--probe") {
      options.probe = value();
    } else if (option == "--flash") {
      options.board.flash_file = value();
    } else if (option == "--serve") {
      options.serve.push_back(parse_serve(value()));
    } else if (option == "--pace") {
      options.board.pace = parse_pace(value());
    } else if (option == "--stats") {
      options.stats = value();
    } else if (option == "--fault") {
      options.board.faults = FaultPlan::parse(value());
    } else if (option == "--voltage") {
      options.board.millivolts = parse_number<unsigned>(option, value());
    } else if (option == "--dual-bank") {
      options.board.dual_bank = true;
    } else {
      throw UsageError(fmt::format("unknown option '{}'; see --help", option));
    }
  }
  check(options);
  return options;
}

std::string help_text() {
  return fmt::format(
      "vboard: a virtual probe and chip, served to other programs on 127.0.0.1\n"
      "\n"
      "  --chip CHIP          {}\n"
      "  --probe KIND         ST-LINK behind stlink-server: {} (default stlink-v2-1)\n"
      "  --flash FILE         keep the flash there; a missing file starts erased\n"
      "  --serve KIND:PORT    {}; may be repeated; port 0 takes any free one\n"
      "  --pace real|fast     let virtual time pass on the wall clock, or run ahead of it (default fast)\n"
      "  --stats FILE|-       write counters at the end\n"
      "  --fault PLAN         e.g. wait@ap:100x5+usb-short@usb:20\n"
      "  --voltage MV         target supply, default 3300\n"
      "  --dual-bank          F42x, F43x, F76x, F77x: start in dual-bank mode\n"
      "\n"
      "Prints \"listening on PORT for KIND\" for each server; ends on SIGTERM or SIGINT.\n",
      fmt::join(Board::chip_names(), ", "), fmt::join(probe_kinds(), ", "), fmt::join(kKinds, ", "));
}

}  // namespace probity::vboard
