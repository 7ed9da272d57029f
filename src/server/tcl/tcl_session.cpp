#include "server/tcl/tcl_session.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "server/http_request.hpp"

namespace probity::server {

TclSubscribers::TclSubscribers(Session& session)
    : session_(session),
      listener_(session.add_event_listener([this](TargetEntry& target, std::string_view name) {
        for (TclSession* client : clients_) client->event(target, name);
      })) {
  session_.on_reset = [this](TargetEntry&, std::string_view mode) {
    for (TclSession* client : clients_) client->reset(mode);
  };
  session_.on_trace_data = [this](TargetEntry&, std::span<const std::uint8_t> bytes) {
    for (TclSession* client : clients_) client->trace(bytes);
  };
}

TclSubscribers::~TclSubscribers() {
  session_.remove_event_listener(listener_);
  session_.on_reset = nullptr;
  session_.on_trace_data = nullptr;
}

TclSession::TclSession(Connection& connection, Console& console, TclSubscribers& subscribers)
    : connection_(connection), console_(console), subscribers_(subscribers), source_{&subscriptions_} {
  subscribers_.add(*this);
}

TclSession::~TclSession() { subscribers_.remove(*this); }

void TclSession::received(std::string_view& bytes) {
  RequestSplitter::Kind kind{};
  std::string text;
  if (!splitter_.next(bytes, kind, text) || console_.over()) return;
  if (kind == RequestSplitter::Kind::http) return refuse_http();
  if (kind == RequestSplitter::Kind::too_long) {
    return reply(fmt::format("line too long: a request may have {} bytes; nothing was run",
                             RequestSplitter::kLongest));
  }
  reply(console_.answer(source_, text));
  if (source_.leaves) connection_.close();
}

void TclSession::reply(std::string text) {
  text += kEndOfMessage;
  connection_.send(text);
}

void TclSession::refuse_http() {
  console_.interpreter().session().log().warn(kHttpRefused, "tcl", connection_.peer());
  connection_.close();
}

// The lines of OpenOCD 0.12.0.
void TclSession::event(TargetEntry& target, std::string_view name) {
  if (subscriptions_.events) reply(fmt::format("type target_event event {}\r\n", name));
  const TargetState state = target.target ? target.target->state() : TargetState::unknown;
  if (state == last_state_) return;
  last_state_ = state;
  if (subscriptions_.events) reply(fmt::format("type target_state state {}\r\n", name_of(state)));
}

void TclSession::reset(std::string_view mode) {
  if (subscriptions_.events) reply(fmt::format("type target_reset mode {}\r\n", mode));
}

void TclSession::trace(std::span<const std::uint8_t> bytes) {
  if (!subscriptions_.trace) return;
  std::string text = "type target_trace data ";
  for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  reply(text + "\r\n");
}

}  // namespace probity::server
