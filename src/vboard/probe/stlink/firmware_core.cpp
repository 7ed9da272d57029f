// Registers of the core, reset, clocks, and raw access to the debug port.
#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/stlink/firmware.hpp"

namespace probity::vboard::stlink {

namespace {
// Armv7-M (DDI 0403), C1.6: the debug control block.
constexpr std::uint32_t kAircr = 0xE000ED0C, kDhcsr = 0xE000EDF0, kDcrsr = 0xE000EDF4, kDcrdr = 0xE000EDF8;
constexpr std::uint32_t kSysResetRequest = 0x05FA0004;
constexpr std::uint32_t kRegisterWrite = 1u << 16, kRegisterReady = 1u << 16;
constexpr unsigned kReadyPolls = 100;
constexpr unsigned kAllRegisters = 21;  // R0-R15, xPSR, MSP, PSP, CONTROL word, and one unused
constexpr std::uint8_t kIdRegister = 0xFC;
}  // namespace

std::uint8_t Firmware::read_word(std::uint32_t address, std::uint32_t& value) {
  Bytes bytes(4);
  const MemoryResult result = dap_->read({.address = address}, bytes);
  value = load_le32(bytes);
  return status_of(result.ack, true);
}

std::uint8_t Firmware::write_word(std::uint32_t address, std::uint32_t value) {
  Bytes bytes;
  append_le32(bytes, value);
  return status_of(dap_->write({.address = address}, bytes).ack, true);
}

void Firmware::read_idcodes(ByteView) {
  const std::vector<std::uint32_t> ids = wire_->idcodes();
  Bytes bytes = {status::kOk, 0, 0, 0};
  append_le32(bytes, ids.empty() ? 0 : ids[0]);
  append_le32(bytes, ids.size() < 2 ? 0 : ids[1]);
  reply(std::move(bytes));
}

void Firmware::reset_sys(ByteView) { reply_status(write_word(kAircr, kSysResetRequest)); }

std::uint8_t Firmware::wait_register_ready() {
  std::uint32_t dhcsr = 0;
  for (unsigned i = 0; i < kReadyPolls; ++i) {
    if (const auto s = read_word(kDhcsr, dhcsr); s != status::kOk) return s;
    if ((dhcsr & kRegisterReady) != 0) return status::kOk;
  }
  return status::kCommandError;
}

std::uint8_t Firmware::read_core_register(std::uint8_t selector, std::uint32_t& value) {
  if (const auto s = write_word(kDcrsr, selector); s != status::kOk) return s;
  if (const auto s = wait_register_ready(); s != status::kOk) return s;
  return read_word(kDcrdr, value);
}

void Firmware::read_reg(ByteView block) {
  std::uint32_t value = 0;
  const std::uint8_t s = read_core_register(block[2], value);
  reply_word(s, value);
}

void Firmware::write_reg(ByteView block) {
  std::uint8_t s = write_word(kDcrdr, load_le32(block, 3));
  if (s == status::kOk) s = write_word(kDcrsr, block[2] | kRegisterWrite);
  if (s == status::kOk) s = wait_register_ready();
  reply_status(s);
}

void Firmware::read_all_regs(ByteView) {
  Bytes bytes = {status::kOk, 0, 0, 0};
  for (unsigned i = 0; i < kAllRegisters; ++i) {
    std::uint32_t value = 0;
    if (i <= 18) bytes[0] = std::max(bytes[0], read_core_register(static_cast<std::uint8_t>(i), value));
    if (i == 19) bytes[0] = std::max(bytes[0], read_core_register(20, value));
    append_le32(bytes, value);
  }
  reply(std::move(bytes));
}

void Firmware::read_debug_reg(ByteView block) {
  std::uint32_t value = 0;
  const std::uint8_t s = read_word(load_le32(block, 2), value);
  reply_word(s, value);
}

void Firmware::write_debug_reg(ByteView block) {
  reply_status(write_word(load_le32(block, 2), load_le32(block, 6)));
}

void Firmware::get_last_status(ByteView) { reply_status(last_status_); }

void Firmware::get_last_status2(ByteView) {
  Bytes bytes = {last_status_, 0, 0, 0};
  append_le32(bytes, last_address_);
  append_le32(bytes, 0);
  reply(std::move(bytes));
}

void Firmware::drive_nrst(ByteView block) {
  if (block[2] > 2) return refuse("unknown nRST level", status::kUnknownCommand, block);
  if (block[2] == 2) {
    pins_.set_nrst(true);
    pins_.wait(Milliseconds(1));
  }
  pins_.set_nrst(block[2] == 0);
  reply_status(status::kOk);
}

void Firmware::set_clock(const std::vector<ClockStep>& steps, ByteView block, std::uint32_t& khz) {
  if (version_.major >= 3) return refuse("V3 sets its clock by SET_COM_FREQ", status::kUnknownCommand, block);
  const std::uint32_t divisor = load_le16(block, 2);
  const auto step =
      std::find_if(steps.begin(), steps.end(), [&](const ClockStep& s) { return s.divisor == divisor; });
  if (step == steps.end()) {
    return refuse(fmt::format("clock divisor {} is none of the probe's", divisor), status::kCommandError,
                  block);
  }
  khz = step->kilohertz;
  apply_clock();
  reply_status(status::kOk);
}

void Firmware::swd_set_frequency(ByteView block) { set_clock(model_.swd_clocks, block, swd_khz_); }
void Firmware::jtag_set_frequency(ByteView block) { set_clock(model_.jtag_clocks, block, jtag_khz_); }

void Firmware::set_com_frequency(ByteView block) {
  const bool jtag = block[2] != 0;
  const auto& steps = jtag ? model_.jtag_clocks : model_.swd_clocks;
  const std::uint32_t wanted = load_le32(block, 4);
  const auto fits =
      std::find_if(steps.begin(), steps.end(), [&](const ClockStep& s) { return s.kilohertz <= wanted; });
  const std::uint32_t set = fits == steps.end() ? steps.back().kilohertz : fits->kilohertz;
  (jtag ? jtag_khz_ : swd_khz_) = set;
  apply_clock();
  reply_word(status::kOk, set);
}

void Firmware::get_com_frequency(ByteView block) {
  const bool jtag = block[2] != 0;
  const auto& steps = jtag ? model_.jtag_clocks : model_.swd_clocks;
  Bytes bytes = {status::kOk, 0, 0, 0};
  append_le32(bytes, jtag ? jtag_khz_ : swd_khz_);
  append_le32(bytes, static_cast<std::uint32_t>(steps.size()));
  for (const ClockStep& step : steps) append_le32(bytes, step.kilohertz);
  bytes.resize(52);
  reply(std::move(bytes));
}

void Firmware::read_dap_reg(ByteView block) {
  const std::uint16_t port = load_le16(block, 2);
  const auto address = static_cast<std::uint8_t>(load_le16(block, 4));
  std::uint32_t value = 0;
  if (port == kDebugPort) {
    const WireAck ack = dap_->read_dp(address, value);
    return reply_word(status_of(ack, false), value);
  }
  if (!ap_open(port) && address != kIdRegister) return reply_word(status::kBadAp, 0);
  const WireAck ack = dap_->read_ap(port, address, value);
  reply_word(status_of(ack, true), value);
}

void Firmware::write_dap_reg(ByteView block) {
  const std::uint16_t port = load_le16(block, 2);
  const auto address = static_cast<std::uint8_t>(load_le16(block, 4));
  const std::uint32_t value = load_le32(block, 6);
  if (port == kDebugPort) return reply_status(status_of(dap_->write_dp(address, value), false));
  if (!ap_open(port)) return reply_status(status::kBadAp);
  reply_status(status_of(dap_->write_ap(port, address, value), true));
}

void Firmware::init_ap(ByteView block) {
  std::uint32_t id = 0;
  const WireAck ack = dap_->read_ap(block[2], kIdRegister, id);
  if (ack != WireAck::ok) return reply_status(status_of(ack, true));
  if (id == 0) return reply_status(status::kBadAp);
  open_aps_.insert(block[2]);
  reply_status(status::kOk);
}

void Firmware::close_ap(ByteView block) {
  if (!ap_open(block[2])) return reply_status(status::kBadAp);
  open_aps_.erase(block[2]);
  reply_status(status::kOk);
}

}  // namespace probity::vboard::stlink
