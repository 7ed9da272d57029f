// The probe's end of the SWO wire: a UART that samples each bit in its middle, or a Manchester decoder, with
// the buffer behind it. What comes at another rate or in another code than it was set to is garbage or
// nothing, as the levels on the wire have it.
#pragma once

#include <deque>
#include <optional>

#include "base/units.hpp"
#include "vboard/board.hpp"

namespace probity::vboard {

class SwoReceiver {
 public:
  enum class Code { uart, manchester };
  struct Settings {
    Code code = Code::uart;
    Hertz baud{0};
    std::size_t buffer = 0;  // bytes
  };

  // `board` must outlive the receiver.
  explicit SwoReceiver(Board& board) : board_(board) {}
  ~SwoReceiver() { stop(); }
  SwoReceiver(const SwoReceiver&) = delete;
  SwoReceiver& operator=(const SwoReceiver&) = delete;

  // Drops what was received before.
  void start(const Settings& settings);
  void stop();
  bool active() const { return settings_.has_value(); }

  // All of these let the chip run up to now first.
  std::size_t waiting();
  // At most `limit` bytes.
  Bytes take(std::size_t limit);
  // Bytes that found no room since the last question.
  bool overrun();
  // Frames of a wrong form (stop bit, Manchester code) since the last question.
  bool stream_error();

 private:
  void listen();
  void decode_until(double end);
  void receive_uart(double begin);
  void receive_manchester(const SwoFrame& frame);
  bool level(double time) const;
  void store(std::uint8_t byte);

  Board& board_;
  std::optional<Settings> settings_;
  std::deque<SwoFrame> wire_;  // not all decoded yet
  double ready_at_ = 0;        // the UART looks for a start bit from here on
  std::deque<std::uint8_t> buffer_;
  bool overrun_ = false, stream_error_ = false;
};

}  // namespace probity::vboard
