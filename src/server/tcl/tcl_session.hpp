// The Tcl port: programs that send commands and read their results.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>

#include "server/connection.hpp"
#include "server/console.hpp"
#include "server/tcl/request_splitter.hpp"
#include "session/session.hpp"

namespace probity::server {

class TclSession;

// All clients of the Tcl port: tells those that want to know what happens to the targets. While it lives, it
// listens to the session.
class TclSubscribers {
 public:
  explicit TclSubscribers(Session& session);
  ~TclSubscribers();
  TclSubscribers(const TclSubscribers&) = delete;
  TclSubscribers& operator=(const TclSubscribers&) = delete;

  void add(TclSession& client) { clients_.insert(&client); }
  void remove(TclSession& client) { clients_.erase(&client); }

 private:
  Session& session_;
  int listener_;
  std::set<TclSession*> clients_;
};

class TclSession final : public Client {
 public:
  TclSession(Connection& connection, Console& console, TclSubscribers& subscribers);
  ~TclSession() override;
  void received(std::string_view& bytes) override;

  void event(TargetEntry& target, std::string_view name);
  void reset(std::string_view mode);
  void trace(std::span<const std::uint8_t> bytes);

 private:
  void reply(std::string text);
  void refuse_http();

  Connection& connection_;
  Console& console_;
  TclSubscribers& subscribers_;
  CommandSource::Subscriptions subscriptions_;
  CommandSource source_;
  RequestSplitter splitter_;
  TargetState last_state_ = TargetState::unknown;  // the last one that was told
};

}  // namespace probity::server
