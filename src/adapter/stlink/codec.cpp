#include "adapter/stlink/codec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::stlink {

namespace {

// Fills a command from the front; what is left stays zero.
class Builder {
 public:
  explicit Builder(Group group) { u8(static_cast<std::uint8_t>(group)); }
  explicit Builder(Debug operation) : Builder(Group::debug) { u8(static_cast<std::uint8_t>(operation)); }
  Builder& u8(std::uint8_t v) {
    command_[size_++] = v;
    return *this;
  }
  Builder& le16(std::uint16_t v) {
    store_le16(command_, size_, v);
    size_ += 2;
    return *this;
  }
  Builder& le32(std::uint32_t v) {
    store_le32(command_, size_, v);
    size_ += 4;
    return *this;
  }
  operator Command() const { return command_; }

 private:
  Command command_{};
  std::size_t size_ = 0;
};

Status status_at(ByteView answer, std::size_t offset = 0) {
  return static_cast<Status>(load_u8(answer, offset));
}

// The 16-bit word of GET_VERSION, big-endian.
constexpr Field kStlinkVersion{"STLINK", 12, 4};
constexpr Field kVersionX{"X", 6, 6};
constexpr Field kVersionY{"Y", 0, 6};

}  // namespace

std::string describe(Status status) {
  struct Row {
    Status status;
    std::string_view name;
  };
  static constexpr std::array kNames = {
      Row{Status::ok, "OK"},
      Row{Status::fault, "FAULT"},
      Row{Status::unknown_chain, "JTAG_UNKNOWN_CHAIN"},
      Row{Status::no_device, "NO_DEVICE_CONNECTED"},
      Row{Status::command_wait, "COMMAND_WAIT"},
      Row{Status::command_error, "COMMAND_ERROR"},
      Row{Status::get_idcode_error, "GET_IDCODE_ERROR"},
      Row{Status::alignment_error, "ALIGNMENT_ERROR"},
      Row{Status::debug_power_error, "DEBUG_POWER_ERROR"},
      Row{Status::write_error, "WRITE_ERROR"},
      Row{Status::write_verify_error, "WRITE_VERIFY_ERROR"},
      Row{Status::open_in_other_mode, "ALREADY_OPEN_IN_OTHER_MODE"},
      Row{Status::ap_wait, "AP_WAIT"},
      Row{Status::ap_fault, "AP_FAULT"},
      Row{Status::ap_error, "AP_ERROR"},
      Row{Status::ap_parity, "AP_PARITY_ERROR"},
      Row{Status::dp_wait, "DP_WAIT"},
      Row{Status::dp_fault, "DP_FAULT"},
      Row{Status::dp_error, "DP_ERROR"},
      Row{Status::dp_parity, "DP_PARITY_ERROR"},
      Row{Status::ap_wdata_error, "AP_WDATA_ERROR"},
      Row{Status::ap_sticky_error, "AP_STICKY_ERROR"},
      Row{Status::ap_sticky_overrun, "AP_STICKY_OVERRUN"},
      Row{Status::bad_ap, "BAD_AP"},
      Row{Status::frequency_not_supported, "FREQUENCY_NOT_SUPPORTED"},
      Row{Status::unknown_command, "UNKNOWN_COMMAND"},
  };
  const auto row = std::ranges::find(kNames, status, &Row::status);
  return fmt::format("{} (0x{:02x})", row == kNames.end() ? "unknown status" : row->name,
                     static_cast<unsigned>(status));
}

std::string name_of(const Command& command) { return fmt::format("{:02X} {:02X}", command[0], command[1]); }

StatusAnswer StatusMessage::parse(ByteView answer) { return {status_at(answer)}; }
ValueAnswer ValueMessage::parse(ByteView answer) { return {status_at(answer), load_le32(answer, 4)}; }

Command GetVersion::encode() const { return Builder(Group::get_version); }
GetVersion::Answer GetVersion::parse(ByteView answer) {
  const std::uint32_t word = load_be16(answer);
  return {kStlinkVersion.get(word), kVersionX.get(word), kVersionY.get(word), load_le16(answer, 2),
          load_le16(answer, 4)};
}

Command GetVersionEx::encode() const { return Builder(Group::get_version_ex); }
GetVersionEx::Answer GetVersionEx::parse(ByteView a) {
  return {load_u8(a, 0), load_u8(a, 1),   load_u8(a, 2),   load_u8(a, 3),
          load_u8(a, 4), load_le16(a, 8), load_le16(a, 10)};
}

Command GetCurrentMode::encode() const { return Builder(Group::get_current_mode); }
Mode GetCurrentMode::parse(ByteView answer) { return static_cast<Mode>(load_u8(answer)); }

