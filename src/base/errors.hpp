// Errors are exceptions with facts in fields. Context is added on the way up and printed outermost first:
//
//   program fw.elf failed
//     erasing sector 3 at 0x0800c000
//       WRPRTERR (FLASH_SR=0x00000010): sectors 2-3 are write-protected; clear it with: flash protect 0 2 3
//       off
//
// Three places end an exception: the Tcl trampoline, a server's connection loop, main.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace probity {

class Error : public std::exception {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}

  // The innermost message alone.
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

  // Called on the way up; the last one added is the outermost.
  void add_context(std::string context) { context_.push_back(std::move(context)); }
  const std::vector<std::string>& context() const { return context_; }

  // All levels, outermost first, one a line, each two spaces deeper than the one before.
  std::string describe() const;

 private:
  std::string message_;
  std::vector<std::string> context_;
};

// Runs `body`; an Error that leaves it carries `context` as one more outer level. The type of the error is
// kept.
template <typename Body>
decltype(auto) with_context(const std::string& context, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& e) {
    e.add_context(context);
    throw;
  }
}

// A command was called with words it does not take; `usage` is the command's usage line, if known.
struct UsageError : Error {
  using Error::Error;
};

// A configuration that cannot work: unknown names, missing parts, a driver without the chosen transport.
struct ConfigError : Error {
  using Error::Error;
};

// A file that cannot be read or is not what it claims to be. `line` counts from 1, 0 where lines mean
// nothing.
struct ImageError : Error {
  ImageError(std::string message, std::string path, unsigned line = 0)
      : Error(std::move(message)), path(std::move(path)), line(line) {}
  std::string path;
  unsigned line;
};

// The probe, or the way to it. `probe_status` is the status byte or code the probe answered, if it did.
struct AdapterError : Error {
  explicit AdapterError(std::string message, std::optional<unsigned> probe_status = {})
      : Error(std::move(message)), probe_status(probe_status) {}
  std::optional<unsigned> probe_status;
};

// The probe was unplugged or switched off. Every further use of it fails the same way, at once.
struct DeviceGone : AdapterError {
  using AdapterError::AdapterError;
};

// Another program has the probe. `holder` is who: "openocd (process 1234)".
struct DeviceBusy : AdapterError {
  DeviceBusy(std::string message, std::string holder)
      : AdapterError(std::move(message)), holder(std::move(holder)) {}
  std::string holder;
};

// The user may not open the probe; the message says what to do.
struct NoRights : AdapterError {
  using AdapterError::AdapterError;
};

// A debug-port or access-port transfer that was not acknowledged OK.
struct DapError : Error {
  DapError(std::string message, unsigned ack, std::string port, unsigned reg)
      : Error(std::move(message)), ack(ack), port(std::move(port)), reg(reg) {}
  unsigned ack;      // the 3-bit ack as seen on the wire (1 OK, 2 WAIT, 4 FAULT, 7 nothing there)
  std::string port;  // "DP" or "AP n"
  unsigned reg;      // register address, bytes
};

// The target's bus refused an access to [address, address + length). `address` is the first known-bad one.
struct MemoryFault : Error {
  MemoryFault(std::string message, Address address, std::size_t length)
      : Error(std::move(message)), address(address), length(length) {}
  Address address;
  std::size_t length;
};

// The target is in a state that does not allow what was asked; `state` names it ("running", "lockup" …).
struct TargetError : Error {
  explicit TargetError(std::string message, std::string state = {})
      : Error(std::move(message)), state(std::move(state)) {}
  std::string state;
};

struct TimeoutError : Error {
  TimeoutError(std::string message, std::string what, Nanoseconds waited)
      : Error(std::move(message)), waited_for(std::move(what)), waited(waited) {}
  std::string waited_for;
  Nanoseconds waited;
};

// The flash controller refused. `register_name` and `raw` hold what was read ("FLASH_SR", 0x10).
struct FlashError : Error {
  FlashError(std::string message, std::string bank, Address address, std::string register_name = {},
             std::uint32_t raw = 0)
      : Error(std::move(message)),
        bank(std::move(bank)),
        address(address),
        register_name(std::move(register_name)),
        raw(raw) {}
  std::string bank;
  Address address;
  std::string register_name;
  std::uint32_t raw;
};

}  // namespace probity
