#include "server/console.hpp"

#include <utility>

namespace probity::server {

class Console::Turn {
 public:
  Turn(CommandSource*& running, CommandSource& source)
      : running_(running), before_(std::exchange(running, &source)) {}
  ~Turn() { running_ = before_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  CommandSource*& running_;
  CommandSource* before_;
};

Console::Console(Interpreter& interpreter, CommandSource*& running)
    : interpreter_(interpreter), running_(running) {
  interpreter_.exit_console = [this] {
    if (!running_) return false;
    running_->leaves = true;
    return true;
  };
}

Console::~Console() { interpreter_.exit_console = nullptr; }

void Console::run(CommandSource& source, const std::string& script,
                  const std::function<void(std::string_view)>& show) {
  const Turn turn(running_, source);
  interpreter_.run_for(script, show);
}

std::string Console::answer(CommandSource& source, const std::string& script) {
  const Turn turn(running_, source);
  return interpreter_.eval(script).text;
}

}  // namespace probity::server
