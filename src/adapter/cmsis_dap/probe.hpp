// Probe: CMSIS-DAP commands over a PacketPipe: one at a time, or several in flight.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "adapter/cmsis_dap/messages.hpp"
#include "adapter/cmsis_dap/packet_pipe.hpp"
#include "base/log.hpp"

namespace probity::cmsis_dap {

// What the probe says about itself (DAP_Info).
struct ProbeFacts {
  std::string firmware_version, serial;
  std::uint32_t capabilities = 0;  // DAP_Info 0xF0, bit 0 SWD, bit 1 JTAG …
  std::size_t packet_size = 64, packet_count = 1;
};

// Errors of all calls: AdapterError, TimeoutError. After one, late answers are thrown away before the next
// command goes out.
class Probe {
 public:
  Probe(std::unique_ptr<PacketPipe> pipe, Log& log) : pipe_(std::move(pipe)), log_(log) {}

  // Empties the pipe and reads the facts; must come first.
  void open();
  const ProbeFacts& facts() const { return facts_; }
  bool exact_length() const { return pipe_->exact_length(); }

  // Sends `message` and gives its answer to the message's parse().
  template <typename Message>
  auto execute(const Message& message, Milliseconds timeout = Milliseconds(1000)) {
    return guarded([&] {
      pipe_->send(message.encode());
      const Bytes response = pipe_->receive(timeout);
      return message.parse(response);
    });
  }

  // Commands 0 … count-1, as many in flight as the probe takes. answer(i, response) comes in order; when it
  // returns false no further command is sent, but those in flight are still answered.
  void pipeline(std::size_t count, const std::function<Bytes(std::size_t)>& encode,
                const std::function<bool(std::size_t, ByteView)>& answer, Milliseconds timeout);

 private:
  template <typename Body>
  auto guarded(Body body) {
    if (out_of_step_) drain(pipe_->quiet_time());
    out_of_step_ = true;
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      out_of_step_ = false;
    } else {
      auto result = body();
      out_of_step_ = false;
      return result;
    }
  }
  // Throws away what comes until nothing has come for `quiet`.
  void drain(Milliseconds quiet);
  std::uint32_t first_info(InfoId id, std::optional<std::size_t> length);
  void read_sizes(bool strict);

  std::unique_ptr<PacketPipe> pipe_;
  Log& log_;
  ProbeFacts facts_;
  bool out_of_step_ = false;  // answers to earlier commands may still come
};

}  // namespace probity::cmsis_dap
