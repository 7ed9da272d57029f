// The telnet port: somebody types commands.
#pragma once

#include <filesystem>
#include <string>

#include "base/log.hpp"
#include "server/connection.hpp"
#include "server/console.hpp"
#include "server/telnet/line_editor.hpp"
#include "server/telnet/telnet_parser.hpp"

namespace probity::server {

class TelnetSession final : public Client {
 public:
  // `history` is where the lines are kept; empty: nowhere. All must outlive it.
  TelnetSession(Connection& connection, Console& console, const std::filesystem::path& history);
  ~TelnetSession() override;
  void received(std::string_view& bytes) override;

 private:
  void run(const std::string& line);
  void show_history();
  void logged(const Log::Text& text);
  void print(std::string_view text);
  void prompt();
  void refuse_http();
  void leave();

  Connection& connection_;
  Console& console_;
  const std::filesystem::path& history_path_;
  TelnetParser parser_;
  LineEditor editor_;
  CommandSource source_;
  int log_listener_;
  bool running_ = false;  // a command of its own
  bool left_ = false;
};

}  // namespace probity::server
