#include "vboard/probe/jlink/firmware.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/probe/jlink/description.hpp"
#include "vboard/probe/jlink/protocol.hpp"

namespace probity::vboard::jlink {

namespace {

constexpr std::size_t kVersionLength = 112;  // the text and its padding
constexpr std::size_t kConfigLength = 256, kCapsExLength = 32;
constexpr std::size_t kWireHeader = 4;
constexpr std::size_t kMostUsers = 16;

template <std::size_t Bytes>
std::optional<std::size_t> fixed(ByteView) {
  return Bytes;
}

// HW_JTAG2, HW_JTAG3: code, 0, u16 number of bits, and two vectors of them.
std::optional<std::size_t> wire_length(ByteView begun) {
  if (begun.size() < kWireHeader) return {};
  return kWireHeader + 2 * ((load_le16(begun, 2) + 7u) / 8);
}

// SWO: code, sub-command, and parameters (length, id, value) up to a length of 0.
std::optional<std::size_t> swo_length(ByteView begun) {
  std::size_t at = 2;
  while (at < begun.size()) {
    if (begun[at] == 0) return at + 1;
    at += 2 + begun[at];
  }
  return {};
}

}  // namespace

Firmware::Firmware(const Model& model, Board& board, const ProbeOptions& options)
    : model_(model),
      description_(describe(model, serial_of(options, model.serial))),
      firmware_version_(options.firmware.empty() ? model.firmware_version : options.firmware),
      board_(board),
      pins_(board),
      swo_(board) {
  config_.fill(0xFF);  // as it leaves the factory
}

void Firmware::usb_reset() {
  Probe::usb_reset();
  in_.clear();
}

void Firmware::lose_power() {
  usb_reset();
  users_.clear();
  swo_.stop();
  swo_buffer_ = 0;
  interface_ = kJtag;
  power_ = false;
  pins_.set_frequency(Pins::kDefaultFrequency);
  pins_.set_nrst(false);
  pins_.set_ntrst(false);
  ntrst_ = true;
}

bool Firmware::has(unsigned capability) const {
  return std::ranges::find(model_.capabilities, capability) != model_.capabilities.end();
}

const std::vector<Firmware::Row>& Firmware::rows() {
  using F = Firmware;
  static const std::vector<Row> table = {
      {command::kVersion, {}, fixed<1>, &F::version},
      {command::kSetSpeed, {}, fixed<3>, &F::set_speed},
      {command::kGetState, {}, fixed<1>, &F::get_state},
      {command::kSetKsPower, cap::kSetKsPower, fixed<2>, &F::set_ks_power},
      {command::kRegister, cap::kRegister, fixed<14>, &F::register_user},
      {command::kGetSpeeds, cap::kSpeedInfo, fixed<1>, &F::get_speeds},
      {command::kGetHwInfo, cap::kGetHwInfo, fixed<5>, &F::get_hw_info},
      {command::kSelectIf, cap::kSelectIf, fixed<2>, &F::select_if},
      {command::kHwJtag2, {}, wire_length, &F::hw_jtag},
      {command::kHwJtag3, {}, wire_length, &F::hw_jtag},
      {command::kGetMaxMemBlock, cap::kGetMaxBlockSize, fixed<1>, &F::get_max_mem_block},
      {command::kHwReset0, {}, fixed<1>, &F::reset_line},
      {command::kHwReset1, {}, fixed<1>, &F::reset_line},
      {command::kHwTrst0, {}, fixed<1>, &F::trst_line},
      {command::kHwTrst1, {}, fixed<1>, &F::trst_line},
      {command::kGetCaps, {}, fixed<1>, &F::get_caps},
      {command::kSwo, cap::kSwo, swo_length, &F::swo_command},
      {command::kGetCapsEx, cap::kGetCapsEx, fixed<1>, &F::get_caps_ex},
      {command::kGetHwVersion, cap::kGetHwVersion, fixed<1>, &F::get_hw_version},
      {command::kReadConfig, cap::kReadConfig, fixed<1>, &F::read_config},
      {command::kWriteConfig, cap::kWriteConfig, fixed<1 + kConfigLength>, &F::write_config},
  };
  return table;
}

const Firmware::Row* Firmware::row_of(std::uint8_t code) const {
  const auto& table = rows();
  const auto row = std::ranges::find(table, code, &Row::code);
  if (row == table.end() || (row->capability && !has(*row->capability))) return nullptr;
  if (code == command::kHwJtag3 && !model_.jtag3) return nullptr;
  return &*row;
}

void Firmware::receive(std::uint8_t endpoint, ByteView data) {
  if (endpoint != kOutEndpoint) {
    error(fmt::format("{} bytes for endpoint 0x{:02x}, which takes none", data.size(), endpoint));
    return;
  }
  append(in_, data);
  while (!in_.empty()) {
    const Row* row = row_of(in_[0]);
    if (row == nullptr) {
      error(fmt::format("unknown command 0x{:02x}", in_[0]));
      in_.clear();
      return;
    }
    const auto length = row->length(in_);
    if (!length || in_.size() < *length) return;
    if (replies_waiting() != 0) error(fmt::format("command 0x{:02x} before the last reply was read", in_[0]));
    const auto end = in_.begin() + static_cast<std::ptrdiff_t>(*length);
    const Bytes command(in_.begin(), end);
    in_.erase(in_.begin(), end);
    ++board_.stats().usb_commands;
    (this->*row->run)(command);
  }
}

void Firmware::reply_le32(std::uint32_t value) {
  Bytes bytes;
  append_le32(bytes, value);
  reply(std::move(bytes));
}

// u16 length, then two texts, each with a zero behind it, and zeros.
void Firmware::version(ByteView) {
  const std::string text = fmt::format("{} compiled {}", firmware_version_, model_.compiled) + '\0' +
                           "Copyright 2003-2012 SEGGER: www.segger.com";
  Bytes bytes;
  append_le16(bytes, kVersionLength);
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.resize(2 + kVersionLength);
  reply(std::move(bytes));
}

void Firmware::get_caps(ByteView) {
  std::uint32_t bits = 0;
  for (const unsigned bit : model_.capabilities) bits |= 1u << bit;
  reply_le32(bits);
}

void Firmware::get_caps_ex(ByteView) {
  Bytes bytes(kCapsExLength);
  for (const unsigned bit : model_.capabilities)
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | 1u << (bit % 8));
  reply(std::move(bytes));
}

