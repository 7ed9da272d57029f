#include "server/gdb/client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "server/gdb/memory_map.hpp"
#include "server/gdb/monitor.hpp"
#include "server/gdb/target_description.hpp"
#include "server/gdb/text.hpp"
#include "server/http_request.hpp"

namespace probity::server::gdb {

namespace {
constexpr unsigned kMostNonsense = 64;  // broken packets in a row
}  // namespace

GdbClient::GdbClient(Connection& connection, Session& session, Interpreter& interpreter,
                     GdbSettings& settings, TargetEntry& entry, Seats& seats)
    : link_(connection),
      context_{session, interpreter, settings, entry, link_},
      threads_(context_),
      registers_(context_, threads_),
      memory_(context_),
      breakpoints_(context_),
      flash_(context_),
      run_(context_, registers_, breakpoints_, threads_),
      seats_(seats) {}

GdbClient::~GdbClient() { counts(false); }

void GdbClient::drop(std::string_view why) {
  refused_ = true;
  context_.session.log().error("{}: {}, dropping the connection", link_.connection().peer(), why);
  link_.connection().close();
}

void GdbClient::received(std::string_view& bytes) {
  if (const auto found = reader_.next(bytes); found && !refused_) handle(*found);
}

void GdbClient::handle(const Received& received) {
  using Kind = Received::Kind;
  if (received.kind == Kind::http) {
    refused_ = true;
    context_.session.log().error(kHttpRefused, "gdb", link_.connection().peer());
    return link_.connection().close();
  }
  if (state_ == State::fresh && !attach()) return;
  if (!makes_sense(received)) return drop("nothing but broken packets comes");
  switch (received.kind) {
    case Kind::packet:
      link_.acknowledge(true);
      answer(received.text);
      break;
    case Kind::too_long:
      link_.acknowledge(true);
      context_.session.log().error("gdb sent a packet of more than {} bytes: '{}...'", kPacketSize,
                                   received.text);
      link_.send(kBadRequest);
      break;
    case Kind::bad_checksum:
      link_.acknowledge(false);
      break;
    case Kind::ack:
    case Kind::nak:
      link_.acknowledged(received.kind == Kind::ack);
      break;
    case Kind::interrupt:
      guarded("\x03");
      break;
    case Kind::http:
      break;
  }
}

// TCP loses and changes nothing: who sends broken packets again and again is no GDB.
bool GdbClient::makes_sense(const Received& received) {
  using Kind = Received::Kind;
  const bool broken = received.kind == Kind::bad_checksum || received.kind == Kind::too_long ||
                      (received.kind == Kind::interrupt && !run_.waiting());
  if (received.kind == Kind::packet) nonsense_ = 0;
  return !broken || ++nonsense_ < kMostNonsense;
}

void GdbClient::answer(std::string_view packet) {
  const Reply reply = guarded(packet);
  if (reply && !refused_) link_.send(*reply);
}

Reply GdbClient::guarded(std::string_view packet) {
  try {
    return dispatch(packet);
  } catch (BadRequest& e) {
    e.add_context(fmt::format("gdb sent '{}'", escaped(packet.substr(0, 32))));
    context_.session.report(e);
    return std::string(kBadRequest);
  } catch (const Error& e) {
    context_.session.report(e);
    return std::string(kFault);
  } catch (const LeaveScripts&) {
    return "OK";  // `monitor shutdown`: the event loop ends next
  }
}

Reply GdbClient::dispatch(std::string_view packet) {
  if (packet == "\x03") {
    run_.interrupt();
    return {};
  }
  const Row* best = nullptr;
  for (const Row& row : kRows) {
    if (packet.starts_with(row.begin) && (!best || row.begin.size() > best->begin.size())) best = &row;
  }
  if (!best) return std::string();
  return best->run(*this, packet.substr(best->begin.size()));
}

// False: refused.
bool GdbClient::attach() {
  Session& session = context_.session;
  if (!context_.target().examined()) {
    drop(fmt::format("Target {} not examined yet, refuse gdb connection", context_.entry.name));
    return false;
  }
  if (seats_.most != 0 && seats_.taken >= seats_.most) {
    refused_ = true;
    session.log().error("rejected 'gdb' connection from {}, no more connections allowed",
                        link_.connection().peer());
    link_.connection().close();
    return false;
  }
  state_ = State::attached;
  ++seats_.taken;
  counts(true);
  context_.fire("gdb-attach");
  if (session.shutdown_requested()) return false;
  if (context_.settings.memory_map && !probe_flash()) return false;
  const TargetState now = context_.target().state();
  session.log().debug("New GDB Connection: {}, Target {}, state: {}", link_.connection().peer(),
                      context_.entry.name, name_of(now));
  if (now != TargetState::halted) {
    session.log().warn("GDB connection {} on target {} not halted", link_.connection().peer(),
                       context_.entry.name);
  }
  return true;
}

bool GdbClient::probe_flash() {
  try {
    for (FlashBank* bank : context_.session.usable_banks_of(context_.target())) {
      if (!bank->probed()) bank->probe();
    }
    return true;
  } catch (const Error& e) {
    context_.session.report(e);
  }
  drop(
      "Connect failed. Consider setting up a gdb-attach event for the target to prepare target for GDB "
      "connect, or use 'gdb_memory_map disable'.");
  return false;
}

void GdbClient::detach() {
  if (state_ != State::attached) return;
  state_ = State::detached;
  --seats_.taken;
  run_.forget();
  breakpoints_.remove_all();
  if (flash_.pending()) {
    context_.session.log().warn("GDB went before vFlashDone: what it erased and wrote was not done");
  }
  context_.fire("gdb-end");
  context_.fire("gdb-detach");
}

void GdbClient::closed() {
  refused_ = true;
  detach();
  counts(false);
}

// From the first word to the end of the connection: who has detached may come back to the program.
void GdbClient::counts(bool connected) {
  if (counted_ == connected) return;
  counted_ = connected;
  connected ? ++context_.session.debuggers : --context_.session.debuggers;
}

Reply GdbClient::supported() const {
  const bool flash = !context_.session.usable_banks_of(context_.target()).empty();
  return fmt::format(
      "PacketSize={:x};qXfer:memory-map:read{};qXfer:features:read{};qXfer:threads:read+;QStartNoAckMode+;"
      "vContSupported+",
      kPacketSize, context_.settings.memory_map && flash ? '+' : '-',
      context_.settings.target_description ? '+' : '-');
}

namespace {

std::string piece(const std::string& document, Fields range) {
  const std::uint64_t offset = range.number();
  range.expect(',');
  return chunk(document, offset, range.number());
}

}  // namespace

Reply GdbClient::features(std::string_view range) {
  Fields fields(range);
  const std::string_view annex = fields.until(':');
  if (annex != "target.xml") return "E00";  // GDB manual, E.4: no such annex
  features_ = target_description(context_.target().registers());
  return piece(features_, fields);
}

Reply GdbClient::memory_map_piece(std::string_view range) {
  Fields fields(range);
  if (memory_map_.empty() || fields.rest().starts_with("0,")) {
    const auto banks = context_.session.usable_banks_of(context_.target());
    memory_map_ = memory_map(views_of(banks));
  }
  return piece(memory_map_, fields);
}

// The program runs on, unless the user's gdb-detach event decides.
Reply GdbClient::detach_packet() {
  detach();
  Target& target = context_.target();
  if (!context_.has_event("gdb-detach") && target.state() == TargetState::halted)
    context_.session.resume(context_.entry);
  return "OK";
}

// Nothing is answered where GDB is not to program flash: GDB then takes it for memory like any other.
Reply GdbClient::flash_packet(std::string (FlashProgram::*step)(std::string_view), std::string_view text) {
  if (!context_.settings.flash_program) return std::string();
  return (flash_.*step)(text);
}

Reply GdbClient::monitor_packet(std::string_view hex) {
  breakpoints_.settle();
  std::string reply = monitor(context_, hex, run_.sync_next);
  threads_.forget();
  return reply;
}

Reply GdbClient::kill(bool answered) {
  run_.forget();
  breakpoints_.remove_all();
  if (extended_) {
    run_.killed = true;
    return answered ? Reply("OK") : Reply();
  }
  link_.send("OK");
  refused_ = true;
  link_.connection().close();
  return {};
}

Reply GdbClient::restart() {
  if (state_ == State::detached && !attach()) return {};  // extended-remote: `run` after `detach`
  breakpoints_.settle();
  run_.killed = false;
  threads_.forget();
  const std::vector<std::string> words{"ocd_gdb_restart", context_.entry.name};
  const Interpreter::Result result = context_.interpreter.call(words);
  if (result.outcome == Interpreter::Outcome::error) {
    throw TargetError(fmt::format("restarting {}: {}", context_.entry.name, result.text));
  }
  return {};
}

// "FILE;ARGUMENT;…" in hexadecimal: the program's command line, as semihosting gives it to the program.
Reply GdbClient::run_program(std::string_view arguments) {
  std::vector<std::string> words{"arm", "semihosting_cmdline"};
  for (Fields fields(arguments); !fields.empty();) {
    const std::size_t end = fields.rest().find(';');
    const std::string_view word = fields.rest().substr(0, end);
    words.push_back(text_from_hex(word));
    fields.skip(word);
    fields.skip(";");
  }
  words.erase(words.begin() + 2, words.begin() + std::min<std::ptrdiff_t>(3, std::ssize(words)));
  if (words.size() > 2) {
    const Session::CurrentTargetScope current(context_.session, context_.entry);
    context_.interpreter.call(words);
  }
  restart();
  return "S00";
}

}  // namespace probity::server::gdb
