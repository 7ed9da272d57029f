#include "adapter/stlink/memory.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stlink {

namespace {

constexpr std::string_view kWaitingForMemory = "the target's bus to complete an access";
// A read whose data came with a wrong parity is worth another try; more would only hide a bad cable.
constexpr unsigned kParityTries = 2;

Debug read_command(Width width) {
  if (width == Width::byte) return Debug::read_mem_8;
  return width == Width::half ? Debug::read_mem_16 : Debug::read_mem_32;
}
Debug write_command(Width width) {
  if (width == Width::byte) return Debug::write_mem_8;
  return width == Width::half ? Debug::write_mem_16 : Debug::write_mem_32;
}

// Peripherals, external devices and the system region (Armv7-M, B3.1): there the width of an access matters.
bool is_device(Address address) {
  return AddressRange{0x40000000, 0x20000000}.contains(address) || address >= 0xA0000000;
}

constexpr std::uint32_t kCswCarried = 0xFFFFFF00;  // by a memory command

std::size_t item_count(const WordAccess& access) { return access.read ? 1 : 2; }

}  // namespace

std::size_t StlinkMemory::block_size(Address address, std::size_t left, Width width) const {
  if (width == Width::byte) {
    return std::min(left, probe_.has(Feature::byte_block_512) ? kMaxByteBlockHighSpeed : kMaxByteBlock);
  }
  const std::size_t most = std::min(left, probe_.link().max_block());
  return probe_.has(Feature::wide_access) ? most : std::min(most, kTarWrap - address % kTarWrap);
}

Width StlinkMemory::possible_width(Address address, std::size_t size, Width wanted) {
  if (wanted != Width::half || probe_.has(Feature::memory_16_bit)) return wanted;
  if (is_device(address)) {
    throw AdapterError(
        fmt::format("ST-LINK firmware {} has no 16-bit access (needs V2J26), and two 8-bit ones at "
                    "0x{:08x} would do something else: update the firmware",
                    name_of(probe_.version()), address));
  }
  if (!warned_ && size > sizeof(std::uint16_t)) {
    warned_ = true;
    probe_.log().warn("ST-LINK firmware {} has no 16-bit access (needs V2J26): memory is accessed in bytes",
                      name_of(probe_.version()));
  }
  return Width::byte;
}

void StlinkMemory::read(Address address, ByteSpan data, Width width) {
  probe_.open_ap(ap_);
  if (width == Width::word && data.size() == 4 && ap_ == 0 && csw_ == 0) {
    probe_.clock().check_interrupt();
    store_le32(data, 0, read_word(address));
    return;
  }
  width = possible_width(address, data.size(), width);
  while (!data.empty()) {
    probe_.clock().check_interrupt();
    const std::size_t size = block_size(address, data.size(), width);
    read_block(address, data.first(size), width);
    address += static_cast<Address>(size);
    data = data.subspan(size);
  }
}

void StlinkMemory::write(Address address, ByteView data, Width width) {
  probe_.open_ap(ap_);
  if (width == Width::word && data.size() == 4 && ap_ == 0 && csw_ == 0) {
    probe_.clock().check_interrupt();
    write_word(address, load_le32(data));
    return;
  }
  width = possible_width(address, data.size(), width);
  while (!data.empty()) {
    probe_.clock().check_interrupt();
    const std::size_t size = block_size(address, data.size(), width);
    write_block(address, data.first(size), width);
    address += static_cast<Address>(size);
    data = data.subspan(size);
  }
}

void StlinkMemory::read_block(Address address, ByteSpan data, Width width) {
  const MemoryCommand command{read_command(width), address, static_cast<std::uint16_t>(data.size()),
                              static_cast<std::uint8_t>(ap_), csw_};
  // A single byte is answered with two (OpenOCD 0.12).
  const std::size_t answer_size = std::max<std::size_t>(data.size(), 2);
  std::optional<WaitRetry> retry;
  for (unsigned parity_tries = 0;;) {
    const Bytes in = probe_.link().read(command.encode(), answer_size, probe_.patience(data.size()));
    const auto last = last_status(0);
    const auto ack = ack_of(last.status);
    if (ack == Ack::ok) {
      std::copy_n(in.begin(), data.size(), data.begin());
      return;
    }
    if (ack == Ack::wait) {
      if (!retry) retry.emplace(probe_.clock(), kWaitingForMemory);
      retry->again(last.status);
    } else if (ack != Ack::parity || ++parity_tries > kParityTries) {
      fail(last.status, "reading", address, data.size(), last.fault);
    }
  }
}

