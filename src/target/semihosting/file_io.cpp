#include "target/semihosting/file_io.hpp"

#include <fmt/format.h>

namespace probity {

std::string FileIoRequest::packet() const {
  if (call == "exit") return fmt::format("W{:02x}", parameters.empty() ? 0 : parameters.front().value & 0xFF);
  std::string text = "F" + call;
  for (const Parameter& parameter : parameters) {
    text += fmt::format(",{:x}", parameter.value);
    if (parameter.length) text += fmt::format("/{:x}", *parameter.length);
  }
  return text;
}

}  // namespace probity
