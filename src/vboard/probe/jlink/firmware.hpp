// J-Link firmware (SEGGER, RM08001): commands are a stream of bytes, wherever the USB transfers end; each
// says by its own bytes how long it is. A command that the model does not have is recorded as an error, what
// came with it is dropped, and nothing is answered.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "vboard/probe/jlink/model.hpp"
#include "vboard/probe/pins.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/probe/swo_receiver.hpp"

namespace probity::vboard::jlink {

class Firmware final : public Probe {
 public:
  // `model` and `board` must outlive it.
  Firmware(const Model& model, Board& board, const ProbeOptions& options = {});

  const UsbDescription& description() const override { return description_; }
  std::string firmware_version() const override { return firmware_version_; }
  void receive(std::uint8_t endpoint, ByteView data) override;
  void usb_reset() override;
  void lose_power() override;

 private:
  // How many bytes a command has in all, by its first ones; nothing while that cannot be told.
  using Length = std::optional<std::size_t> (*)(ByteView begun);
  using Handler = void (Firmware::*)(ByteView command);
  struct Row {
    std::uint8_t code;
    std::optional<unsigned> capability;  // without it the command is not there
    Length length;
    Handler run;
  };
  static const std::vector<Row>& rows();
  const Row* row_of(std::uint8_t code) const;
  bool has(unsigned capability) const;

  // About itself (firmware.cpp).
  void version(ByteView command);
  void get_caps(ByteView command);
  void get_caps_ex(ByteView command);
  void get_hw_version(ByteView command);
  void get_hw_info(ByteView command);
  void get_max_mem_block(ByteView command);
  void read_config(ByteView command);
  void write_config(ByteView command);
  void register_user(ByteView command);

  // The wires (wires.cpp).
  void get_state(ByteView command);
  void get_speeds(ByteView command);
  void set_speed(ByteView command);
  void set_ks_power(ByteView command);
  void select_if(ByteView command);
  void reset_line(ByteView command);
  void trst_line(ByteView command);
  void hw_jtag(ByteView command);
  bool clock_pins(bool first, bool second);

  // SWO (swo.cpp).
  void swo_command(ByteView command);
  std::uint32_t swo_start(ByteView command);
  void swo_read(ByteView command);
  void swo_speeds(ByteView command);

  std::uint32_t free_memory() const;
  void reply_le32(std::uint32_t value);

  struct User {
    std::uint32_t process = 0, host = 0;
    std::uint8_t interface_id = 0, client_id = 0;
    std::uint16_t handle = 0;
  };

  const Model& model_;
  UsbDescription description_;
  std::string firmware_version_;
  Board& board_;
  Pins pins_;
  SwoReceiver swo_;
  Bytes in_;  // a command that has begun
  std::array<std::uint8_t, 256> config_;
  std::vector<User> users_;
  std::uint16_t next_handle_ = 1;
  std::uint32_t interface_ = 0;  // SELECT_IF
  std::uint32_t swo_buffer_ = 0;
  bool power_ = false;
  bool tck_ = false, tms_ = false, tdi_ = false, tdo_ = true, ntrst_ = true;
};

}  // namespace probity::vboard::jlink
