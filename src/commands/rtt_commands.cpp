// rtt …: OpenOCD 0.12.0's words and answers.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string setup(const Call& call) {
  args::expect(call.args, 2, 3);
  RttSettings settings{{args::address(call.args[0]), args::number32(call.args[1])}};
  if (call.args.size() == 3) settings.id = call.args[2];
  call.session.rtt().setup(settings);
  return {};
}

std::string start(const Call& call) {
  args::expect(call.args, 0, 0);
  call.session.rtt().start();
  return {};
}

std::string stop(const Call& call) {
  args::expect(call.args, 0, 0);
  call.session.rtt().stop();
  return {};
}

std::string polling_interval(const Call& call) {
  args::expect(call.args, 0, 1);
  RttService& rtt = call.session.rtt();
  if (call.args.empty()) return fmt::format("{} ms\n", rtt.interval().count());
  rtt.set_interval(args::milliseconds(call.args[0]));
  return {};
}

std::string channels(const Call& call) {
  args::expect(call.args, 0, 0);
  Rtt& rtt = call.session.rtt().channels();
  const RttControlBlock block = rtt.control_block();
  std::string text = fmt::format("Channels: up={}, down={}\n", block.up.size(), block.down.size());
  const auto list = [&](std::string_view title, const std::vector<RttRing>& rings) {
    text += fmt::format("{}:\n", title);
    for (const RttRing& ring : rings) {
      if (!ring.in_use()) continue;
      text += fmt::format("{}: {} {} {}\n", ring.number, rtt.name_of(ring), ring.size, ring.flags);
    }
  };
  list("Up-channels", block.up);
  list("Down-channels", block.down);
  return text;
}

// The same as a Tcl list of two lists of dictionaries.
std::string channel_list(const Call& call) {
  args::expect(call.args, 0, 0);
  Rtt& rtt = call.session.rtt().channels();
  const RttControlBlock block = rtt.control_block();
  std::vector<std::string> both;
  for (const auto* rings : {&block.up, &block.down}) {
    std::vector<std::string> all;
    for (const RttRing& ring : *rings) {
      if (!ring.in_use()) continue;
      all.push_back(
          args::list(std::vector<std::string>{"name", rtt.name_of(ring), "size", fmt::format("{}", ring.size),
                                              "flags", fmt::format("{}", ring.flags)}));
    }
    both.push_back(args::list(all));
  }
  return args::list(both);
}

std::string server_start(const Call& call) {
  args::expect(call.args, 2, 3);
  args::number(call.args[0], UINT16_MAX);
  const auto channel = static_cast<unsigned>(args::number(call.args[1], UINT32_MAX));
  call.session.rtt().open_server(call.args[0], channel, call.args.size() == 3 ? call.args[2] : "");
  return {};
}

std::string server_stop(const Call& call) {
  args::expect(call.args, 1, 1);
  if (!call.session.rtt().close_server(call.args[0])) {
    call.session.log().warn("rtt: there is no server at port {}", call.args[0]);
  }
  return {};
}

}  // namespace

std::vector<CommandRow> rtt_rows() {
  constexpr auto kExec = CommandMode::exec, kAny = CommandMode::any;
  return {
      {"rtt setup", kAny, "address size [ID]", "Where to look for RTT's control block, and its id.", setup},
      {"rtt start", kExec, "", "Searches the control block and begins to carry bytes.", start},
      {"rtt stop", kExec, "", "Carries no more bytes.", stop},
      {"rtt polling_interval", kExec, "[interval]", "How often the channels are looked at, in milliseconds.",
       polling_interval},
      {"rtt channels", kExec, "", "Lists the channels.", channels},
      {"rtt channellist", kExec, "", "The channels as a Tcl list.", channel_list},
      {"rtt server start", kAny, "port channel [message]",
       "Opens a TCP port for a channel; each client is greeted with the message.", server_start},
      {"rtt server stop", kAny, "port", "Closes it.", server_stop},
  };
}

}  // namespace probity
