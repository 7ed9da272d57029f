// Commands as clients send them: who sent the one that runs is known while it does, so that `exit` and
// `tcl_notifications` mean that client.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "commands/interpreter.hpp"

namespace probity::server {

// One client that sends commands.
struct CommandSource {
  // What a client of the Tcl port chose by tcl_notifications and tcl_trace.
  struct Subscriptions {
    bool events = false, trace = false;
  };
  Subscriptions* subscriptions = nullptr;  // null: not on the Tcl port
  bool leaves = false;                     // it said `exit`
};

class Console {
 public:
  // `running` is where the client stands whose command runs. Both must outlive it.
  Console(Interpreter& interpreter, CommandSource*& running);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // As typed: errors go to the log, the result to `show`.
  void run(CommandSource& source, const std::string& script,
           const std::function<void(std::string_view)>& show);
  // For a program: the result, or the text of the error.
  std::string answer(CommandSource& source, const std::string& script);

  Interpreter& interpreter() { return interpreter_; }
  // A command said that the whole program is to end.
  bool over() const { return interpreter_.session().shutdown_requested().has_value(); }

 private:
  class Turn;
  Interpreter& interpreter_;
  CommandSource*& running_;
};

}  // namespace probity::server
