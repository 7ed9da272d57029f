// TcpService over a Listener: bytes of the target to all clients, and theirs to it.
#pragma once

#include <memory>
#include <vector>

#include "server/listener.hpp"
#include "session/tcp_service.hpp"

namespace probity::server {

// Those that are open. What it hands out may outlive it, and then has no clients any more.
class ByteServices {
 public:
  // `premises` must outlive it.
  explicit ByteServices(Premises& premises) : premises_(premises) {}
  ~ByteServices();
  ByteServices(const ByteServices&) = delete;
  ByteServices& operator=(const ByteServices&) = delete;

  // ConfigError where the port cannot be had.
  std::unique_ptr<TcpService> open(const asio::ip::address& address, const TcpServiceRequest& request);

 private:
  class Crowd;
  class Service;
  Premises& premises_;
  std::vector<std::weak_ptr<Crowd>> crowds_;
};

}  // namespace probity::server
