// Several debug ports on one SWD wire through one probe: an RP2040, whose two cores have one each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig.hpp"

namespace probity::multi_drop_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// RP2040 data sheet: 2.3.4.1 (TARGETID, instances), 2.3.1.1 (SIO_CPUID), 2.6.2 (SRAM).
constexpr std::uint32_t kTarget = 0x01002927;
constexpr Address kSioCpuid = 0xD0000000, kRam = 0x20000000, kNowhere = 0x60000000;

// Counts how often another port is chosen, and may choose a wrong one.
class CountedLink final : public DapLink {
 public:
  explicit CountedLink(DapLink& link) : link_(link) {}
  std::size_t run(std::span<DapTransfer> transfers) override { return link_.run(transfers); }
  std::uint32_t reconnect() override { return link_.reconnect(); }
  std::uint32_t select_target(std::uint32_t targetsel, bool wake) override {
    ++(wake ? wakes : switches);
    return link_.select_target(targetsel ^ mistake, wake);
  }
  std::optional<std::uint32_t> selected_target() const override {
    const auto selected = link_.selected_target();
    return selected ? std::optional(*selected ^ mistake) : std::nullopt;
  }
  unsigned switches = 0, wakes = 0;
  std::uint32_t mistake = 0;  // bits of TARGETSEL

 private:
  DapLink& link_;
};

std::unique_ptr<Dap> port_of(Rig& rig, DapLink& link, unsigned instance) {
  return std::make_unique<Dap>("rp2040.dap" + std::to_string(instance), link, rig.host.clock(), rig.log,
                               DapOptions{.targetsel = kTarget | instance << 28});
}

struct Pair {
  explicit Pair(Probe probe, const std::string& more = "")
      : rig(probe, Transport::swd, more, "rp2040"),
        link(rig.dap->link()),
        first(port_of(rig, link, 0)),
        second(port_of(rig, link, 1)) {}
  void connect() const {
    first->connect();
    second->connect();
  }

  Rig rig;
  CountedLink link;
  std::unique_ptr<Dap> first, second;
};

std::uint32_t core_behind(Dap& dap) { return dap.memory(0).read32(kSioCpuid); }

class MultiDrop : public testing::TestWithParam<Probe> {};

TEST_P(MultiDrop, EachPortIsThatOfItsOwnCore) {
  Pair pair(GetParam());
  pair.connect();
  EXPECT_THAT(pair.rig.lines, Contains(HasSubstr("SWD DPIDR 0x0bc12477, DLPIDR 0x00000001")));
  EXPECT_THAT(pair.rig.lines, Contains(HasSubstr("SWD DPIDR 0x0bc12477, DLPIDR 0x10000001")));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(core_behind(*pair.first), 0u);
    EXPECT_EQ(core_behind(*pair.second), 1u);
  }
  pair.first->memory(0).write32(kRam, 0x12345678);
  EXPECT_EQ(pair.second->memory(0).read32(kRam), 0x12345678u);
  EXPECT_TRUE(pair.rig.complaints().empty());
}

TEST_P(MultiDrop, TheWireIsSwitchedOnlyWhereAnotherPortIsMeant) {
  Pair pair(GetParam());
  pair.connect();
  EXPECT_EQ(pair.link.wakes, 2u);
  Bytes block(4000, 0x5A), back(4000);
  pair.first->memory(0).write(kRam, block, Width::word);
  pair.first->memory(0).read(kRam, back, Width::word);
  EXPECT_EQ(pair.link.switches, 1u);
  EXPECT_EQ(core_behind(*pair.second), 1u);
  EXPECT_EQ(pair.link.switches, 2u);
  EXPECT_EQ(pair.link.wakes, 2u);
  EXPECT_EQ(back, block);
}

TEST_P(MultiDrop, AFaultStaysWithItsPort) {
  Pair pair(GetParam());
  pair.connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THROW(pair.first->memory(0).read32(kNowhere), MemoryFault);
    EXPECT_EQ(core_behind(*pair.second), 1u);
    EXPECT_EQ(core_behind(*pair.first), 0u);
  }
}

TEST_P(MultiDrop, AnInstanceThatIsNotThereIsNamed) {
  Pair pair(GetParam());
  const auto third = port_of(pair.rig, pair.link, 5);
  try {
    third->connect();
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_THAT(e.describe(), HasSubstr("Failed to connect multidrop rp2040.dap5"));
    EXPECT_THAT(e.describe(), HasSubstr("TARGETSEL 0x51002927"));
  }
  pair.connect();
  EXPECT_EQ(core_behind(*pair.first), 0u);
}

TEST_P(MultiDrop, AnotherInstanceThanTheOneMeantIsRefused) {
  Pair pair(GetParam());
  pair.link.mistake = 1u << 28;
  try {
    pair.first->connect();
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_THAT(e.describe(), HasSubstr("Read incorrect DLPIDR 0x10000001"));
  }
}

// A port of version 1 takes TARGETSEL for a protocol error.
TEST_P(MultiDrop, AChipOfOneDropDoesNotAnswer) {
  Rig rig(GetParam());
  const auto port = port_of(rig, rig.dap->link(), 0);
  EXPECT_THROW(port->connect(), DapError);
  rig.dap->connect();
  EXPECT_EQ(rig.dap->dpidr(), 0x2BA01477u);
}

// The first port is busy while it is written, and again after the second had the wire.
TEST_P(MultiDrop, WaitsAreRepeatedWithoutSwitching) {
  Pair pair(GetParam(), ",fault=wait@ap:30x5+wait@ap:250x5");
  pair.connect();
  Bytes block(400, 0xA5), second(400), first(400);
  pair.first->memory(0).write(kRam, block, Width::word);
  pair.second->memory(0).read(kRam, second, Width::word);
  pair.first->memory(0).read(kRam, first, Width::word);
  EXPECT_EQ(first, block);
  EXPECT_EQ(second, block);
  EXPECT_EQ(pair.link.switches, 3u);
  EXPECT_GE(pair.rig.host.board().stats().wait_acks, 2u);
}

// The line reset that comes with it selects bank 0 in all ports.
TEST_P(MultiDrop, ASwitchForgetsTheBank) {
  constexpr std::uint8_t kDlpidr = 0x34;
  Pair pair(GetParam());
  pair.connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(pair.first->read_dp(kDlpidr), 0x00000001u);
    EXPECT_EQ(pair.second->read_dp(kDlpidr), 0x10000001u);
  }
}

// Reset ports are dormant, and their access ports know nothing: the batch under way fails, the next one goes.
TEST_P(MultiDrop, PortsThatWereResetAreWokenAndConnectedAgain) {
  Pair pair(GetParam());
  pair.connect();
  pair.first->memory(0).write32(kRam, 1);
  pair.rig.host.board().power_cycle();
  EXPECT_THROW(pair.first->memory(0).read32(kRam), DapError);
  EXPECT_EQ(core_behind(*pair.first), 0u);
  EXPECT_ANY_THROW(core_behind(*pair.second));
  EXPECT_EQ(core_behind(*pair.second), 1u);
}

INSTANTIATE_TEST_SUITE_P(Probes, MultiDrop,
                         testing::Values(Probe::cmsis_dap_v1, Probe::cmsis_dap_v2, Probe::remote_bitbang),
                         [](const auto& probe) { return name_of(probe.param); });

}  // namespace
}  // namespace probity::multi_drop_test
