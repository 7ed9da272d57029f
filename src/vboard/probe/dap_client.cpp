#include "vboard/probe/dap_client.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

// DP registers (ADIv5.2, B2.2) and MEM-AP registers (C2.6).
constexpr std::uint8_t kAbortRegister = 0x0, kCtrlStat = 0x4, kSelect = 0x8, kRdBuff = 0xC;
constexpr std::uint8_t kCsw = 0x00, kTar = 0x04, kDrw = 0x0C;
constexpr std::uint32_t kClearStickyErrors = 0x1E;  // ORUNERRCLR | WDERRCLR | STKERRCLR | STKCMPCLR
constexpr std::uint32_t kStickyErr = 0x20;
constexpr std::uint32_t kPowerUpRequest = 0x50000000, kPowerUpAck = 0xA0000000;
constexpr unsigned kPowerUpPolls = 100;
// HPROT: data, privileged; MasterType: debug (CoreSight AHB-AP, DDI 0314, 3.4).
constexpr std::uint32_t kDefaultProtection = 0x23000000;
// Only the low 10 bits of TAR are guaranteed to increment (C2.2.2).
constexpr std::uint32_t kTarWrap = 1024;

std::uint32_t size_code(unsigned size) { return size == 4 ? 2 : size == 2 ? 1 : 0; }

// The access's value on its byte lane (C2.2.6).
std::uint32_t to_lane(ByteView bytes, std::uint32_t address) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint32_t{bytes[i]} << 8 * ((address + i) & 3);
  }
  return word;
}
void from_lane(std::uint32_t word, std::uint32_t address, ByteSpan bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(word >> 8 * ((address + i) & 3));
  }
}

}  // namespace

std::optional<std::uint32_t> DapClient::connect() {
  select_.reset();
  const auto id = wire_.connect();
  if (!id) return std::nullopt;
  std::uint32_t value = kPowerUpRequest | kStickyErr;
  if (wire_.faults_are_silent()) {
    transfer({.a = kCtrlStat}, value);
  } else {
    write_dp(kAbortRegister, kClearStickyErrors);
    write_dp(kCtrlStat, kPowerUpRequest);
  }
  for (unsigned i = 0; i < kPowerUpPolls; ++i) {
    if (read_dp(kCtrlStat, value) != WireAck::ok) return std::nullopt;
    if ((value & kPowerUpAck) == kPowerUpAck) return id;
  }
  return std::nullopt;
}

WireAck DapClient::transfer(const WireRequest& request, std::uint32_t& data) {
  WireAck ack = WireAck::wait;
  for (unsigned i = 0; i <= kWaitRetries && ack == WireAck::wait; ++i) ack = wire_.transfer(request, data);
  return ack;
}

WireAck DapClient::select(std::uint32_t value) {
  if (select_ == value) return WireAck::ok;
  const WireAck ack = transfer({.a = kSelect}, value);
  if (ack == WireAck::ok) {
    select_ = value;
  } else {
    select_.reset();
  }
  return ack;
}

WireAck DapClient::read_dp(std::uint8_t address, std::uint32_t& value) {
  // Only register 4 is banked on a DPv1 (B2.2): the others are reached whatever SELECT holds.
  if ((address & 0xF) == kCtrlStat) {
    const std::uint32_t bank = (select_.value_or(0) & ~0xFu) | (address >> 4);
    if (const WireAck ack = select(bank); ack != WireAck::ok && ack != WireAck::fault) return ack;
  }
  const WireAck ack = transfer({.read = true, .a = static_cast<std::uint8_t>(address & 0xC)}, value);
  wire_.idle(8);
  return ack;
}

WireAck DapClient::write_dp(std::uint8_t address, std::uint32_t value) {
  const auto a = static_cast<std::uint8_t>(address & 0xC);
  WireAck ack = WireAck::ok;
  if (a == kSelect) {
    select_.reset();
    ack = select(value);
  } else {
    if (a == kCtrlStat) ack = select((select_.value_or(0) & ~0xFu) | (address >> 4));
    if (ack == WireAck::ok) ack = transfer({.a = a}, value);
  }
  wire_.idle(8);
  return ack;
}

WireAck DapClient::read_ap_register(std::uint8_t a, std::uint32_t& value) {
  const WireAck ack = transfer({.ap = true, .read = true, .a = a}, value);
  return ack == WireAck::ok ? transfer({.read = true, .a = kRdBuff}, value) : ack;
}

WireAck DapClient::read_ap(unsigned ap, std::uint8_t address, std::uint32_t& value) {
  WireAck ack = select(ap << 24 | (address & 0xF0));
  if (ack == WireAck::ok) ack = read_ap_register(address & 0xC, value);
  if (ack == WireAck::ok) ack = settle();
  wire_.idle(8);
  return ack;
}

