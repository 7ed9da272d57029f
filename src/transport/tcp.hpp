// The TCP seam for probes behind a socket (stlink-server, CMSIS-DAP TCP, remote_bitbang). Asio (asio_tcp.cpp)
// behind it.
#pragma once

#include <memory>
#include <string>

#include "base/units.hpp"

namespace probity {

// A connected stream. AdapterError when the peer is gone, TimeoutError when it is silent too long.
class TcpStream {
 public:
  virtual ~TcpStream() = default;
  virtual void write(ByteView data) = 0;
  // Exactly `length` bytes.
  virtual Bytes read(std::size_t length, Milliseconds timeout) = 0;
};

class TcpConnector {
 public:
  virtual ~TcpConnector() = default;
  // Throws AdapterError naming host, port and reason. `host` starting with '/' is the path of a Unix-domain
  // socket.
  virtual std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port,
                                             Milliseconds timeout) = 0;
};

}  // namespace probity
