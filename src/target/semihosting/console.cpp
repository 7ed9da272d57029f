#include "target/semihosting/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace probity {

// Straight to the descriptor: what the program prints is seen at once, also where stdout is a pipe.
bool StandardConsole::write(Stream stream, ByteView bytes) {
  const int file = stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<Bytes> StandardConsole::read(std::size_t limit) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, 0) == 0) return {};
  Bytes bytes(limit);
  const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

}  // namespace probity
