// A debug port of ADIv6 (IHI 0074): its banked identity, SELECT and SELECT1, the ROM table at BASEPTR, and
// access ports by their address.
#include "swj_wire_bench.hpp"

namespace probity::vboard::board_adiv6_test {

using test::kAckOk;
using test::Wire;

constexpr std::uint32_t kDpidr = 0x4C013477, kTarget = 0x00040927, kIdr = 0x34770008;

// As RP2350: two access ports, ROM table at 0.
DebugPortFacts rp2350() {
  DebugPortFacts facts{.dpidr = kDpidr, .targetid = kTarget, .multi_drop = true};
  facts.access_ports = {{.number = 0x2000, .idr = kIdr, .base = 0xE00FF003, .cpu = 0},
                        {.number = 0x4000, .idr = kIdr, .base = 0xE00FF003, .cpu = 1}};
  return facts;
}

struct Bench : Wire {
  Bench() : Wire({rp2350()}) {
    wake_up();
    line_reset();
    EXPECT_EQ(dpidr(), kAckOk);
    power_up();
  }
};

std::uint32_t identity(Wire& wire, unsigned bank) {
  std::uint32_t value = 0;
  EXPECT_EQ(wire.write(false, 0x8, bank), kAckOk);
  EXPECT_EQ(wire.read(false, 0x0, value), kAckOk);
  return value;
}

TEST(BoardAdiv6, TheIdentityIsBanked) {
  Bench wire;
  EXPECT_EQ(identity(wire, 0), kDpidr);
  EXPECT_EQ(identity(wire, 1), 32u) << "DPIDR1.ASIZE";
  EXPECT_EQ(identity(wire, 2), 1u) << "BASEPTR0: valid, at 0";
  EXPECT_EQ(identity(wire, 3), 0u);
  EXPECT_EQ(wire.banked(2), kTarget);
}

TEST(BoardAdiv6, TheRomTableListsTheAccessPorts) {
  Bench wire;
  EXPECT_EQ(wire.register_at(0x000, 0x0), 0x2003u);
  EXPECT_EQ(wire.register_at(0x000, 0x4), 0x4003u);
  EXPECT_EQ(wire.register_at(0x000, 0x8), 0u);
  EXPECT_EQ(wire.register_at(0xFB0, 0xC), 0x47700AF7u) << "DEVARCH";
  EXPECT_EQ(wire.register_at(0xFF0, 0x4), 0x90u) << "CIDR1: class 9";
  EXPECT_EQ(wire.register_at(0xFE0, 0x0), 0x40u) << "PIDR0: TARGETID's part number";
  EXPECT_EQ(wire.register_at(0xFE0, 0x4), 0x30u) << "PIDR1: its designer's low digit";
  EXPECT_EQ(wire.register_at(0xFE0, 0x8), 0x9u) << "PIDR2: JEP106 and its high digit";
  EXPECT_EQ(wire.register_at(0xFD0, 0x0), 0x9u) << "PIDR4: its continuation";
}

TEST(BoardAdiv6, AccessPortsHaveTheirRegistersAtTheirAddress) {
  Bench wire;
  for (const std::uint32_t port : {0x2000u, 0x4000u}) {
    EXPECT_EQ(wire.register_at(port | 0xDF0, 0xC), kIdr);
    EXPECT_EQ(wire.register_at(port | 0xDF0, 0x8), 0xE00FF003u) << "BASE";
    EXPECT_EQ(wire.register_at(port | 0xFB0, 0xC), 0x47700A17u) << "DEVARCH";
    EXPECT_EQ(wire.memory(0x20000000, port | 0xD00), 0x20000000 + (port == 0x4000));
  }
  EXPECT_EQ(wire.register_at(0x2000, 0xC), 0u) << "no register of ADIv5";
  EXPECT_EQ(wire.register_at(0x3DF0, 0xC), 0u) << "no port";
}

TEST(BoardAdiv6, NothingIsAboveFourGibibytes) {
  Bench wire;
  EXPECT_EQ(wire.write(false, 0x8, 5), kAckOk);
  EXPECT_EQ(wire.write(false, 0x4, 1), kAckOk);
  EXPECT_EQ(wire.banked(5), 1u) << "SELECT1";
  EXPECT_EQ(wire.register_at(0x2DF0, 0xC), 0u);
  EXPECT_EQ(wire.write(false, 0x8, 5), kAckOk);
  EXPECT_EQ(wire.write(false, 0x4, 0), kAckOk);
  EXPECT_EQ(wire.register_at(0x2DF0, 0xC), kIdr);
}

}  // namespace probity::vboard::board_adiv6_test
