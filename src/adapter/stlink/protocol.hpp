// The ST-LINK protocol in numbers. ST publishes no manual; the facts are those that public drivers agree on
// (OpenOCD 0.12, pyOCD, probe-rs, Black Magic Debug) and that their traffic shows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/units.hpp"

namespace probity::stlink {

inline constexpr std::uint16_t kVendor = 0x0483;
inline constexpr std::size_t kCommandSize = 16;

// One probe model a row. The endpoints of commands and of trace differ; answers always come on 0x81.
struct Model {
  std::uint16_t product;
  std::uint8_t command_endpoint, trace_endpoint;
  std::string_view name;
};
inline constexpr std::uint8_t kAnswerEndpoint = 0x81;
inline constexpr std::uint16_t kProductV1 = 0x3744;
inline constexpr std::array kModels = {
    Model{kProductV1, 0x02, 0x83, "ST-LINK/V1"},
    Model{0x3748, 0x02, 0x83, "ST-LINK/V2"},
    Model{0x374B, 0x01, 0x82, "ST-LINK/V2-1"},
    Model{0x3752, 0x01, 0x82, "ST-LINK/V2-1 without mass storage"},
    Model{0x374D, 0x01, 0x82, "STLINK-V3 in its boot loader"},
    Model{0x374E, 0x01, 0x82, "STLINK-V3E"},
    Model{0x374F, 0x01, 0x82, "STLINK-V3"},
    Model{0x3753, 0x01, 0x82, "STLINK-V3 with two serial ports"},
    Model{0x3754, 0x01, 0x82, "STLINK-V3 without mass storage"},
    Model{0x3755, 0x01, 0x82, "STLINK-V3PWR in its boot loader"},
    Model{0x3757, 0x01, 0x82, "STLINK-V3PWR"},
};

// First byte of a command.
enum class Group : std::uint8_t {
  get_version = 0xF1,
  debug = 0xF2,
  dfu = 0xF3,
  swim = 0xF4,
  get_current_mode = 0xF5,
  get_target_voltage = 0xF7,
  get_version_ex = 0xFB,
};
inline constexpr std::uint8_t kDfuExit = 0x07;
inline constexpr std::uint8_t kSwimExit = 0x01;

// Second byte behind Group::debug.
enum class Debug : std::uint8_t {
  read_mem_32 = 0x07,
  write_mem_32 = 0x08,
  read_mem_8 = 0x0C,
  write_mem_8 = 0x0D,
  exit = 0x21,
  enter = 0x30,  // API v2
  read_idcodes = 0x31,
  write_debug_reg = 0x35,
  read_debug_reg = 0x36,
  get_last_rw_status = 0x3B,
  drive_nrst = 0x3C,
  get_last_rw_status_2 = 0x3E,
  start_trace = 0x40,
  stop_trace = 0x41,
  get_trace_count = 0x42,
  swd_set_freq = 0x43,
  jtag_set_freq = 0x44,
  read_dap_reg = 0x45,
  write_dap_reg = 0x46,
  read_mem_16 = 0x47,
  write_mem_16 = 0x48,
  init_ap = 0x4B,
  rw_misc_out = 0x51,
  rw_misc_in = 0x52,
  set_com_freq = 0x61,  // V3
  get_com_freq = 0x62,
};

enum class Mode : std::uint8_t { dfu = 0, mass_storage = 1, debug = 2, swim = 3, boot_loader = 4 };

// Third byte of Debug::enter; both leave the target running.
enum class Wire : std::uint8_t { swd = 0xA3, jtag = 0xA4 };

enum class NrstLevel : std::uint8_t { low = 0, high = 1 };

// `port` of read_dap_reg and write_dap_reg: an AP number, or this for the DP.
inline constexpr std::uint16_t kDebugPort = 0xFFFF;

// One item of an RW_MISC batch: what its 32-bit value is.
enum class Misc : std::uint8_t { address = 1, write = 2, read = 3, ap_number = 5 };
// Items a batch may have (OpenOCD 0.12's limits).
inline constexpr std::size_t kMiscItemsV2 = 64;
inline constexpr std::size_t kMiscItemsV3 = 1227;

// Bytes one memory command may move: the probe's buffer for half-words and words, one bulk packet for bytes.
inline constexpr std::size_t kMaxBlock = 6144;
inline constexpr std::size_t kMaxByteBlock = 64;
inline constexpr std::size_t kMaxByteBlockHighSpeed = 512;  // from V3J6
// The auto-increment range that every MEM-AP has (IHI 0031, C2.2.2); older firmware does not cross it by
// itself.
inline constexpr std::size_t kTarWrap = 1024;

// Trace: rates and buffers, as OpenOCD 0.12 and pyOCD hold them.
inline constexpr Hertz kMostTraceBaudV2{2'000'000}, kMostTraceBaudV3{24'000'000};
inline constexpr std::uint16_t kTraceBufferV2 = 4096, kTraceBufferV3 = 8192;

// First byte of most answers.
enum class Status : std::uint8_t {
  ok = 0x80,
  fault = 0x81,
  unknown_chain = 0x04,
  no_device = 0x05,
  command_wait = 0x07,
  command_error = 0x08,
  get_idcode_error = 0x09,
  alignment_error = 0x0A,
  debug_power_error = 0x0B,
  write_error = 0x0C,
  write_verify_error = 0x0D,
  open_in_other_mode = 0x0E,
  ap_wait = 0x10,
  ap_fault = 0x11,
  ap_error = 0x12,
  ap_parity = 0x13,
  dp_wait = 0x14,
  dp_fault = 0x15,
  dp_error = 0x16,
  dp_parity = 0x17,
  ap_wdata_error = 0x18,
  ap_sticky_error = 0x19,
  ap_sticky_overrun = 0x1A,
  bad_ap = 0x1D,
  frequency_not_supported = 0x41,
  unknown_command = 0x42,
};

// Registers of the debug port (IHI 0031, B2.2).
inline constexpr std::uint8_t kABORT = 0x0;      // write
inline constexpr std::uint8_t kCTRL_STAT = 0x4;  // bank 0

// stlink-server's frames (TCP port 7184): requests begin with one of these.
enum class Server : std::uint8_t {
  refresh_devices = 0,
  device_count = 1,
  device_info = 2,
  open_device = 3,
  close_device = 4,
  usb_command = 5,
  server_version = 6,
};
inline constexpr std::uint16_t kServerPort = 7184;
inline constexpr std::uint8_t kServerApi = 1;             // the client's, sent with server_version
inline constexpr std::uint32_t kServerOk = 0x00000001;    // first word of most answers
inline constexpr std::uint32_t kServerBusy = 0x00002004;  // another client is in the middle of a command
inline constexpr std::uint32_t kServerDeviceInfoSize = 41;
inline constexpr std::size_t kServerSerialSize = 32;
// A server below this API version may crash on longer messages (OpenOCD 0.12) …
inline constexpr std::uint32_t kServerApiLargeBlocks = 2;
inline constexpr std::size_t kServerSmallBlock = 1024;
// … and below this one it may let another client in between the two halves of RW_MISC.
inline constexpr std::uint32_t kServerApiLocksMisc = 3;

}  // namespace probity::stlink
