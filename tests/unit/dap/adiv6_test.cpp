// A debug port of ADIv6, bit by bit on the virtual board's port: access ports by address, their registers,
// the root table, and 'dap info'.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "adapter/bit_link.hpp"
#include "base/errors.hpp"
#include "dap/dap.hpp"
#include "vboard/debug_port/swj_port.hpp"

namespace probity::adiv6_test {
namespace {

using ::testing::HasSubstr;

// RP2350 data sheet 3.5.3: a DPv3 whose ROM table is at 0; the cores' AHB5-APs.
constexpr std::uint32_t kDpidr = 0x4C013477, kIdr = 0x34770008;
constexpr unsigned kFirst = 0x2000, kSecond = 0x4000;
constexpr Address kRam = 0x20000000, kCpuid = 0xE000ED00, kNowhere = 0x60000000;

// Each core's own words; a Cortex-M33 is behind the second port alone.
class Cores final : public vboard::DebugBus {
 public:
  vboard::BusStatus debug_read(const vboard::MemApFacts& port, vboard::Security, std::uint32_t address,
                               unsigned, std::uint32_t& value) override {
    if (address == kNowhere) return vboard::BusStatus::error;
    value = address == kCpuid ? (port.cpu == 1 ? 0x411FD210 : 0) : words[{port.cpu, address & ~3u}];
    return vboard::BusStatus::ok;
  }
  vboard::BusStatus debug_write(const vboard::MemApFacts& port, vboard::Security, std::uint32_t address,
                                unsigned, std::uint32_t value) override {
    words[{port.cpu, address & ~3u}] = value;
    return vboard::BusStatus::ok;
  }
  bool secure_debug_allowed() const override { return true; }
  void rescue(bool) override {}
  std::uint32_t vendor_read(std::uint32_t) override { return 0; }
  void vendor_write(std::uint32_t, std::uint32_t) override {}
  std::optional<std::uint32_t> hidden_port_value() const override { return {}; }

  std::map<std::pair<unsigned, std::uint32_t>, std::uint32_t> words;
};

// The port's pins as a probe of bits.
class Pins final : public BitLink {
 public:
  explicit Pins(vboard::SwjPort& port) : port_(port) {}
  void swd_write(const BitVector& bits) override {
    for (std::size_t i = 0; i < bits.size(); ++i) port_.edge(bits[i], true);
  }
  void swd_read(std::size_t cycles, bool sample) override {
    for (std::size_t i = 0; i < cycles; ++i) {
      const bool level = port_.swdio().value_or(true);
      if (sample) sampled_.push(level);
      port_.edge(level, true);
    }
  }
  void jtag(const jtag::Stretch&, std::size_t, std::size_t) override { FAIL() << "no JTAG here"; }
  BitVector collect() override { return std::exchange(sampled_, {}); }

 private:
  vboard::SwjPort& port_;
  BitVector sampled_;
};

class StandingClock final : public Clock {
 public:
  Nanoseconds now() override { return now_; }
  void sleep(Nanoseconds duration) override { now_ += duration; }

 private:
  Nanoseconds now_{};
};

class Adiv6 : public testing::Test {
 protected:
  Adiv6() { log.set_output("/dev/null"); }
  static vboard::SwjFacts facts() {
    vboard::DebugPortFacts port{.dpidr = kDpidr, .targetid = 0x00040927, .multi_drop = true};
    port.access_ports = {{.number = kFirst, .idr = kIdr, .base = 2, .cpu = 0},
                         {.number = kSecond, .idr = kIdr, .base = 2, .cpu = 1}};
    return {.ports = {port}, .idcodes = {}, .dormant = true};
  }

  Cores cores;
  vboard::Stats stats;
  vboard::FaultPlan faults;
  vboard::SwjPort port{facts(), cores, stats, faults};
  Pins pins{port};
  StandingClock clock;
  Log log{clock};
  std::unique_ptr<DapLink> link = lift_swd(pins, clock);
  Dap dap{"rp2350.dap", *link, clock, log};
};

TEST_F(Adiv6, IsToldByDpidr) {
  EXPECT_FALSE(dap.adiv6());
  dap.connect();
  EXPECT_EQ(dap.dpidr(), kDpidr);
  EXPECT_TRUE(dap.adiv6());
  EXPECT_EQ(dap.read_dp(0x00), kDpidr);
  EXPECT_EQ(dap.read_dp(0x10) & 0x7F, 32u);  // DPIDR1.ASIZE
  EXPECT_EQ(dap.read_dp(0x00), kDpidr);
}

TEST_F(Adiv6, MemoryIsBehindThePortOfItsAddress) {
  dap.connect();
  EXPECT_EQ(dap.read_ap(kFirst, dap.ap_register(0xFC)), kIdr);
  EXPECT_EQ(dap.read_ap(kFirst, 0xDFC), kIdr);
  dap.memory(kFirst).write32(kRam, 0x11111111);
  dap.memory(kSecond).write32(kRam, 0x22222222);
  EXPECT_EQ(dap.memory(kFirst).read32(kRam), 0x11111111u);
  EXPECT_EQ(dap.memory(kSecond).read32(kRam), 0x22222222u);
  Bytes block(3000), back(3000);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<std::uint8_t>(i * 7);
  dap.memory(kSecond).write(kRam + 16, block, Width::word);
  dap.memory(kSecond).read(kRam + 16, back, Width::word);
  EXPECT_EQ(back, block);
}

TEST_F(Adiv6, AFaultIsOfItsPortAndThePortGoesOn) {
  dap.connect();
  EXPECT_THROW(dap.memory(kSecond).read32(kNowhere), MemoryFault);
  dap.memory(kSecond).write32(kRam, 5);
  EXPECT_EQ(dap.memory(kSecond).read32(kRam), 5u);
  try {
    dap.memory(0x6000).read32(kRam);
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_THAT(e.describe(), HasSubstr("AP 0x6000 is no memory access port"));
  }
}

TEST_F(Adiv6, TheRootTableLeadsToTheCore) {
  dap.connect();
  EXPECT_EQ(find_memory_ap(dap), kSecond);
}

// The sentences are OpenOCD 0.12.0's.
TEST_F(Adiv6, InfoWalksTheRootTable) {
  dap.connect();
  const std::string text = describe_root_table(dap);
  for (const std::string line :
       {"\t\tComponent class is 0x9, CoreSight component\n", "\t\tType is ROM table\n",
        "\tROMTABLE[0x0] = 0x00002003\n", "\t[L01] AP # 0x2000\n", "\t\tAP ID register 0x34770008\n",
        "\t\tType is MEM-AP AHB5 with enhanced HPROT\n", "\tROMTABLE[0x4] = 0x00004003\n",
        "\t[L01] AP # 0x4000\n", "\t[L01] MEM-AP BASE 0x00000002\n", "\t\tNo ROM table present\n",
        "\"CoreSight ROM architecture\" rev.0\n", "\"Memory Access Port v2 architecture\" rev.0\n",
        "\t\tEnd of ROM table\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(Adiv6, ADeclaredVersionIsNotLookedUp) {
  Dap old("old.dap", *link, clock, log, {.targetsel = {}, .adi = AdiVersion::v5});
  old.connect();
  EXPECT_FALSE(old.adiv6());
}

}  // namespace
}  // namespace probity::adiv6_test
