// That blocks go as blocks, and several packets at once.
#include <gtest/gtest.h>

#include "rig.hpp"

namespace probity::throughput_test {
namespace {

constexpr Address kRam = 0x20000000;

std::uint64_t commands_for(Rig& rig, std::size_t size, bool write) {
  rig.dap->connect();
  rig.memory().write32(kRam, 0);  // CSW is known from here on
  Bytes data(size);
  const auto before = rig.host.board().stats().usb_commands;
  if (write) {
    rig.memory().write(kRam, data, Width::word);
  } else {
    rig.memory().read(kRam, data, Width::word);
  }
  return rig.host.board().stats().usb_commands - before;
}

TEST(Throughput, PacketsAreFull) {
  // 64 bytes take 14 words written or 15 read with their header; 512 bytes 126 or 127.
  Rig v1(Probe::cmsis_dap_v1), v2(Probe::cmsis_dap_v2);
  EXPECT_LE(commands_for(v1, 8192, true), 8192u / 4 / 14 + 2 * 8);
  EXPECT_LE(commands_for(v1, 8192, false), 8192u / 4 / 15 + 2 * 8);
  EXPECT_LE(commands_for(v2, 8192, true), 8192u / 4 / 126 + 8 + 1);
  EXPECT_LE(commands_for(v2, 8192, false), 8192u / 4 / 127 + 8 + 1);
}

TEST(Throughput, PacketsInFlightHideTheBus) {
  Rig rig(Probe::cmsis_dap_v2);
  rig.dap->connect();
  rig.adapter->set_speed(kilohertz(24000));
  Bytes data(32768);
  const Nanoseconds begin = rig.host.clock().now();
  const auto clocks_before = rig.host.board().stats().swd_clocks;
  rig.memory().read(kRam, data, Width::word);
  const Nanoseconds took = rig.host.clock().now() - begin;
  const Nanoseconds on_the_wire((rig.host.board().stats().swd_clocks - clocks_before) * 1000 / 24);
  // One packet at a time would take nearly twice as long: 250 us on the bus for each 127 words, 270 us on the
  // wire.
  EXPECT_LT(took, on_the_wire * 125 / 100);
}

TEST(Throughput, PollingARegisterIsOneTransfer) {
  Rig rig(Probe::cmsis_dap_v2);
  rig.dap->connect();
  constexpr Address kDhcsr = 0xE000EDF0;
  for (unsigned i = 0; i < 3; ++i) rig.memory().read32(kDhcsr);
  const auto before = rig.host.board().stats().ap_transfers;
  for (unsigned i = 0; i < 10; ++i) rig.memory().read32(kDhcsr);
  EXPECT_EQ(rig.host.board().stats().ap_transfers - before, 10u);
}

}  // namespace
}  // namespace probity::throughput_test