WireAck DapClient::write_ap(unsigned ap, std::uint8_t address, std::uint32_t value) {
  WireAck ack = select(ap << 24 | (address & 0xF0));
  if (ack == WireAck::ok) {
    ack = transfer({.ap = true, .a = static_cast<std::uint8_t>(address & 0xC)}, value);
  }
  wire_.idle(8);
  return ack;
}

// On JTAG an error is seen in CTRL/STAT only.
WireAck DapClient::settle() {
  if (!wire_.faults_are_silent()) return WireAck::ok;
  std::uint32_t status = 0;
  const WireAck ack = transfer({.read = true, .a = kCtrlStat}, status);
  return ack == WireAck::ok && (status & kStickyErr) != 0 ? WireAck::fault : ack;
}

void DapClient::clear_sticky() {
  std::uint32_t value = kClearStickyErrors;
  if (wire_.faults_are_silent()) {
    value = kPowerUpRequest | kStickyErr;
    transfer({.a = kCtrlStat}, value);
  } else {
    transfer({.a = kAbortRegister}, value);
  }
}

WireAck DapClient::start_memory(const MemoryAccess& access, std::uint32_t address) {
  const std::uint32_t protection = access.protection != 0 ? access.protection << 8 : kDefaultProtection;
  std::uint32_t csw = (protection & ~0x37u) | size_code(access.size) | (access.increment ? 0x10u : 0);
  WireAck ack = select(access.ap << 24);
  if (ack == WireAck::ok) ack = transfer({.ap = true, .a = kCsw}, csw);
  if (ack == WireAck::ok) ack = transfer({.ap = true, .a = kTar}, address);
  return ack;
}

WireAck DapClient::read_chunk(const MemoryAccess& access, std::uint32_t address, ByteSpan into) {
  WireAck ack = start_memory(access, address);
  std::uint32_t word = 0;
  if (ack == WireAck::ok) ack = transfer({.ap = true, .read = true, .a = kDrw}, word);  // posted
  for (std::size_t at = 0; at < into.size() && ack == WireAck::ok; at += access.size) {
    const bool last = at + access.size >= into.size();
    ack = last ? transfer({.read = true, .a = kRdBuff}, word)
               : transfer({.ap = true, .read = true, .a = kDrw}, word);
    if (ack != WireAck::ok) break;
    const auto where = static_cast<std::uint32_t>(access.increment ? address + at : address);
    from_lane(word, where, into.subspan(at, access.size));
  }
  return ack == WireAck::ok ? settle() : ack;
}

WireAck DapClient::write_chunk(const MemoryAccess& access, std::uint32_t address, ByteView from) {
  WireAck ack = start_memory(access, address);
  for (std::size_t at = 0; at < from.size() && ack == WireAck::ok; at += access.size) {
    const auto where = static_cast<std::uint32_t>(access.increment ? address + at : address);
    std::uint32_t word = to_lane(from.subspan(at, access.size), where);
    ack = transfer({.ap = true, .a = kDrw}, word);
  }
  std::uint32_t ignored = 0;  // RDBUFF waits for the last write and shows its error
  if (ack == WireAck::ok) ack = transfer({.read = true, .a = kRdBuff}, ignored);
  return ack == WireAck::ok ? settle() : ack;
}

namespace {
std::size_t chunk_length(const MemoryAccess& access, std::uint32_t address, std::size_t left) {
  return access.split ? std::min<std::size_t>(kTarWrap - address % kTarWrap, left) : left;
}
}  // namespace

MemoryResult DapClient::read(const MemoryAccess& access, ByteSpan into) {
  MemoryResult result{WireAck::ok, access.address};
  for (std::size_t at = 0; at < into.size() && result.ack == WireAck::ok;) {
    if (access.increment) result.address = static_cast<std::uint32_t>(access.address + at);
    const std::size_t length = chunk_length(access, result.address, into.size() - at);
    result.ack = read_chunk(access, result.address, into.subspan(at, length));
    at += length;
  }
  if (result.ack == WireAck::fault) clear_sticky();
  wire_.idle(8);
  return result;
}

MemoryResult DapClient::write(const MemoryAccess& access, ByteView from) {
  MemoryResult result{WireAck::ok, access.address};
  for (std::size_t at = 0; at < from.size() && result.ack == WireAck::ok;) {
    if (access.increment) result.address = static_cast<std::uint32_t>(access.address + at);
    const std::size_t length = chunk_length(access, result.address, from.size() - at);
    result.ack = write_chunk(access, result.address, from.subspan(at, length));
    at += length;
  }
  if (result.ack == WireAck::fault) clear_sticky();
  wire_.idle(8);
  return result;
}

}  // namespace probity::vboard
