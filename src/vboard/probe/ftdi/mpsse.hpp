// The MPSSE of one channel: its commands (FTDI AN_108), executed clock by clock. What is no command is
// answered 0xFA and the byte.
#pragma once

#include <string>
#include <vector>

#include "vboard/probe/ftdi/model.hpp"
#include "vboard/probe/ftdi/wiring.hpp"

namespace probity::vboard::ftdi {

class Mpsse {
 public:
  // Both must outlive it.
  Mpsse(const Model& model, Pins& pins) : chip_(model.chip), connector_(model.wiring, pins), pins_(pins) {}

  // As after power-up: pins are inputs, buffers empty.
  void reset();
  void receive(ByteView bytes);
  // Executes what was received until a command is incomplete or there is no room for its answer.
  void run();
  void purge_received() { received_.clear(); }
  void purge_answers() { answers_.clear(); }

  // Received and not executed, for want of room.
  bool is_stuck() const { return stalled_ && received_.size() > chip_.from_host; }
  std::size_t answers_waiting() const { return answers_.size(); }
  // The first `count` of them.
  Bytes take_answers(std::size_t count);
  // A "send immediate" was executed since this was asked last.
  bool take_send_immediate() { return std::exchange(send_immediate_, false); }
  // Commands that a host should not send, in words, since this was asked last.
  std::vector<std::string> take_errors() { return std::exchange(errors_, {}); }

 private:
  std::size_t length_of_command() const;
  std::size_t answer_of_command() const;
  void execute(ByteView command);
  void execute_setting(ByteView command);
  void shift(ByteView command);
  void shift_tms(ByteView command);
  void pulse(std::size_t count);
  bool clock(std::uint8_t opcode, bool tdi, bool writes);
  void bad_command(std::uint8_t code);
  void set_pins(unsigned shift, ByteView command);
  void apply_clock();
  void answer(std::uint8_t byte) { answers_.push_back(byte); }

  const Chip& chip_;
  Connector connector_;
  Pins& pins_;
  Bytes received_, answers_;
  std::uint16_t levels_ = 0, directions_ = 0, divisor_ = 0;
  bool divide_by_5_ = true, loopback_ = false, send_immediate_ = false, stalled_ = false;
  std::vector<std::string> errors_;
};

}  // namespace probity::vboard::ftdi