void StlinkMemory::write_block(Address address, ByteView data, Width width) {
  std::optional<WaitRetry> retry;
  for (;;) {
    const MemoryCommand command{write_command(width), address, static_cast<std::uint16_t>(data.size()),
                                static_cast<std::uint8_t>(ap_), csw_};
    probe_.link().write(command.encode(), data, probe_.patience(data.size()));
    const auto last = last_status(data.size());
    const auto ack = ack_of(last.status);
    if (ack == Ack::ok) return;
    if (ack != Ack::wait) fail(last.status, "writing", address, data.size(), last.fault);
    if (!retry) retry.emplace(probe_.clock(), kWaitingForMemory);
    retry->again(last.status);
    // What was written stays written: a second write of a flash word would be an error of its own.
    const std::size_t done = last.fault - address;
    if (done < data.size() && done % static_cast<unsigned>(width) == 0) {
      address += static_cast<Address>(done);
      data = data.subspan(done);
    }
  }
}

GetLastRwStatus2::Answer StlinkMemory::last_status(std::size_t bytes) {
  const Milliseconds patience = probe_.patience(bytes);
  if (probe_.has(Feature::last_status_address)) return probe_.ask(GetLastRwStatus2{}, patience);
  return {probe_.ask(GetLastRwStatus{}, patience).status, 0};
}

std::uint32_t StlinkMemory::read_word(Address address) {
  const auto answer = probe_.ask_patiently(ReadDebugReg(address), kWaitingForMemory);
  if (ack_of(answer.status) != Ack::ok) fail(answer.status, "reading", address, 4, address);
  return answer.value;
}

void StlinkMemory::write_word(Address address, std::uint32_t value) {
  const auto answer = probe_.ask_patiently(WriteDebugReg(address, value), kWaitingForMemory);
  if (ack_of(answer.status) != Ack::ok) fail(answer.status, "writing", address, 4, address);
}

std::optional<std::uint32_t> StlinkMemory::csw() { return csw_ == 0 ? std::nullopt : std::optional(csw_); }

bool StlinkMemory::set_csw(std::uint32_t value, std::uint32_t mask) {
  if (!probe_.has(Feature::wide_access)) return false;
  mask &= kCswCarried;
  csw_ = (csw_ & ~mask) | (value & mask);
  return true;
}

void StlinkMemory::run(std::span<WordAccess> batch) {
  probe_.clock().check_interrupt();
  // RW_MISC costs two commands, a lone word (on AP 0) one.
  const std::size_t worth_it = ap_ == 0 ? 3 : 2;
  const bool possible = probe_.has(Feature::wide_access) && probe_.link().exclusive() && csw_ == 0;
  if (batch.size() < worth_it || !possible) {
    MemPort::run(batch);
    return;
  }
  probe_.open_ap(ap_);
  const std::size_t most = probe_.version().stlink == 2 ? kMiscItemsV2 : kMiscItemsV3;
  std::optional<WaitRetry> retry;
  while (!batch.empty()) {
    std::size_t count = 0;
    std::size_t items = 1;  // the AP number
    while (count < batch.size() && items + item_count(batch[count]) <= most)
      items += item_count(batch[count++]);
    const MiscResult result = run_misc(batch.first(count));
    if (result.done > 0) retry.reset();
    batch = batch.subspan(result.done);
    if (ack_of(result.stopped_by) != Ack::wait) continue;
    if (!retry) retry.emplace(probe_.clock(), kWaitingForMemory);
    retry->again(result.stopped_by);
  }
}

StlinkMemory::MiscResult StlinkMemory::run_misc(std::span<WordAccess> batch) {
  MiscBatch message{{{Misc::ap_number, ap_}}};
  for (const WordAccess& access : batch) {
    message.items.push_back({access.read ? Misc::read : Misc::address, access.address});
    if (!access.read) message.items.push_back({Misc::write, access.value});
  }
  const Milliseconds patience = probe_.patience(message.items.size() * 4);
  probe_.link().write(message.encode_out(), message.data(), patience);
  const auto answer = message.parse(probe_.link().read(message.encode_in(), message.answer_size(), patience));
  std::size_t item = 0;
  Status status = answer.statuses[item++];
  if (ack_of(status) != Ack::ok) throw_failure(status, fmt::format("selecting AP {}", ap_));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (std::size_t part = 0; part < item_count(batch[i]); ++part) {
      status = answer.statuses[item];
      if (ack_of(status) == Ack::wait) return {i, status};
      if (ack_of(status) != Ack::ok) {
        fail(status, batch[i].read ? "reading" : "writing", batch[i].address, 4, batch[i].address);
      }
      if (batch[i].read) batch[i].value = answer.values[item];
      ++item;
    }
  }
  return {batch.size(), Status::ok};
}

void StlinkMemory::fail(Status status, std::string_view verb, Address address, std::size_t size,
                        Address stopped_at) {
  if (clear_after_fault_) probe_.clear_sticky_errors();
  const bool known = stopped_at >= address && stopped_at - address < size;
  const Address bad = known ? stopped_at : address;
  const std::string doing = fmt::format("{} {} bytes at 0x{:08x}", verb, size, address);
  if (ack_of(status) != Ack::fault) throw_failure(status, doing);
  throw MemoryFault(fmt::format("{}: the target's bus refuses 0x{:08x}{} (ST-LINK status {})", doing, bad,
                                known ? "" : " or an address behind it", describe(status)),
                    bad, size - (bad - address));
}

}  // namespace probity::stlink
