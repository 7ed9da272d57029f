#include "vboard/serve/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/errors.hpp"
#include "vboard/probe/probe.hpp"

namespace probity::vboard {

namespace {

constexpr std::array<std::string_view, 5> kKinds = {"stlink-server", "cmsis-dap-tcp", "remote-bitbang",
                                                    "usbip", "control"};

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

// What the words say before it is put together.
struct Words {
  Options options;
  BoardSpec single{.board = {}, .probes = {"stlink-v2-1"}, .stats = {}};  // --chip and its company
  std::string company;  // the first option that describes the board of --chip, but for --chip
  Pace pace = Pace::fast;
};

struct Row {
  std::string_view name, value;  // value empty: it takes none
  bool of_chip;                  // describes the board of --chip
  void (*apply)(Words& words, const std::string& value);
  std::string_view help;
};

constexpr std::array kRows = {
    Row{"--chip", "CHIP", false, [](Words& w, const std::string& v) { w.single.board.chip = v; },
        "one board with this chip, see below"},
    Row{"--probe", "KIND", true, [](Words& w, const std::string& v) { w.single.probes = {v}; },
        "its probe, see below (default stlink-v2-1)"},
    Row{"--flash", "FILE", true, [](Words& w, const std::string& v) { w.single.board.flash_file = v; },
        "keep its flash there; a missing file starts erased"},
    Row{"--stats", "FILE|-", true, [](Words& w, const std::string& v) { w.single.stats = v; },
        "write its counters at the end"},
    Row{"--fault", "PLAN", true,
        [](Words& w, const std::string& v) { w.single.board.faults = FaultPlan::parse(v); },
        "e.g. wait@ap:100x5+usb-short@usb:20"},
    Row{"--voltage", "MV", true,
        [](Words& w, const std::string& v) {
          w.single.board.millivolts = parse_number<unsigned>("--voltage", v);
        },
        "target supply, default 3300"},
    Row{"--dual-bank", "", true, [](Words& w, const std::string&) { w.single.board.dual_bank = true; },
        "start with two flash banks, where option bytes choose"},
    Row{"--option", "NAME=HEX", true,
        [](Words& w, const std::string& v) { w.single.board.option_words.push_back(parse_option_word(v)); },
        "start with this option word, named as in FILE.options; may be repeated"},
    Row{"--qspi", "PART[+PART]", true,
        [](Words& w, const std::string& v) { w.single.board.external_flash.emplace_back("qspi", v); },
        "SPI flash (two: dual-flash mode) at QUADSPI or OCTOSPI1, e.g. n25q128a;\n"
        "with --flash it is kept in FILE.qspi, a second one in FILE.qspi.flash2"},
    Row{"--qspi2", "PART[+PART]", true,
        [](Words& w, const std::string& v) { w.single.board.external_flash.emplace_back("qspi2", v); },
        "the same at OCTOSPI2, kept in FILE.qspi2"},
    Row{"--board", "SPEC", false,
        [](Words& w, const std::string& v) { w.options.boards.push_back(parse_board_spec(v)); },
        "one more board, in the words of probity --virtual:\n"
        "CHIP[,probe=KIND[,serial=TEXT|hex:BYTES][,firmware=VERSION]][,flash=FILE]\n"
        "[,fault=PLAN][,voltage=MV][,dual-bank][,option:NAME=HEX]\n"
        "[,qspi:PART[+PART]][,qspi2:PART[+PART]][,stats=FILE|-];\n"
        "may be repeated. "
        "Without probe= it has a stlink-v2-1 and a cmsis-dap-v2"},
    Row{"--serve", "KIND:PORT", false,
        [](Words& w, const std::string& v) { w.options.serve.push_back(parse_serve(v)); },
        "may be repeated; port 0 takes any free one. KIND is\n"
        "stlink-server, cmsis-dap-tcp, remote-bitbang: the first board\n"
        "usbip: all probes of all boards as USB devices 1-1, 1-2, ...\n"
        "control: lines list, unplug BUSID, plug BUSID, power-cycle BUSID, save"},
    Row{"--bind", "ADDRESS", false, [](Words& w, const std::string& v) { w.options.bind = v; },
        "listen there (default 127.0.0.1); whoever reaches a port may use the boards"},
    Row{"--pace", "real|fast", false, [](Words& w, const std::string& v) { w.pace = parse_pace(v); },
        "let virtual time pass on the wall clock, or run ahead of it (default fast)"},
    Row{"--help", "", false, [](Words& w, const std::string&) { w.options.help = true; }, "print this"},
};

const Row& find_row(std::string_view word) {
  if (word == "-h") word = "--help";
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.name == word; });
  if (row == kRows.end()) throw UsageError(fmt::format("unknown option '{}'; see --help", word));
  return *row;
}

bool is_stlink(const std::string& kind) { return kind.starts_with("stlink"); }

void check(const Options& options) {
  if (options.help) return;
  if (options.boards.empty()) throw UsageError("--chip or --board is missing");
  require_own_flash_files(options.boards);
  if (options.serve.empty()) throw UsageError("--serve is missing");
  const auto& probes = options.boards.front().probes;
  for (const auto& serve : options.serve) {
    if (serve.kind == "stlink-server" && std::none_of(probes.begin(), probes.end(), is_stlink)) {
      throw UsageError(
          fmt::format("--serve stlink-server needs an ST-LINK, not {}", fmt::join(probes, ", ")));
    }
  }
}

Options finish(Words words) {
  Options options = std::move(words.options);
  if (!words.single.board.chip.empty()) {
    options.boards.insert(options.boards.begin(), std::move(words.single));
  } else if (!words.company.empty()) {
    throw UsageError(fmt::format("{} belongs to --chip, which is missing", words.company));
  }
  for (auto& spec : options.boards) spec.board.pace = words.pace;
  check(options);
  return options;
}

}  // namespace

Options parse_options(std::span<const char* const> words) {
  Words found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Row& row = find_row(words[i]);
    const bool takes_value = !row.value.empty();
    if (takes_value && i + 1 == words.size()) throw UsageError(fmt::format("{} needs a value", row.name));
    if (row.of_chip && found.company.empty()) found.company = row.name;
    row.apply(found, takes_value ? words[++i] : "");
  }
  return finish(std::move(found));
}

std::string help_text() {
  constexpr std::size_t kColumn = 24;
  std::string text = "vboard: virtual probes and chips, served to other programs\n\n";
  for (const Row& row : kRows) {
    std::string left = fmt::format("  {} {}", row.name, row.value);
    std::string_view help = row.help;
    while (true) {
      const std::size_t end = help.find('\n');
      text += fmt::format("{:<{}}{}\n", left, kColumn, help.substr(0, end));
      if (end == std::string_view::npos) break;
      help.remove_prefix(end + 1);
      left.clear();
    }
  }
  return text + fmt::format(
                    "\nchips   {}\nprobes  {}\n\n"
                    "Prints \"listening on PORT for KIND\" for each server; ends on SIGTERM or SIGINT.\n",
                    fmt::join(Board::chip_patterns(), ", "), fmt::join(probe_kinds(), ", "));
}

}  // namespace probity::vboard
