// One GDB's talk: packets in, handlers, replies out. Attaching happens at the first byte that GDB sends, so
// that a port scan or a browser does not halt the target.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/connection.hpp"
#include "server/gdb/breakpoints.hpp"
#include "server/gdb/context.hpp"
#include "server/gdb/flash_program.hpp"
#include "server/gdb/link.hpp"
#include "server/gdb/memory.hpp"
#include "server/gdb/packet.hpp"
#include "server/gdb/registers.hpp"
#include "server/gdb/run_control.hpp"
#include "server/gdb/threads.hpp"

namespace probity::server::gdb {

// How many GDBs may be attached to a target at a time. It is looked at when one says its first word, not when
// it connects: by then the end of the one before is known, and one that has detached (GDB keeps the
// connection for `run`) does not count.
struct Seats {
  unsigned most = 0;  // 0: as many as come
  unsigned taken = 0;
};

class GdbClient final : public Client {
 public:
  // All must outlive it.
  GdbClient(Connection& connection, Session& session, Interpreter& interpreter, GdbSettings& settings,
            TargetEntry& entry, Seats& seats);
  ~GdbClient() override;

  void received(std::string_view& bytes) override;
  void closed() override;

 private:
  // A packet is known by how it begins; the longest that fits is taken. `run` gets what follows.
  struct Row {
    std::string_view begin;
    Reply (*run)(GdbClient&, std::string_view);
  };
  static const std::vector<Row> kRows;

  void handle(const Received& received);
  bool makes_sense(const Received& received);
  void answer(std::string_view packet);
  Reply dispatch(std::string_view packet);
  Reply guarded(std::string_view packet);
  bool attach();
  bool probe_flash();
  void detach();
  void counts(bool connected);
  void drop(std::string_view why);

  Reply supported() const;
  Reply features(std::string_view range);
  Reply memory_map_piece(std::string_view range);
  Reply flash_packet(std::string (FlashProgram::*step)(std::string_view), std::string_view text);
  Reply monitor_packet(std::string_view hex);
  Reply detach_packet();
  Reply kill(bool answered);
  Reply restart();
  Reply run_program(std::string_view arguments);

  Link link_;
  Context context_;
  PacketReader reader_;
  Threads threads_;
  Registers registers_;
  Memory memory_;
  Breakpoints breakpoints_;
  FlashProgram flash_;
  RunControl run_;
  Seats& seats_;

  enum class State { fresh, attached, detached };
  State state_ = State::fresh;
  bool counted_ = false;   // among Session::debuggers
  bool refused_ = false;   // nothing that comes is looked at any more
  bool extended_ = false;  // extended-remote
  unsigned nonsense_ = 0;  // how much of it has come since the last packet that was right
  std::string features_, memory_map_;
};

}  // namespace probity::server::gdb
