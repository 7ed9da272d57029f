#include "adapter/jlink/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::jlink {

namespace {

Bytes command_of(Command code) { return {static_cast<std::uint8_t>(code)}; }

struct Parameter {
  SwoParameter id;
  std::uint32_t value;
};

Bytes swo_command(SwoAction action, std::initializer_list<Parameter> parameters) {
  Bytes bytes = command_of(Command::swo);
  append_u8(bytes, static_cast<std::uint8_t>(action));
  for (const Parameter& p : parameters) {
    append_u8(bytes, 4);
    append_u8(bytes, static_cast<std::uint8_t>(p.id));
    append_le32(bytes, p.value);
  }
  append_u8(bytes, 0);
  return bytes;
}

void require_swo(ByteView answer, std::string_view what) {
  const std::uint32_t status = load_le32(answer);
  if (status != 0)
    throw AdapterError(fmt::format("J-Link: {} failed (status 0x{:08x})", what, status), status);
}

}  // namespace

bool CapabilitySet::has(Capability capability) const {
  const auto bit = static_cast<unsigned>(capability);
  return bit / 8 < bits.size() && (bits[bit / 8] >> (bit % 8) & 1) != 0;
}

std::size_t GetVersion::answer_length(ByteView begun) const {
  return begun.size() < 2 ? 2 : 2u + load_le16(begun);
}
std::string GetVersion::parse(ByteView answer) const {
  const auto end = std::find(answer.begin() + 2, answer.end(), 0);
  return {answer.begin() + 2, end};
}

HardwareVersion GetHardwareVersion::parse(ByteView answer) const {
  const std::uint32_t v = load_le32(answer);  // TTMMmmrr in decimal digits
  return {v / 1'000'000 % 100, v / 10'000 % 100, v / 100 % 100, v % 100};
}

HardwareStatus GetState::parse(ByteView answer) const {
  return {.millivolts = load_le16(answer),
          .tck = answer[2],
          .tdi = answer[3],
          .tdo = answer[4],
          .tms = answer[5],
          .srst = answer[6],
          .trst = answer[7]};
}

std::uint32_t GetFreeMemory::parse(ByteView answer) const { return load_le32(answer); }

Speeds GetSpeeds::parse(ByteView answer) const {
  const Speeds speeds{load_le32(answer), load_le16(answer, 4)};
  if (speeds.least_divisor == 0 || speeds.base_hertz == 0)
    throw AdapterError("J-Link: the probe tells no speeds");
  return speeds;
}

Bytes SetSpeed::encode() const {
  Bytes bytes = command_of(Command::set_speed);
  append_le16(bytes, kilohertz);
  return bytes;
}

std::uint32_t GetInterfaces::parse(ByteView answer) const { return load_le32(answer); }

Bytes SelectInterface::encode() const {
  return {static_cast<std::uint8_t>(Command::select_interface), static_cast<std::uint8_t>(wire)};
}

Bytes WriteConfig::encode() const {
  Bytes bytes = command_of(Command::write_config);
  append(bytes, config);
  return bytes;
}

// Process, host and client stay 0, as OpenOCD has them.
Bytes Register::encode() const {
  constexpr std::size_t kHandleAt = 12;
  Bytes bytes = command_of(Command::register_connection);
  append_u8(bytes, enter ? kRegister : kUnregister);
  bytes.resize(kHandleAt);
  append_le16(bytes, handle);
  return bytes;
}

// u16 handle, u16 number of entries, u16 length of one, u16 length of what follows them; all padded to a
// least length.
std::size_t Register::answer_length(ByteView begun) const {
  constexpr std::size_t kLeast = 0x4C, kHeader = 8;
  if (begun.size() < kHeader) return kLeast;
  return std::max(kLeast,
                  kHeader + std::size_t{load_le16(begun, 2)} * load_le16(begun, 4) + load_le16(begun, 6));
}

Registration Register::parse(ByteView answer) const {
  constexpr std::size_t kHeader = 8, kHandleInEntry = 10;
  Registration own{load_le16(answer), false};
  const std::size_t entry = load_le16(answer, 4);
  for (std::size_t i = 0; i < load_le16(answer, 2); ++i) {
    if (load_le16(answer, kHeader + i * entry + kHandleInEntry) == own.handle) own.listed = true;
  }
  return own;
}

Bytes WireIo::encode() const {
  Bytes bytes = command_of(version);
  append_u8(bytes, 0);
  append_le16(bytes, static_cast<std::uint16_t>(first.size()));
  append(bytes, first.bytes());
  append(bytes, second.bytes());
  return bytes;
}

std::size_t WireIo::answer_length(ByteView) const {
  return first.bytes().size() + (version == Command::io_v3 ? 1 : 0);
}

std::optional<BitVector> WireIo::parse(ByteView answer) const {
  const std::uint8_t status = version == Command::io_v3 ? answer.back() : std::uint8_t{0};
  if (status == kIoNoMemory) return {};
  if (status != 0) {
    throw AdapterError(fmt::format("J-Link: clocking {} bits failed (status 0x{:02x})", first.size(), status),
                       status);
  }
  return BitVector::from_bytes(answer, first.size());
}

Bytes SwoStart::encode() const {
  return swo_command(
      SwoAction::start,
      {{SwoParameter::mode, kSwoUart}, {SwoParameter::baud, baud}, {SwoParameter::buffer_size, buffer_size}});
}
void SwoStart::parse(ByteView answer) const { require_swo(answer, "starting SWO capture"); }

Bytes SwoStop::encode() const { return swo_command(SwoAction::stop, {}); }
void SwoStop::parse(ByteView answer) const { require_swo(answer, "stopping SWO capture"); }

Bytes SwoRead::encode() const { return swo_command(SwoAction::read, {{SwoParameter::read_size, most}}); }
// u32 status, u32 length, and so many bytes.
std::size_t SwoRead::answer_length(ByteView begun) const {
  constexpr std::size_t kHeader = 8;
  if (begun.size() < kHeader) return kHeader;
  const std::uint32_t length = load_le32(begun, 4);
  if (length > most)
    throw AdapterError(fmt::format("J-Link: {} bytes of SWO where at most {} are due", length, most));
  return kHeader + length;
}
Bytes SwoRead::parse(ByteView answer) const {
  require_swo(answer, "reading SWO");
  return {answer.begin() + 8, answer.end()};
}

Bytes GetSwoSpeeds::encode() const {
  return swo_command(SwoAction::speeds, {{SwoParameter::mode, kSwoUart}});
}
// u32 length of all of it, a reserved word, clock, least and most divisor, least and most prescaler; or an
// error number alone.
std::size_t GetSwoSpeeds::answer_length(ByteView begun) const {
  constexpr std::size_t kFirst = 4, kAll = 28;
  if (begun.size() < kFirst || (load_le32(begun) & kSwoFailed) != 0) return kFirst;
  return kAll;
}
SwoSpeeds GetSwoSpeeds::parse(ByteView answer) const {
  if ((load_le32(answer) & kSwoFailed) != 0) require_swo(answer, "asking for the SWO speeds");
  const SwoSpeeds speeds{load_le32(answer, 8), load_le32(answer, 12), load_le32(answer, 16)};
  if (speeds.clock == 0 || speeds.least_divisor == 0 || speeds.most_divisor < speeds.least_divisor)
    throw AdapterError("J-Link: the probe tells no SWO speeds");
  return speeds;
}

}  // namespace probity::jlink
