// A TCP port that carries bytes between its clients and something of the target (an RTT channel, SWO output,
// semihosting's console). server/ makes them.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace probity {

class TcpService {
 public:
  virtual ~TcpService() = default;  // closes the port and its clients
  virtual std::uint16_t port() const = 0;
  // To every client; one that does not take it fast enough loses bytes, and is told of in the log.
  virtual void send(std::span<const std::uint8_t> bytes) = 0;
  // What the clients sent since the last call, at most `limit` bytes; the rest waits.
  virtual Bytes receive(std::size_t limit) = 0;
  virtual std::size_t clients() const = 0;
};

// `name` is for the log line "Listening on port 9090 for NAME connections"; `greeting` is sent to each new
// client. ConfigError where the port cannot be had, naming who has it.
struct TcpServiceRequest {
  std::string name;
  std::string port;  // as given by the user: a number; 0: any free one
  std::string greeting;
};
using TcpServices = std::function<std::unique_ptr<TcpService>(const TcpServiceRequest&)>;

}  // namespace probity
