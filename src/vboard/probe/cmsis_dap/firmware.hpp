// CMSIS-DAP firmware (Arm, CMSIS-DAP: "Firmware for CoreSight Debug Access Port", commands as in its
// reference): one response a command packet, up to packet_count packets in flight. A command it does not know
// is recorded as an error and answered 0xFF.
#pragma once

#include <vector>

#include "vboard/probe/cmsis_dap/model.hpp"
#include "vboard/probe/cmsis_dap/request.hpp"
#include "vboard/probe/jtag_port.hpp"
#include "vboard/probe/pins.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/probe/swd_port.hpp"
#include "vboard/probe/swo_receiver.hpp"

namespace probity::vboard::cmsis_dap {

class Firmware final : public Probe {
 public:
  // `model` and `board` must outlive it.
  Firmware(const Model& model, Board& board, const ProbeOptions& options = {});

  const UsbDescription& description() const override { return description_; }
  std::string firmware_version() const override { return firmware_version_; }
  void receive(std::uint8_t endpoint, ByteView packet) override;
  void usb_reset() override;
  void lose_power() override;
  Bytes take_trace(std::uint8_t endpoint, std::size_t max_length) override;

 private:
  enum class Selected : std::uint8_t { none = 0, swd = 1, jtag = 2 };
  using Handler = void (Firmware::*)(Request&, Bytes& response);
  struct Row {
    std::uint8_t code;
    Handler run;
  };
  static const std::vector<Row>& rows();

  void answer(ByteView packet);
  void run_one(Request& request, Bytes& response);

  // General (firmware.cpp).
  std::uint8_t capabilities() const;
  void info(Request& request, Bytes& response);
  void host_status(Request& request, Bytes& response);
  void connect(Request& request, Bytes& response);
  void disconnect(Request& request, Bytes& response);
  void delay(Request& request, Bytes& response);
  void reset_target(Request& request, Bytes& response);
  void execute_commands(Request& request, Bytes& response);

  // Pins and sequences (sequences.cpp).
  void swj_pins(Request& request, Bytes& response);
  void swj_clock(Request& request, Bytes& response);
  void swj_sequence(Request& request, Bytes& response);
  void swd_configure(Request& request, Bytes& response);
  void swd_sequence(Request& request, Bytes& response);
  void jtag_sequence(Request& request, Bytes& response);
  void jtag_configure(Request& request, Bytes& response);
  void jtag_idcode(Request& request, Bytes& response);
  std::uint8_t pin_levels() const;
  void drive_pins(std::uint8_t levels, std::uint8_t select);

  // Transfers (transfers.cpp).
  struct Outcome {
    WireAck ack = WireAck::ok;
    bool mismatch = false;
    bool ok() const { return ack == WireAck::ok && !mismatch; }
    std::uint8_t code() const;
  };
  void transfer_configure(Request& request, Bytes& response);
  void transfer(Request& request, Bytes& response);
  void transfer_block(Request& request, Bytes& response);
  void write_abort(Request& request, Bytes& response);
  bool begin_transfers(std::uint8_t index);
  WireAck raw(const WireRequest& wanted, std::uint32_t& data);
  Outcome match(const WireRequest& wanted, std::uint32_t value);
  Outcome one_transfer(std::uint8_t bits, Request& request, Bytes& response);
  WireAck fetch_posted(Bytes& response);
  Outcome block_read(const WireRequest& wanted, std::uint16_t count, std::uint16_t& done, Bytes& response);
  Outcome block_write(const WireRequest& wanted, std::uint16_t count, std::uint16_t& done, Request& request);

  // SWO (swo.cpp).
  enum class SwoTransport : std::uint8_t { none = 0, data_command = 1, endpoint = 2 };
  void swo_transport(Request& request, Bytes& response);
  void swo_mode(Request& request, Bytes& response);
  void swo_baudrate(Request& request, Bytes& response);
  void swo_control(Request& request, Bytes& response);
  void swo_status(Request& request, Bytes& response);
  void swo_extended_status(Request& request, Bytes& response);
  void swo_data(Request& request, Bytes& response);
  std::uint8_t swo_state();

  const Model& model_;
  UsbDescription description_;
  std::string firmware_version_;
  Board& board_;
  Pins pins_;
  SwdPort swd_;
  JtagPort jtag_;
  SwoReceiver swo_;
  SwoTransport swo_transport_ = SwoTransport::none;
  std::uint8_t swo_mode_ = 0;  // 1: UART, 2: Manchester
  Hertz swo_baud_{0};
  std::uint32_t swo_index_ = 0;  // bytes handed over since the start of capture
  Selected selected_ = Selected::none;
  std::vector<Bytes> queued_;  // by QueueCommands, until another command comes
  static constexpr unsigned kWaitRetries = 100;
  unsigned wait_retries_ = kWaitRetries, match_retries_ = 0;
  std::uint32_t match_mask_ = 0;
  bool read_posted_ = false, write_unchecked_ = false;
  bool tck_ = true, tms_ = true, tdi_ = true, tdo_ = true, ntrst_ = true;
};

}  // namespace probity::vboard::cmsis_dap
