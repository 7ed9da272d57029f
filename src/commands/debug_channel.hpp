// DebugChannel: messages that a running program sends through DCRDR (`target_request debugmsgs`), in the form
// of OpenOCD's libdcc: the low halfword holds a byte and a busy bit; four bytes are a request, and words may
// follow it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "session/session.hpp"

namespace probity {

// Trace points of `trace point`, and the last numbers that came.
struct TracePoints {
  struct Point {
    std::uint32_t number;
    std::uint64_t hits = 0;
  };
  std::vector<Point> points;
  std::optional<std::size_t> history_size;  // nothing: not kept
  std::deque<std::uint32_t> history;        // the oldest first

  void hit(std::uint32_t number);
};

class DebugChannel {
 public:
  enum class Mode { off, messages, characters };

  Mode mode() const { return mode_; }
  // From now on, for this target. Messages are user lines of the log.
  void set_mode(Mode mode, TargetEntry& entry);
  TargetEntry* entry() const { return entry_; }
  TracePoints& trace() { return trace_; }

  // One look at the target; nothing unless it runs. Errors of MemPort.
  void look(Session& session);

 private:
  std::optional<std::uint8_t> take_byte(MemPort& memory);
  std::optional<std::uint32_t> take_word(Session& session, MemPort& memory);
  void answer(Session& session, MemPort& memory, std::uint32_t request);
  void show_text(Session& session, MemPort& memory, std::size_t length);
  void show_numbers(Session& session, MemPort& memory, std::size_t size, std::size_t count);

  Mode mode_ = Mode::off;
  TargetEntry* entry_ = nullptr;
  TracePoints trace_;
};

}  // namespace probity
