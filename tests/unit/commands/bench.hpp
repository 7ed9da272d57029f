// A session on a virtual board, with an interpreter, whose log lines are kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/interpreter.hpp"
#include "transport/host.hpp"
#include "vboard/virtual_host.hpp"

namespace probity {

class Bench {
 public:
  explicit Bench(std::string_view spec = "stm32f407vg")
      : board(spec),
        tcp(make_asio_tcp()),
        log(board.clock()),
        session(Host{board.usb(), board.hid(), *tcp, board.clock()}, log),
        interpreter(session) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel level, std::string_view line) {
      lines.emplace_back(line);
      if (level == LogLevel::error) errors.emplace_back(line);
    });
    interpreter.search_path().add(PROBITY_SOURCE_DIR);
    interpreter.search_path().add(PROBITY_SOURCE_DIR "/tcl");
  }

  // The result; a failure is "error: TEXT", leaving the scripts is "leave".
  std::string tcl(const std::string& script) {
    const Interpreter::Result result = interpreter.eval(script);
    switch (result.outcome) {
      case Interpreter::Outcome::ok:
        return result.text;
      case Interpreter::Outcome::error:
        return "error: " + result.text;
      case Interpreter::Outcome::leave:
        return "leave";
    }
    return {};
  }

  // Everything that `interface` and `target` files set up, before init.
  void configure(const std::string& interface = "stlink", const std::string& target = "stm32f4x") {
    const std::string result =
        tcl("script interface/" + interface + ".cfg; script target/" + target + ".cfg");
    if (result.starts_with("error:")) throw std::runtime_error(result);
  }

  bool printed(std::string_view text) const {
    for (const std::string& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }

  vboard::VirtualHost board;
  std::unique_ptr<TcpConnector> tcp;
  Log log;
  Session session;
  Interpreter interpreter;
  std::vector<std::string> lines, errors;
};

}  // namespace probity
