// ST-LINK messages: each is a type whose encode() gives the 16-byte command and whose parse() reads the
// answer. parse() requires exactly kAnswer bytes. Nothing here does I/O.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapter/stlink/protocol.hpp"
#include "base/units.hpp"

namespace probity::stlink {

using Command = std::array<std::uint8_t, kCommandSize>;

// "AP_FAULT (0x11)"
std::string describe(Status status);
// "F2 36": group and sub-command, for errors.
std::string name_of(const Command& command);

struct StatusAnswer {
  Status status = Status::ok;
};
struct ValueAnswer {
  Status status = Status::ok;
  std::uint32_t value = 0;
};
struct StatusMessage {
  static constexpr std::size_t kAnswer = 2;
  static StatusAnswer parse(ByteView answer);
};
struct ValueMessage {
  static constexpr std::size_t kAnswer = 8;
  static ValueAnswer parse(ByteView answer);
};

struct GetVersion {
  static constexpr std::size_t kAnswer = 6;
  struct Answer {
    unsigned stlink, x, y;  // x and y: two of jtag, swim and mass storage, depending on the model
    std::uint16_t vendor, product;
  };
  Command encode() const;
  static Answer parse(ByteView answer);
};

struct GetVersionEx {
  static constexpr std::size_t kAnswer = 12;
  struct Answer {
    unsigned stlink, swim, jtag, mass_storage, bridge;
    std::uint16_t vendor, product;
  };
  Command encode() const;
  static Answer parse(ByteView answer);
};

struct GetCurrentMode {
  static constexpr std::size_t kAnswer = 2;
  Command encode() const;
  static Mode parse(ByteView answer);
};

struct GetTargetVoltage {
  static constexpr std::size_t kAnswer = 8;
  struct Answer {
    std::uint32_t reference = 0;  // ADC reading of the probe's 1.2 V reference
    std::uint32_t measured = 0;   // ADC reading of half the target's voltage
    // 0 where the probe measured no reference. In single precision, as the line users see has always been.
    float volts() const;
  };
  Command encode() const;
  static Answer parse(ByteView answer);
};

// Commands without an answer.
struct ExitDfu {
  Command encode() const;
};
struct ExitSwim {
  Command encode() const;
};
struct ExitDebug {
  Command encode() const;
};

struct EnterDebug : StatusMessage {
  Wire wire;
  explicit EnterDebug(Wire w) : wire(w) {}
  Command encode() const;
};

struct ReadIdcodes {
  static constexpr std::size_t kAnswer = 12;
  struct Answer {
    Status status;
    std::uint32_t first, second;  // SWD: DPIDR and 0; JTAG: the TAPs, nearest TDO first
  };
  Command encode() const;
  static Answer parse(ByteView answer);
};

struct ReadDebugReg : ValueMessage {
  Address address;
  explicit ReadDebugReg(Address a) : address(a) {}
  Command encode() const;
};

struct WriteDebugReg : StatusMessage {
  Address address;
  std::uint32_t value;
  WriteDebugReg(Address a, std::uint32_t v) : address(a), value(v) {}
  Command encode() const;
};

struct GetLastRwStatus : StatusMessage {
  Command encode() const;
};

struct GetLastRwStatus2 {
  static constexpr std::size_t kAnswer = 12;
  struct Answer {
    Status status;
    Address fault;  // where the last memory command stopped; means something only where status is not ok
  };
  Command encode() const;
  static Answer parse(ByteView answer);
};

struct DriveNrst : StatusMessage {
  NrstLevel level;
  explicit DriveNrst(NrstLevel l) : level(l) {}
  Command encode() const;
};

struct SetSwdDivisor : StatusMessage {
  std::uint16_t divisor;
  explicit SetSwdDivisor(std::uint16_t d) : divisor(d) {}
  Command encode() const;
};

struct SetJtagDivisor : StatusMessage {
  std::uint16_t divisor;
  explicit SetJtagDivisor(std::uint16_t d) : divisor(d) {}
  Command encode() const;
};

struct ReadDapReg : ValueMessage {
  std::uint16_t port, reg;
  ReadDapReg(std::uint16_t p, std::uint16_t r) : port(p), reg(r) {}
  Command encode() const;
};

struct WriteDapReg : StatusMessage {
  std::uint16_t port, reg;
  std::uint32_t value;
  WriteDapReg(std::uint16_t p, std::uint16_t r, std::uint32_t v) : port(p), reg(r), value(v) {}
  Command encode() const;
};

// Read or write memory: the data follow as a phase of their own, the status comes from GetLastRwStatus.
struct MemoryCommand {
  Debug operation;
  Address address;
  std::uint16_t length;  // bytes
  std::uint8_t ap;
  std::uint32_t csw = 0;  // bits 31:8 go with it; 0: the firmware's own
  Command encode() const;
};

struct InitAp : StatusMessage {
  std::uint8_t ap;
  explicit InitAp(std::uint8_t a) : ap(a) {}
  Command encode() const;
};

// A batch of word accesses: the command and its data go out (RW_MISC_OUT), then values and statuses are
// fetched (RW_MISC_IN). `data`: one byte of kind an item, padded to a multiple of 4, then one word an item.
struct MiscBatch {
  struct Item {
    Misc kind;
    std::uint32_t value;
  };
  struct Answer {
    std::vector<std::uint32_t> values;
    std::vector<Status> statuses;
  };
  std::vector<Item> items;

  Command encode_out() const;
  Bytes data() const;
  Command encode_in() const;
  std::size_t answer_size() const { return items.size() * 8; }
  Answer parse(ByteView answer) const;
};

// `size` bytes of buffer, `baud` on the wire.
struct StartTrace : StatusMessage {
  std::uint16_t size;
  std::uint32_t baud;
  StartTrace(std::uint16_t s, std::uint32_t b) : size(s), baud(b) {}
  Command encode() const;
};
struct StopTrace : StatusMessage {
  Command encode() const;
};
// Bytes that the trace endpoint has.
struct GetTraceCount {
  static constexpr std::size_t kAnswer = 2;
  Command encode() const;
  static std::uint16_t parse(ByteView answer);
};

struct SetComFreq {
  static constexpr std::size_t kAnswer = 8;
  bool jtag;
  std::uint32_t kilohertz;
  Command encode() const;
  static StatusAnswer parse(ByteView answer) { return StatusMessage::parse(answer); }
};

struct GetComFreq {
  static constexpr std::size_t kAnswer = 52;
  struct Answer {
    Status status;
    std::vector<std::uint32_t> kilohertz;  // fastest first
  };
  bool jtag;
  Command encode() const;
  static Answer parse(ByteView answer);
};

}  // namespace probity::stlink
