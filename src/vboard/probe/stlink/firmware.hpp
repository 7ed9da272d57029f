// ST-LINK's firmware: 16-byte command blocks in, replies out; it reads and writes the target through its own
// debug-port layer. Commands are rows (firmware_commands.cpp); a command it does not know, or that is not
// allowed in its mode, is recorded as an error and answered with an error status.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "vboard/probe/dap_client.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/probe/stlink/model.hpp"
#include "vboard/probe/stlink/version.hpp"
#include "vboard/probe/swo_receiver.hpp"

namespace probity::vboard::stlink {

class Firmware final : public Probe {
 public:
  // `model` and `board` must outlive it. ConfigError: `options.firmware` is no version of the model.
  Firmware(const Model& model, Board& board, const ProbeOptions& options = {});

  const UsbDescription& description() const override { return description_; }
  std::string firmware_version() const override { return to_string(version_); }
  void receive(std::uint8_t endpoint, ByteView data) override;
  void usb_reset() override;
  void lose_power() override;
  Bytes take_trace(std::uint8_t endpoint, std::size_t max_length) override;

 private:
  using Handler = void (Firmware::*)(ByteView block);
  enum class Needs { nothing, debug_mode };
  struct Row {
    std::uint8_t code;
    Needs needs;
    Handler run;
  };
  static const std::vector<Row>& rows();

  void run_command(ByteView block);
  void run_debug_command(ByteView block);
  void reply_status(std::uint8_t status);
  void reply_word(std::uint8_t status, std::uint32_t value);
  void refuse(const std::string& why, std::uint8_t status, ByteView block);
  // Takes `length` bytes of data from the host next, for `then`.
  void expect_data(std::size_t length, std::function<void(ByteView)> then);

  // Modes and identity.
  void get_version(ByteView block);
  void get_version_ex(ByteView block);
  void get_target_voltage(ByteView block);
  void leave_dfu(ByteView block);
  void swim(ByteView block);
  void enter(ByteView block);
  void exit(ByteView block);
  void leave_debug_mode();

  // Debug commands.
  void read_idcodes(ByteView block);
  void reset_sys(ByteView block);
  void read_reg(ByteView block);
  void write_reg(ByteView block);
  void read_all_regs(ByteView block);
  void read_debug_reg(ByteView block);
  void write_debug_reg(ByteView block);
  void get_last_status(ByteView block);
  void get_last_status2(ByteView block);
  void drive_nrst(ByteView block);
  void start_trace(ByteView block);
  void stop_trace(ByteView block);
  void get_trace_count(ByteView block);
  void swd_set_frequency(ByteView block);
  void jtag_set_frequency(ByteView block);
  void set_com_frequency(ByteView block);
  void get_com_frequency(ByteView block);
  void read_dap_reg(ByteView block);
  void write_dap_reg(ByteView block);
  void init_ap(ByteView block);
  void close_ap(ByteView block);

  // Memory.
  void read_mem8(ByteView block);
  void read_mem16(ByteView block);
  void read_mem32(ByteView block);
  void read_mem32_no_increment(ByteView block);
  void write_mem8(ByteView block);
  void write_mem16(ByteView block);
  void write_mem32(ByteView block);
  void write_mem32_no_increment(ByteView block);
  void rw_misc_out(ByteView block);
  void rw_misc_in(ByteView block);
  void read_memory(ByteView block, unsigned size, bool increment);
  void write_memory(ByteView block, unsigned size, bool increment);
  std::uint8_t check_access(ByteView block, unsigned size);
  bool splits(unsigned size) const;
  void run_misc(ByteView items, std::size_t count);

  // The core through AP 0.
  std::uint8_t read_word(std::uint32_t address, std::uint32_t& value);
  std::uint8_t write_word(std::uint32_t address, std::uint32_t value);
  std::uint8_t wait_register_ready();
  std::uint8_t read_core_register(std::uint8_t selector, std::uint32_t& value);
  void set_clock(const std::vector<ClockStep>& steps, ByteView block, std::uint32_t& khz);
  void apply_clock();
  bool ap_open(unsigned ap) const { return ap == 0 || open_aps_.contains(ap); }

  const Model& model_;
  Version version_;
  UsbDescription description_;
  Board& board_;
  Pins pins_;
  SwoReceiver swo_;
  std::size_t trace_told_ = 0;  // bytes that GET_TRACE_NB has promised and the host has not read
  Mode mode_;
  bool jtag_ = false;
  std::uint32_t swd_khz_, jtag_khz_;
  std::unique_ptr<DpWire> wire_;  // in debug mode only
  std::unique_ptr<DapClient> dap_;
  std::set<unsigned> open_aps_;  // by INIT_AP; AP 0 is open from the start
  std::uint8_t last_status_ = status::kOk;
  std::uint32_t last_address_ = 0;
  std::size_t data_expected_ = 0;
  std::function<void(ByteView)> on_data_;
  Bytes data_, misc_reply_;
};

// A transfer's answer as status code, for an access port (`ap`) or the debug port.
std::uint8_t status_of(WireAck ack, bool ap);

}  // namespace probity::vboard::stlink
