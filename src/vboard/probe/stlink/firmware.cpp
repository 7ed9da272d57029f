// The command blocks' way in: endpoints, modes, the dispatch table.
#include "vboard/probe/stlink/firmware.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/stlink/description.hpp"

namespace probity::vboard::stlink {

std::uint8_t status_of(WireAck ack, bool ap) {
  switch (ack) {
    case WireAck::ok:
      return status::kOk;
    case WireAck::wait:
      return ap ? status::kApWait : status::kDpWait;
    case WireAck::fault:
      return ap ? status::kApFault : status::kDpFault;
    case WireAck::parity:
      return ap ? status::kApParityError : status::kDpParityError;
    case WireAck::none:
      break;
  }
  return ap ? status::kApError : status::kDpError;
}

Firmware::Firmware(const Model& model, Board& board, const ProbeOptions& options)
    : model_(model),
      version_(options.firmware.empty() ? model.version : parse_version(options.firmware, model)),
      description_(describe(model, serial_of(options, model.serial))),
      board_(board),
      pins_(board),
      swo_(board),
      mode_(model.power_on_mode),
      swd_khz_(model.default_swd_khz),
      jtag_khz_(model.default_jtag_khz) {}

void Firmware::usb_reset() {
  Probe::usb_reset();
  data_expected_ = 0;
  data_.clear();
  leave_debug_mode();
  mode_ = model_.power_on_mode;
}

void Firmware::lose_power() {
  usb_reset();
  swd_khz_ = model_.default_swd_khz;
  jtag_khz_ = model_.default_jtag_khz;
  last_status_ = status::kOk;
  last_address_ = 0;
  misc_reply_.clear();
  pins_.set_nrst(false);
  pins_.set_ntrst(false);
}

void Firmware::receive(std::uint8_t endpoint, ByteView data) {
  if (endpoint != model_.out_endpoint) {
    error(fmt::format("{} bytes for endpoint 0x{:02x}, which takes none", data.size(), endpoint));
    return;
  }
  if (data_expected_ == 0) {
    run_command(data);
    return;
  }
  append(data_, data);
  if (data_.size() < data_expected_) return;
  if (data_.size() > data_expected_) {
    error(fmt::format("{} bytes of data where the command announced {}", data_.size(), data_expected_));
  }
  const Bytes whole(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(data_expected_));
  data_expected_ = 0;
  data_.clear();
  on_data_(whole);
}

void Firmware::expect_data(std::size_t length, std::function<void(ByteView)> then) {
  data_expected_ = length;
  on_data_ = std::move(then);
}

void Firmware::reply_status(std::uint8_t status) { reply({status, 0}); }

void Firmware::reply_word(std::uint8_t status, std::uint32_t value) {
  Bytes bytes = {status, 0, 0, 0};
  append_le32(bytes, value);
  reply(std::move(bytes));
}

void Firmware::refuse(const std::string& why, std::uint8_t status, ByteView block) {
  error(fmt::format("{} (command {:02x} {:02x} {:02x})", why, block[0], block[1], block[2]));
  reply_status(status);
}

void Firmware::run_command(ByteView block) {
  ++board_.stats().usb_commands;
  if (replies_waiting() != 0) {
    error("a command came before the reply to the one before it was read");
    drop_replies();
  }
  if (block.size() != kCommandSize) {
    error(fmt::format("a command block of {} bytes, not {}", block.size(), kCommandSize));
    return;
  }
  switch (block[0]) {
    case command::kGetVersion:
      return get_version(block);
    case command::kGetVersionEx:
      return get_version_ex(block);
    case command::kGetCurrentMode:
      return reply({static_cast<std::uint8_t>(mode_), 0});
    case command::kGetTargetVoltage:
      return get_target_voltage(block);
    case command::kDfu:
      return leave_dfu(block);
    case command::kSwim:
      return swim(block);
    case command::kDebug:
      return run_debug_command(block);
    default:
      return refuse("unknown command", status::kUnknownCommand, block);
  }
}

const std::vector<Firmware::Row>& Firmware::rows() {
  using F = Firmware;
  using enum Needs;
  static const std::vector<Row> table = {
      {debug::kEnter, nothing, &F::enter},
      {debug::kExit, nothing, &F::exit},
      {debug::kReadIdCodes, debug_mode, &F::read_idcodes},
      {debug::kResetSys, debug_mode, &F::reset_sys},
      {debug::kReadReg, debug_mode, &F::read_reg},
      {debug::kWriteReg, debug_mode, &F::write_reg},
      {debug::kReadAllRegs, debug_mode, &F::read_all_regs},
      {debug::kReadDebugReg, debug_mode, &F::read_debug_reg},
      {debug::kWriteDebugReg, debug_mode, &F::write_debug_reg},
      {debug::kGetLastRwStatus, debug_mode, &F::get_last_status},
      {debug::kGetLastRwStatus2, debug_mode, &F::get_last_status2},
      {debug::kDriveNrst, nothing, &F::drive_nrst},
      {debug::kStartTrace, debug_mode, &F::start_trace},
      {debug::kStopTrace, nothing, &F::stop_trace},
      {debug::kGetTraceCount, debug_mode, &F::get_trace_count},
      {debug::kSwdSetFrequency, nothing, &F::swd_set_frequency},
      {debug::kJtagSetFrequency, nothing, &F::jtag_set_frequency},
      {debug::kSetComFrequency, nothing, &F::set_com_frequency},
      {debug::kGetComFrequency, nothing, &F::get_com_frequency},
      {debug::kReadDapReg, debug_mode, &F::read_dap_reg},
      {debug::kWriteDapReg, debug_mode, &F::write_dap_reg},
      {debug::kInitAp, debug_mode, &F::init_ap},
      {debug::kCloseAp, debug_mode, &F::close_ap},
      {debug::kReadMem8, debug_mode, &F::read_mem8},
      {debug::kReadMem16, debug_mode, &F::read_mem16},
      {debug::kReadMem32, debug_mode, &F::read_mem32},
      {debug::kReadMem32NoIncrement, debug_mode, &F::read_mem32_no_increment},
      {debug::kWriteMem8, debug_mode, &F::write_mem8},
      {debug::kWriteMem16, debug_mode, &F::write_mem16},
      {debug::kWriteMem32, debug_mode, &F::write_mem32},
      {debug::kWriteMem32NoIncrement, debug_mode, &F::write_mem32_no_increment},
      {debug::kRwMiscOut, debug_mode, &F::rw_misc_out},
      {debug::kRwMiscIn, debug_mode, &F::rw_misc_in},
  };
  return table;
}

void Firmware::run_debug_command(ByteView block) {
  const auto& table = rows();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Row& r) { return r.code == block[1]; });
  if (row == table.end() || !has_command(version_, block[1])) {
    return refuse("unknown debug command", status::kUnknownCommand, block);
  }
  if (mode_ == Mode::dfu) return refuse("a debug command in DFU mode", status::kCommandError, block);
  if (row->needs == Needs::debug_mode && mode_ != Mode::debug) {
    return refuse("a debug command outside debug mode", status::kCommandError, block);
  }
  (this->*row->run)(block);
}

