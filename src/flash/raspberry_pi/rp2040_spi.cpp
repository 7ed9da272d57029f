#include "flash/raspberry_pi/rp2040_spi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/bits.hpp"
#include "base/errors.hpp"

namespace probity::rp {

namespace {

constexpr Milliseconds kTransferLimit{100};
constexpr Address kSsi = 0x18000000, kSsCtrl = 0x4001800C;  // IO_QSPI: GPIO_QSPI_SS_CTRL
constexpr Address kRxflr = kSsi + 0x24, kDr0 = kSsi + 0x60;
constexpr Field kRxLevel{"RXTFL", 0, 8};
constexpr Field kOutover{"OUTOVER", 8, 2};
constexpr std::uint32_t kDriveLow = 2, kDriveHigh = 3;
constexpr std::size_t kSsiFifo = 16;

constexpr Address kQmi = 0x400D0000, kDirectTx = kQmi + 0x04, kDirectRx = kQmi + 0x08;
constexpr Field kEnable{"EN", 0}, kAssertCs0{"ASSERT_CS0N", 2}, kRxFifoLevel{"RXLEVEL", 18, 3};
constexpr Field kOutputEnable{"OE", 19};
constexpr std::size_t kQmiFifo = 4;

// `words` into `data`, as many at a time as the FIFOs take; a byte comes back for each. The bytes behind
// those that were sent for the command.
template <typename Send, typename Level>
Bytes exchange(MemPort& memory, Clock& clock, ByteView out, std::size_t count, std::size_t fifo, Address from,
               Send send, Level level) {
  Bytes in;
  const std::size_t all = out.size() + count;
  for (std::size_t at = 0; at < all; at += fifo) {
    const std::size_t now = std::min(fifo, all - at);
    std::vector<WordAccess> batch;
    for (std::size_t i = at; i < at + now; ++i) batch.push_back(send(i < out.size() ? out[i] : 0));
    memory.run(batch);
    const Deadline deadline(clock, kTransferLimit, "the flash chip's answer");
    for (std::size_t there = level(); there < now; there = level()) {
      deadline.check(fmt::format("{} of {} bytes came", there, now));
    }
    std::ranges::fill(batch, WordAccess::load(from));
    memory.run(batch);
    for (const WordAccess& access : batch) in.push_back(static_cast<std::uint8_t>(access.value));
  }
  in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(out.size()));
  return in;
}

}  // namespace

// The controller would release the chip whenever its FIFO runs empty.
void Ssi::select(bool on) {
  const std::uint32_t control = memory_.read32(kSsCtrl);
  memory_.write32(kSsCtrl, kOutover.set(control, on ? kDriveLow : kDriveHigh));
}

Bytes Ssi::transfer(ByteView out, std::size_t count) {
  for (std::size_t i = 0; i < kSsiFifo && kRxLevel.get(memory_.read32(kRxflr)) != 0; ++i)
    memory_.read32(kDr0);
  select(true);
  const Bytes in = exchange(
      memory_, clock_, out, count, kSsiFifo, kDr0,
      [](std::uint8_t byte) { return WordAccess::store(kDr0, byte); },
      [&] { return kRxLevel.get(memory_.read32(kRxflr)); });
  select(false);
  return in;
}

Bytes Qmi::transfer(ByteView out, std::size_t count) {
  const std::uint32_t before = memory_.read32(kQmi);
  memory_.write32(kQmi, before | kEnable.mask() | kAssertCs0.mask());
  for (std::size_t i = 0; i < kQmiFifo && kRxFifoLevel.get(memory_.read32(kQmi)) != 0; ++i)
    memory_.read32(kDirectRx);
  const Bytes in = exchange(
      memory_, clock_, out, count, kQmiFifo, kDirectRx,
      [](std::uint8_t byte) { return WordAccess::store(kDirectTx, byte | kOutputEnable.mask()); },
      [&] { return kRxFifoLevel.get(memory_.read32(kQmi)); });
  memory_.write32(kQmi, before & ~(kEnable.mask() | kAssertCs0.mask()));
  return in;
}

}  // namespace probity::rp
