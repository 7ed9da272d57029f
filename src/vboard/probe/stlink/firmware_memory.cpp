// Memory access. A read's data comes back whatever happened; GETLASTRWSTATUS tells how it went.
#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/stlink/firmware.hpp"

namespace probity::vboard::stlink {

namespace {
// Bytes 2-5 address, 6-7 length, 8 AP, 9-11 CSW bits 31:8.
MemoryAccess access_of(ByteView block, unsigned size, bool increment, bool split) {
  return {.ap = block[8],
          .protection = load_le32(block, 8) >> 8,
          .address = load_le32(block, 2),
          .size = size,
          .increment = increment,
          .split = split};
}
}  // namespace

// The status of an access that the firmware does not even start, or kOk.
std::uint8_t Firmware::check_access(ByteView block, unsigned size) {
  const std::uint32_t length = load_le16(block, 6), limit = size == 1 ? most_bytes(version_) : kMaxTransfer;
  if (length == 0 || length > limit) {
    error(fmt::format("{}-bit access of {} bytes, the limit is {}", 8 * size, length, limit));
    return status::kCommandError;
  }
  if (load_le32(block, 2) % size != 0 || length % size != 0) {
    error(fmt::format("{}-bit access of {} bytes at 0x{:08x} is not aligned", 8 * size, length,
                      load_le32(block, 2)));
    return status::kAlignmentError;
  }
  if (!has_wide_access(version_) && load_le32(block, 8) != 0) {
    error(fmt::format("firmware {} takes no access port or CSW with memory access", firmware_version()));
    return status::kCommandError;
  }
  return ap_open(block[8]) ? status::kOk : status::kBadAp;
}

// Firmware that does not set TAR anew where it may wrap leaves that to the host, but for bytes: OpenOCD's
// driver splits its blocks at that boundary, of bytes it does not.
bool Firmware::splits(unsigned size) const { return size == 1 || has_wide_access(version_); }

void Firmware::read_memory(ByteView block, unsigned size, bool increment) {
  const std::size_t length = load_le16(block, 6);
  Bytes bytes(std::max<std::size_t>(length, 2));  // a single byte comes as two
  last_address_ = load_le32(block, 2);
  last_status_ = check_access(block, size);
  if (last_status_ == status::kOk) {
    const MemoryResult result =
        dap_->read(access_of(block, size, increment, splits(size)), ByteSpan(bytes).first(length));
    last_status_ = status_of(result.ack, true);
    last_address_ = result.address;
  }
  reply(std::move(bytes));
}

void Firmware::write_memory(ByteView block, unsigned size, bool increment) {
  last_address_ = load_le32(block, 2);
  last_status_ = check_access(block, size);
  const bool allowed = last_status_ == status::kOk;
  const MemoryAccess access = access_of(block, size, increment, splits(size));
  expect_data(load_le16(block, 6), [this, access, allowed](ByteView data) {
    if (!allowed) return;
    const MemoryResult result = dap_->write(access, data);
    last_status_ = status_of(result.ack, true);
    last_address_ = result.address;
  });
}

void Firmware::read_mem8(ByteView block) { read_memory(block, 1, true); }
void Firmware::read_mem16(ByteView block) { read_memory(block, 2, true); }
void Firmware::read_mem32(ByteView block) { read_memory(block, 4, true); }
void Firmware::read_mem32_no_increment(ByteView block) { read_memory(block, 4, false); }
void Firmware::write_mem8(ByteView block) { write_memory(block, 1, true); }
void Firmware::write_mem16(ByteView block) { write_memory(block, 2, true); }
void Firmware::write_mem32(ByteView block) { write_memory(block, 4, true); }
void Firmware::write_mem32_no_increment(ByteView block) { write_memory(block, 4, false); }

// A list of word accesses: one byte an item (padded to a multiple of four), then one word an item. The answer
// is one word an item, then one status word an item.
void Firmware::rw_misc_out(ByteView block) {
  const std::uint32_t count = load_le32(block, 2);
  const std::size_t limit = version_.major >= 3 ? 1227 : 64;
  if (count == 0 || count > limit) {
    return refuse(fmt::format("{} items, the limit is {}", count, limit), status::kCommandError, block);
  }
  const std::size_t padded = (count + 3) / 4 * 4;
  expect_data(padded + 4 * std::size_t{count}, [this, count](ByteView items) { run_misc(items, count); });
}

void Firmware::run_misc(ByteView items, std::size_t count) {
  const std::size_t padded = (count + 3) / 4 * 4;
  misc_reply_.assign(8 * count, 0);
  std::uint32_t address = 0;
  unsigned ap = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t argument = load_le32(items, padded + 4 * i);
    Bytes word;
    append_le32(word, argument);
    std::uint8_t s = status::kOk;
    if (items[i] == misc::kAddress) {
      address = argument;
    } else if (items[i] == misc::kApNumber) {
      ap = argument;
      if (!ap_open(ap)) s = status::kBadAp;
    } else if (items[i] == misc::kWrite) {
      s = ap_open(ap) ? status_of(dap_->write({.ap = ap, .address = address}, word).ack, true)
                      : status::kBadAp;
    } else if (items[i] == misc::kRead) {
      s = ap_open(ap) ? status_of(dap_->read({.ap = ap, .address = argument}, word).ack, true)
                      : status::kBadAp;
      store_le32(misc_reply_, 4 * i, load_le32(word));
    } else {
      error(fmt::format("unknown item {} in RW_MISC", items[i]));
      s = status::kUnknownCommand;
    }
    store_le32(misc_reply_, 4 * (count + i), s);
  }
}

void Firmware::rw_misc_in(ByteView block) {
  if (misc_reply_.empty()) return refuse("RW_MISC_IN before RW_MISC_OUT", status::kCommandError, block);
  reply(std::exchange(misc_reply_, {}));
}

}  // namespace probity::vboard::stlink