void Firmware::get_hw_version(ByteView) { reply_le32(model_.hardware_version); }

// A word for each bit of the mask; bit 0 is whether the target is fed, and nothing else is measured.
void Firmware::get_hw_info(ByteView command) {
  const std::uint32_t mask = load_le32(command, 1);
  Bytes bytes;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if ((mask >> bit & 1) != 0) append_le32(bytes, bit == 0 && power_ ? 1 : 0);
  }
  if (bytes.empty()) error("GET_HW_INFO asks for nothing");
  if (!bytes.empty()) reply(std::move(bytes));
}

std::uint32_t Firmware::free_memory() const { return model_.memory - swo_buffer_; }
void Firmware::get_max_mem_block(ByteView) { reply_le32(free_memory()); }

void Firmware::read_config(ByteView) { reply(Bytes(config_.begin(), config_.end())); }
void Firmware::write_config(ByteView command) {
  std::copy(command.begin() + 1, command.end(), config_.begin());
}

// A table of who uses the probe. Handle 0 asks for a new one; one that finds no room gets a handle that is
// not in the table.
void Firmware::register_user(ByteView command) {
  constexpr std::size_t kLeastReply = 0x4C, kEntry = 16, kInfo = 52;
  User user{.process = load_le32(command, 2),
            .host = load_le32(command, 6),
            .interface_id = command[10],
            .client_id = command[11],
            .handle = load_le16(command, 12)};
  if (command[1] == kUnregisterMe) {
    const auto gone = std::erase_if(users_, [&](const User& u) { return u.handle == user.handle; });
    if (gone == 0) error(fmt::format("UNREGISTER of handle {}, which is nobody's", user.handle));
  } else if (command[1] == kRegisterMe) {
    std::erase_if(users_, [&](const User& u) { return u.handle == user.handle; });
    if (user.handle == 0) user.handle = next_handle_++;
    if (users_.size() < kMostUsers) users_.push_back(user);
  } else {
    error(fmt::format("REGISTER with the unknown sub-command 0x{:02x}", command[1]));
    return;
  }
  Bytes bytes;
  append_le16(bytes, user.handle);
  append_le16(bytes, static_cast<std::uint16_t>(users_.size()));
  append_le16(bytes, kEntry);
  append_le16(bytes, kInfo);
  for (const User& u : users_) {
    append_le32(bytes, u.process);
    append_le32(bytes, u.host);
    append_u8(bytes, u.interface_id);
    append_u8(bytes, u.client_id);
    append_le16(bytes, u.handle);
    append_le32(bytes, 0);  // since when
  }
  bytes.resize(std::max(kLeastReply, bytes.size() + kInfo));
  reply(std::move(bytes));
}

}  // namespace probity::vboard::jlink
