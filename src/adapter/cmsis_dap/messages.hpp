// The commands of CMSIS-DAP (Arm's specification, "CMSIS-DAP Commands"), one type each: encode() gives the
// packet, parse() reads its response. parse() throws AdapterError where the response is another command's,
// too short, or says that the command is unknown or failed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/dap_link.hpp"
#include "base/units.hpp"
#include "wire/bit_vector.hpp"

namespace probity::cmsis_dap {

enum class Command : std::uint8_t {
  info = 0x00,
  host_status = 0x01,
  connect = 0x02,
  disconnect = 0x03,
  transfer_configure = 0x04,
  transfer = 0x05,
  transfer_block = 0x06,
  transfer_abort = 0x07,
  write_abort = 0x08,
  swj_pins = 0x10,
  swj_clock = 0x11,
  swj_sequence = 0x12,
  swd_configure = 0x13,
  jtag_sequence = 0x14,
  jtag_configure = 0x15,
  jtag_idcode = 0x16,
  swo_transport = 0x17,
  swo_mode = 0x18,
  swo_baudrate = 0x19,
  swo_control = 0x1A,
  swo_status = 0x1B,
  swo_data = 0x1C,
  swd_sequence = 0x1D  // since version 1.2
};

enum class InfoId : std::uint8_t {
  vendor = 0x01,
  product = 0x02,
  serial = 0x03,
  firmware_version = 0x04,          // of the protocol, says the specification since 2.1
  product_firmware_version = 0x09,  // since 2.1
  capabilities = 0xF0,
  swo_buffer_size = 0xFD,
  packet_count = 0xFE,
  packet_size = 0xFF
};
// AdapterError unless `response` is one to `command` and at least `length` bytes long.
void expect_response(ByteView response, Command command, std::size_t length);

struct Info {
  InfoId id;
  Bytes encode() const;
  // The information's bytes; empty where the probe has none.
  static Bytes parse(ByteView response);
};
// Text of an Info answer, without its closing zero.
std::string info_text(const Bytes& info);

enum class Led : std::uint8_t { connect = 0, running = 1 };
struct HostStatus {
  Led led;
  bool on;
  Bytes encode() const;
  static void parse(ByteView response);
};

enum class WirePort : std::uint8_t { swd = 1, jtag = 2 };
struct Connect {
  WirePort port;
  Bytes encode() const;
  void parse(ByteView response) const;
};

struct Disconnect {
  Bytes encode() const;
  static void parse(ByteView response);
};

struct TransferConfigure {
  std::uint8_t idle_cycles;
  std::uint16_t wait_retry, match_retry;
  Bytes encode() const;
  static void parse(ByteView response);
};

// How a DAP_Transfer or DAP_TransferBlock went: transfers that the probe counts as done, the acknowledge of
// the last one, and the words read. `words` may be fewer than the reads done.
struct TransferResult {
  std::size_t count = 0;
  Ack ack = Ack::none;
  std::vector<std::uint32_t> words;
};

// Any mix of transfers, at most kMaxCount.
struct Transfer {
  static constexpr std::size_t kMaxCount = 255;
  static constexpr std::size_t kRequestHeader = 3, kResponseHeader = 3;

  std::uint8_t dap_index;  // on a JTAG chain; 0 for SWD
  std::span<const DapTransfer> transfers;
  Bytes encode() const;
  // `exact_length`: the response has no padding, so it shows how many words came.
  TransferResult parse(ByteView response, bool exact_length) const;
};

// Transfers that all have the first one's port, address and direction.
struct TransferBlock {
  static constexpr std::size_t kMaxCount = 0xFFFF;
  static constexpr std::size_t kRequestHeader = 5, kResponseHeader = 4;

  std::uint8_t dap_index;
  std::span<const DapTransfer> transfers;
  Bytes encode() const;
  TransferResult parse(ByteView response) const;
};

// Ends the transfers that are under way; has no answer of its own.
struct TransferAbort {
  Bytes encode() const { return {static_cast<std::uint8_t>(Command::transfer_abort)}; }
};

struct WriteAbort {
  std::uint8_t dap_index;
  std::uint32_t value;
  Bytes encode() const;
  static void parse(ByteView response);
};

// Bits of the pin byte.
inline constexpr std::uint8_t kPinSwclk = 1u << 0, kPinSwdio = 1u << 1, kPinTdi = 1u << 2, kPinTdo = 1u << 3,
                              kPinNtrst = 1u << 5, kPinNreset = 1u << 7;
struct SwjPins {
  std::uint8_t output, select;
  std::uint32_t wait_microseconds;  // until the selected pins show what was set
  Bytes encode() const;
  static std::uint8_t parse(ByteView response);
};

struct SwjClock {
  Hertz frequency;
  Bytes encode() const;
  static void parse(ByteView response);
};

// At most 256 bits.
struct SwjSequence {
  const BitVector& bits;
  Bytes encode() const;
  static void parse(ByteView response);
};

struct SwdConfigure {
  std::uint8_t turnaround_cycles;  // 1-4
  bool data_phase_always;
  Bytes encode() const;
  static void parse(ByteView response);
};

// A write of TARGETSEL as bits, since DAP_Transfer sends no data where nobody acknowledges.
struct TargetSelect {
  std::uint32_t value;
  Bytes encode() const;
  static void parse(ByteView response);
};

// Runs of TCK with one TMS level each. TDI bits; `capture` asks for TDO.
struct JtagRun {
  BitVector tdi;  // 1-64
  bool tms;
  bool capture;
};
struct JtagSequence {
  std::span<const JtagRun> runs;
  Bytes encode() const;
  // The captured bits of all runs, in order.
  BitVector parse(ByteView response) const;
};

struct JtagConfigure {
  std::span<const unsigned> ir_lengths;
  Bytes encode() const;
  static void parse(ByteView response);
};

struct JtagIdcode {
  std::uint8_t index;
  Bytes encode() const;
  static std::uint32_t parse(ByteView response);
};

}  // namespace probity::cmsis_dap
