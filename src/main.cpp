// argv → Session → run → exit status.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/interrupt.hpp"
#include "commands/command_line.hpp"
#include "commands/version.hpp"
#include "server/run.hpp"
#include "transport/host.hpp"
#include "vboard/virtual_host.hpp"

namespace {

std::optional<std::string> virtual_board(const probity::CommandLine& line) {
  if (line.virtual_board) return line.virtual_board;
  const char* variable = std::getenv("PROBITY_VIRTUAL");
  return variable && *variable ? std::optional<std::string>(variable) : std::nullopt;
}

int run_on_virtual_board(const probity::CommandLine& line, const std::string& spec,
                         probity::Interrupt& interrupt) {
  probity::vboard::VirtualHost board(spec);
  const auto tcp = probity::make_asio_tcp();
  probity::InterruptibleClock clock(board.clock(), interrupt);
  probity::Log log(clock);
  const probity::Host host{board.usb(), board.hid(), *tcp, clock, &board.gpio()};
  const int status = probity::run(line, host, log, probity::search_environment(), interrupt);
  board.finish();
  return status;
}

int run_on_bench(const probity::CommandLine& line, probity::Interrupt& interrupt) {
  const auto usb = probity::make_libusb_bus();
  const auto hid = probity::make_hidapi_bus();
  const auto tcp = probity::make_asio_tcp();
  const auto gpio = probity::make_linux_gpio();
  probity::SystemClock system_clock;
  probity::InterruptibleClock clock(system_clock, interrupt);
  probity::Log log(clock);
  const probity::Host host{*usb, *hid, *tcp, clock, gpio.get()};
  return probity::run(line, host, log, probity::search_environment(), interrupt);
}

int run_program(int argc, char** argv, probity::Interrupt& interrupt) {
  fmt::print(stderr, "{}\n", probity::banner());
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const probity::CommandLine line = probity::parse_command_line(words);
    if (line.help) {
      fmt::print(stderr, "{}", probity::command_line_help());
      return EXIT_SUCCESS;
    }
    if (line.version) return EXIT_SUCCESS;
    const auto board = virtual_board(line);
    return board ? run_on_virtual_board(line, *board, interrupt) : run_on_bench(line, interrupt);
  } catch (const probity::Error& e) {
    fmt::print(stderr, "Error: {}\n", e.describe());
  } catch (const std::exception& e) {
    fmt::print(stderr, "Error: {}\n", e.what());
  }
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  probity::Interrupt interrupt;
  int status = EXIT_FAILURE;
  {
    const probity::SignalHandlers handlers(interrupt);
    status = run_program(argc, argv, interrupt);
  }
  if (interrupt.confirmed()) probity::end_by_signal(interrupt.signal());
  return status;
}
