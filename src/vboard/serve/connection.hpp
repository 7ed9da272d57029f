// One client's talk with a server, without the socket: bytes in, bytes out.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/units.hpp"

namespace probity::vboard {

// A request that the protocol does not know; what() names it. The connection ends.
struct ProtocolError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Connection {
 public:
  virtual ~Connection() = default;
  // Takes the complete requests from the front of `input` and appends their replies to `output`; an
  // incomplete request stays in `input`. Returns false when the client asked for the connection's end. Throws
  // ProtocolError.
  virtual bool serve(Bytes& input, Bytes& output) = 0;
};

// Ends the connection it was given for, at once, and says why; nothing where it has ended. Not to be called
// from that connection's own serve().
using HangUp = std::function<void(const std::string& why)>;
using ConnectionFactory = std::function<std::unique_ptr<Connection>(HangUp)>;

}  // namespace probity::vboard
