#include "server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio.hpp>
#include <vector>

#include "base/clock.hpp"
#include "server/byte_service.hpp"
#include "server/console.hpp"
#include "server/listener.hpp"
#include "server/tcl/tcl_session.hpp"
#include "server/telnet/history_file.hpp"
#include "server/telnet/telnet_session.hpp"

namespace probity::server {

namespace {

// How late a signal may be noticed: its handler only leaves a mark.
constexpr Nanoseconds kLook = Milliseconds(20);
// A virtual board's time goes on in pieces, so that a client's bytes do not wait for it for long; one that
// computes slower than time passes falls behind.
constexpr Nanoseconds kPiece = Milliseconds(2), kMostBehind = Milliseconds(20), kNoise = Microseconds(500);

}  // namespace

struct Server::Impl {
  Impl(Session& session_, Interpreter& interpreter, ServerSettings& settings_, Interrupt& interrupt_)
      : session(session_),
        settings(settings_),
        interrupt(interrupt_),
        console(interpreter, settings.running),
        premises{io, session.log(), [this](const Error& e) { session.report(e); },
                 [this] {
                   if (!session.shutdown_requested()) session.request_shutdown(0);
                 },
                 room_for_clients()},
        bytes(premises),
        tcl(session),
        history(history_path()) {}

  bool over() const { return interrupt.pending() || session.shutdown_requested(); }
  const asio::ip::address& address();
  void turn();
  Nanoseconds behind();
  void let_time_pass();

  Session& session;
  ServerSettings& settings;
  Interrupt& interrupt;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  Console console;
  Premises premises;
  ByteServices bytes;
  TclSubscribers tcl;
  std::filesystem::path history;
  std::optional<asio::ip::address> bound;
  std::vector<std::unique_ptr<Listener>> listeners;
  SystemClock wall;
  std::optional<Nanoseconds> ahead;  // of the session's clock: the wall's, when both are together
};

Server::Server(Session& session, Interpreter& interpreter, ServerSettings& settings, Interrupt& interrupt)
    : impl_(std::make_unique<Impl>(session, interpreter, settings, interrupt)) {
  session.open_tcp_service = [this](const TcpServiceRequest& request) {
    return impl_->bytes.open(impl_->address(), request);
  };
}

Server::~Server() {
  impl_->session.close_tcp_services();
  impl_->session.open_tcp_service = nullptr;
}

const asio::ip::address& Server::Impl::address() {
  if (!bound) bound = resolve_bind_address(io, settings.bindto);
  return *bound;
}

void Server::open(Service service) {
  if (service.port == "disabled") {
    impl_->session.log().info("{} server disabled", service.name);
    return;
  }
  impl_->listeners.push_back(
      std::make_unique<Listener>(impl_->premises, impl_->address(), std::move(service)));
}

void Server::close(std::string_view service) {
  std::erase_if(impl_->listeners, [service](const auto& listener) { return listener->name() == service; });
}

void Server::open_consoles() {
  Impl& impl = *impl_;
  open({"tcl", impl.settings.tcl_port, 0, [&impl](Connection& connection) {
          return std::make_unique<TclSession>(connection, impl.console, impl.tcl);
        }});
  open({"telnet", impl.settings.telnet_port, 0, [&impl](Connection& connection) {
          return std::make_unique<TelnetSession>(connection, impl.console, impl.history);
        }});
}

void Server::run() {
  while (!impl_->over()) {
    try {
      impl_->turn();
    } catch (const LeaveScripts&) {
      // An event's body said `shutdown`.
    }
  }
}

void Server::Impl::turn() {
  Nanoseconds wait = std::min(session.tasks().next_due().value_or(kLook), kLook);
  if (behind() >= kNoise) wait = Nanoseconds(0);
  if (wait > Nanoseconds(0)) {
    io.run_one_for(wait);
  } else {
    io.poll_one();
  }
  if (over()) return;
  let_time_pass();
  session.tasks().run_due();
}

// Of a virtual board only sleep() moves the time: it is to pass as fast as on the wall, but for what commands
// made it pass already. A real clock is never behind by more than it takes to ask both.
Nanoseconds Server::Impl::behind() {
  const Nanoseconds now = wall.now() - session.clock().now();
  if (!ahead) ahead = now;
  ahead = std::clamp(*ahead, now - kMostBehind, now);
  return now - *ahead;
}

void Server::Impl::let_time_pass() {
  if (const Nanoseconds late = behind(); late >= kNoise) session.clock().sleep(std::min(late, kPiece));
}

}  // namespace probity::server