Command GetTargetVoltage::encode() const { return Builder(Group::get_target_voltage); }
GetTargetVoltage::Answer GetTargetVoltage::parse(ByteView answer) {
  return {load_le32(answer, 0), load_le32(answer, 4)};
}
float GetTargetVoltage::Answer::volts() const {
  constexpr double kReferenceVolts = 1.2;
  if (reference == 0) return 0;
  return 2 * static_cast<float>(measured) * static_cast<float>(kReferenceVolts / reference);
}

Command ExitDfu::encode() const { return Builder(Group::dfu).u8(kDfuExit); }
Command ExitSwim::encode() const { return Builder(Group::swim).u8(kSwimExit); }
Command ExitDebug::encode() const { return Builder(Debug::exit); }
Command EnterDebug::encode() const { return Builder(Debug::enter).u8(static_cast<std::uint8_t>(wire)); }

Command ReadIdcodes::encode() const { return Builder(Debug::read_idcodes); }
ReadIdcodes::Answer ReadIdcodes::parse(ByteView answer) {
  return {status_at(answer), load_le32(answer, 4), load_le32(answer, 8)};
}

Command ReadDebugReg::encode() const { return Builder(Debug::read_debug_reg).le32(address); }
Command WriteDebugReg::encode() const { return Builder(Debug::write_debug_reg).le32(address).le32(value); }

Command GetLastRwStatus::encode() const { return Builder(Debug::get_last_rw_status); }
Command GetLastRwStatus2::encode() const { return Builder(Debug::get_last_rw_status_2); }
// The address behind the status: as pyOCD reads it.
GetLastRwStatus2::Answer GetLastRwStatus2::parse(ByteView answer) {
  return {status_at(answer), load_le32(answer, 4)};
}

Command DriveNrst::encode() const { return Builder(Debug::drive_nrst).u8(static_cast<std::uint8_t>(level)); }
Command SetSwdDivisor::encode() const { return Builder(Debug::swd_set_freq).le16(divisor); }
Command SetJtagDivisor::encode() const { return Builder(Debug::jtag_set_freq).le16(divisor); }
Command ReadDapReg::encode() const { return Builder(Debug::read_dap_reg).le16(port).le16(reg); }
Command WriteDapReg::encode() const { return Builder(Debug::write_dap_reg).le16(port).le16(reg).le32(value); }
Command MemoryCommand::encode() const {
  Builder command = Builder(operation).le32(address).le16(length).u8(ap);
  return command.u8(static_cast<std::uint8_t>(csw >> 8)).le16(static_cast<std::uint16_t>(csw >> 16));
}
Command InitAp::encode() const { return Builder(Debug::init_ap).u8(ap); }

Command MiscBatch::encode_out() const {
  return Builder(Debug::rw_misc_out).le32(static_cast<std::uint32_t>(items.size()));
}
Command MiscBatch::encode_in() const { return Builder(Debug::rw_misc_in); }
Bytes MiscBatch::data() const {
  Bytes out;
  for (const Item& item : items) append_u8(out, static_cast<std::uint8_t>(item.kind));
  while (out.size() % 4 != 0) append_u8(out, 0);
  for (const Item& item : items) append_le32(out, item.value);
  return out;
}
MiscBatch::Answer MiscBatch::parse(ByteView answer) const {
  Answer result;
  for (std::size_t i = 0; i < items.size(); ++i) {
    result.values.push_back(load_le32(answer, 4 * i));
    result.statuses.push_back(status_at(answer, 4 * (items.size() + i)));
  }
  return result;
}

Command StartTrace::encode() const { return Builder(Debug::start_trace).le16(size).le32(baud); }
Command StopTrace::encode() const { return Builder(Debug::stop_trace); }
Command GetTraceCount::encode() const { return Builder(Debug::get_trace_count); }
std::uint16_t GetTraceCount::parse(ByteView answer) { return load_le16(answer); }

Command SetComFreq::encode() const {
  return Builder(Debug::set_com_freq).u8(jtag ? 1 : 0).u8(0).le32(kilohertz);
}
Command GetComFreq::encode() const { return Builder(Debug::get_com_freq).u8(jtag ? 1 : 0); }
GetComFreq::Answer GetComFreq::parse(ByteView answer) {
  constexpr std::size_t kFirst = 12;
  const std::size_t room = (kAnswer - kFirst) / 4;
  Answer result{status_at(answer), {}};
  for (std::size_t i = 0; i < std::min<std::size_t>(load_u8(answer, 8), room); ++i) {
    result.kilohertz.push_back(load_le32(answer, kFirst + 4 * i));
  }
  return result;
}

}  // namespace probity::stlink
