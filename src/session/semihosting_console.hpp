// A program's console behind a TCP port (`arm semihosting_redirect tcp`).
#pragma once

#include <memory>

#include "session/tcp_service.hpp"
#include "target/semihosting/console.hpp"

namespace probity {

std::unique_ptr<SemihostingConsole> make_tcp_console(std::unique_ptr<TcpService> service);

}  // namespace probity
