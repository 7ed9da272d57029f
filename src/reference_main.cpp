// Fills a template's marks from the rows: man pages, the page of HTML and completions, made by the build and
// not installed itself.
//   reference TEMPLATE OUTPUT [NAME=VALUE …]
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "commands/command_line.hpp"
#include "commands/interpreter.hpp"
#include "commands/reference.hpp"
#include "commands/target_options.hpp"
#include "server/server_commands.hpp"
#include "vboard/board.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/serve/options.hpp"
#include "vboard/virtual_host.hpp"

namespace {

using namespace probity;

std::map<std::string, Topic> target_topics() {
  std::map<std::string, Topic> all;
  for (const CommandRow& row : target_object_rows()) {
    all[std::string(row.name)] = {std::string(row.usage), std::string(row.help), row.mode};
  }
  return all;
}

Marks make_marks(const Interpreter& interpreter) {
  const auto all = topics(interpreter);
  const std::span<const OptionRow> options = command_line_options();
  const auto chips = vboard::Board::chip_names(), probes = vboard::probe_kinds();
  return {
      {"OPTIONS", roff::options(options)},
      {"COMMANDS", roff::commands(all)},
      {"TARGET_COMMANDS", roff::commands(target_topics())},
      {"LEFT_OUT", roff::left_out(left_out_commands())},
      {"HTML_OPTIONS", html::options(options)},
      {"HTML_INDEX", html::index(all)},
      {"HTML_COMMANDS", html::commands(all)},
      {"HTML_TARGET_COMMANDS", html::commands(target_topics(), "target-")},
      {"HTML_LEFT_OUT", html::left_out(left_out_commands())},
      {"HTML_CHIPS", html::escape(fmt::format("{}", fmt::join(chips, ", ")))},
      {"CHIP_LIST", wrap(roff::literal(fmt::format("{}", fmt::join(chips, ", "))), 0, 0)},
      {"PROBE_LIST", roff::literal(fmt::format("{}", fmt::join(probes, ", ")))},
      {"VBOARD_OPTIONS", roff::help_options(vboard::help_text())},
      {"OPTION_WORDS", shell::option_words(options)},
      {"BASH_CASES", shell::bash_cases(options)},
      {"ZSH_SPECS", shell::zsh_specs(options)},
      {"COMMAND_NAMES", shell::command_names(all)},
      {"CHIPS", fmt::format("{}", fmt::join(chips, " "))},
      {"PROBES", fmt::format("{}", fmt::join(probes, " "))},
  };
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(fmt::format("{} cannot be read", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

void make(const std::vector<std::string>& words) {
  if (words.size() < 2) throw UsageError("usage: reference TEMPLATE OUTPUT [NAME=VALUE ...]");
  // The rows want a session; no probe is opened.
  vboard::VirtualHost board(vboard::Board::chip_names().front());
  const auto tcp = make_asio_tcp();
  Log log(board.clock());
  const Host host{board.usb(), board.hid(), *tcp, board.clock()};
  Session session(host, log);
  server::Settings settings;
  const Interpreter interpreter(session, server::all_server_rows(settings));
  Marks marks = make_marks(interpreter);
  for (const std::string& word : std::span(words).subspan(2)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) throw UsageError(fmt::format("'{}' is not NAME=VALUE", word));
    marks[word.substr(0, equals)] = word.substr(equals + 1);
  }
  std::ofstream out(words[1], std::ios::binary);
  out << fill_marks(read(words[0]), marks) << std::flush;
  if (!out) throw ConfigError(fmt::format("{} cannot be written", words[1]));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    make({argv + 1, argv + argc});
    return EXIT_SUCCESS;
  } catch (const Error& e) {
    fmt::print(stderr, "reference: {}\n", e.describe());
  } catch (const std::exception& e) {
    fmt::print(stderr, "reference: {}\n", e.what());
  }
  return EXIT_FAILURE;
}
