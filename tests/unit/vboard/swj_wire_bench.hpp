// A SWD host on a debug port without a chip: memory whose every word says which core reads it.
#pragma once

#include <gtest/gtest.h>

#include <bit>

#include "vboard/debug_port/swj_port.hpp"

#include "board_swd_host.hpp"

namespace probity::vboard::test {

// Memory whose every word says who reads it.
class Cores final : public DebugBus {
 public:
  BusStatus debug_read(const MemApFacts& port, Security, std::uint32_t address, unsigned,
                       std::uint32_t& value) override {
    value = address + port.cpu;
    return BusStatus::ok;
  }
  BusStatus debug_write(const MemApFacts&, Security, std::uint32_t, unsigned, std::uint32_t) override {
    return BusStatus::ok;
  }
  bool secure_debug_allowed() const override { return true; }
  void rescue(bool requested) override { rescues.push_back(requested); }
  std::uint32_t vendor_read(std::uint32_t) override { return 0; }
  void vendor_write(std::uint32_t, std::uint32_t) override {}
  std::optional<std::uint32_t> hidden_port_value() const override { return {}; }

  std::vector<bool> rescues;
};

class Wire {
  static constexpr unsigned kSelectBank = 0x8, kCtrlStat = 0x4, kTargetSel = 0xC;

 public:
  explicit Wire(std::vector<DebugPortFacts> ports)
      : port_({.ports = std::move(ports), .idcodes = {}, .dormant = true}, bus, stats_, faults_) {
    port_.power_on_reset();
  }

  Wire(const Wire&) = delete;

  void send(std::uint64_t bits, unsigned count) {
    for (unsigned i = 0; i < count; ++i) port_.edge((bits >> i & 1) != 0, true);
  }
  std::uint64_t receive(unsigned count) {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < count; ++i) {
      const bool level = port_.swdio().value_or(true);
      bits |= std::uint64_t{level} << i;
      port_.edge(level, true);
    }
    return bits;
  }
  void line_reset() {
    send(~0ull, 56);
    send(0, 8);
  }
  void wake_up(std::uint64_t code = 0x1A) {
    send(0xFF, 8);
    send(0x86852D956209F392, 64);
    send(0x19BC0EA2E3DDAFE9, 64);
    send(code << 4, 12);
  }
  unsigned read(bool ap, unsigned address, std::uint32_t& value) {
    send(SwdHost::request(ap, true, address), 8);
    receive(1);
    const auto ack = static_cast<unsigned>(receive(3));
    if (ack == kAckOk) value = static_cast<std::uint32_t>(receive(33));
    receive(1);
    send(0, 8);
    return ack;
  }
  unsigned write(bool ap, unsigned address, std::uint32_t value, bool wrong_parity = false) {
    send(SwdHost::request(ap, false, address), 8);
    const auto ack = static_cast<unsigned>(receive(5) >> 1 & 7);
    send(value, 32);
    send(((std::popcount(value) & 1) != 0) != wrong_parity, 1);
    send(0, 8);
    return ack;
  }
  // As a debugger does it: what the DPIDR read that follows is answered.
  unsigned target(std::uint32_t targetsel, bool wrong_parity = false) {
    line_reset();
    EXPECT_EQ(write(false, kTargetSel, targetsel, wrong_parity), kNoAnswer);
    return dpidr();
  }
  unsigned dpidr() {
    std::uint32_t value = 0;
    return read(false, 0, value);
  }
  std::uint32_t banked(unsigned bank) {
    std::uint32_t value = 0;
    EXPECT_EQ(write(false, kSelectBank, bank), kAckOk);
    EXPECT_EQ(read(false, kCtrlStat, value), kAckOk);
    return value;
  }
  void power_up() {
    EXPECT_EQ(write(false, kSelectBank, 0), kAckOk);
    EXPECT_EQ(write(false, kCtrlStat, 0x50000000), kAckOk);
  }
  // An access port register that SELECT and A[3:2] address.
  std::uint32_t register_at(std::uint32_t select, unsigned a32) {
    std::uint32_t value = 0;
    EXPECT_EQ(write(false, kSelectBank, select), kAckOk);
    EXPECT_EQ(read(true, a32, value), kAckOk);
    EXPECT_EQ(read(false, 0xC, value), kAckOk);
    return value;
  }
  // By the MEM-AP whose CSW is at `select`.
  std::uint32_t memory(std::uint32_t address, std::uint32_t select = 0) {
    power_up();
    EXPECT_EQ(write(false, kSelectBank, select), kAckOk);
    EXPECT_EQ(write(true, 0x0, 0x23000002), kAckOk);
    EXPECT_EQ(write(true, 0x4, address), kAckOk);
    return register_at(select, 0xC);
  }

  Cores bus;

 private:
  Stats stats_;
  FaultPlan faults_;
  SwjPort port_;
};

}  // namespace probity::vboard::test