void Firmware::get_version(ByteView) {
  const bool extended = version_.major >= 3;  // V3 tells by GET_VERSION_EX only
  const unsigned minor = version_.mass_storage != 0 ? version_.mass_storage : version_.swim;
  const unsigned version = version_.major << 12 | (extended ? 0 : version_.jtag << 6 | minor);
  Bytes bytes = {static_cast<std::uint8_t>(version >> 8), static_cast<std::uint8_t>(version)};
  append_le16(bytes, 0x0483);
  append_le16(bytes, model_.product_id);
  reply(std::move(bytes));
}

void Firmware::get_version_ex(ByteView block) {
  if (version_.major < 3) return refuse("unknown command", status::kUnknownCommand, block);
  Bytes bytes = {
      version_.major, version_.swim, version_.jtag, version_.mass_storage, version_.bridge, 0, 0, 0};
  append_le16(bytes, 0x0483);
  append_le16(bytes, model_.product_id);
  reply(std::move(bytes));
}

// Two ADC readings: VDD of the target is 2 * 1.2 V * second / first.
void Firmware::get_target_voltage(ByteView block) {
  if (!has_target_voltage(version_)) return refuse("unknown command", status::kUnknownCommand, block);
  Bytes bytes;
  append_le32(bytes, 2400);
  append_le32(bytes, board_.target_millivolts());
  reply(std::move(bytes));
}

void Firmware::leave_dfu(ByteView block) {
  if (block[1] != kDfuExit) return refuse("unknown DFU command", status::kUnknownCommand, block);
  if (mode_ == Mode::dfu) mode_ = Mode::mass_storage;  // no reply
}

// SWIM is a wire of STM8, which the board does not have; only leaving the mode is taken (no reply).
void Firmware::swim(ByteView block) {
  if (block[1] != kSwimExit) refuse("SWIM commands need an STM8 target", status::kUnknownCommand, block);
}

void Firmware::apply_clock() { pins_.set_frequency(kilohertz(jtag_ ? jtag_khz_ : swd_khz_)); }

void Firmware::enter(ByteView block) {
  const std::uint8_t how = block[2];
  if (how != enter::kSwdNoReset && how != enter::kJtagNoReset && how != enter::kJtagReset) {
    return refuse("unknown debug mode to enter", status::kUnknownCommand, block);
  }
  leave_debug_mode();
  jtag_ = how != enter::kSwdNoReset;
  apply_clock();
  if (how == enter::kJtagReset) {
    pins_.set_ntrst(true);
    pins_.wait(Milliseconds(1));
    pins_.set_ntrst(false);
  }
  wire_ = jtag_ ? make_jtag_wire(pins_) : make_swd_wire(pins_);
  dap_ = std::make_unique<DapClient>(*wire_);
  if (!dap_->connect()) {
    leave_debug_mode();
    return reply_status(jtag_ ? status::kNoDeviceConnected : status::kGetIdCodeError);
  }
  mode_ = Mode::debug;
  reply_status(status::kOk);
}

void Firmware::exit(ByteView) { leave_debug_mode(); }  // no reply

void Firmware::leave_debug_mode() {
  swo_.stop();
  trace_told_ = 0;
  dap_.reset();
  wire_.reset();
  open_aps_.clear();
  if (mode_ == Mode::debug) mode_ = Mode::mass_storage;
}

}  // namespace probity::vboard::stlink
