// The sequences of the QUADSPI chapter (RM0385 14) and of the flashes' data sheets.
#include "qspi_bench.hpp"

namespace probity::vboard::test::qspi_test {
namespace {

enum : std::uint32_t {
  CR = 0x00,
  DCR = 0x04,
  SR = 0x08,
  FCR = 0x0C,
  DLR = 0x10,
  CCR = 0x14,
  AR = 0x18,
  ABR = 0x1C,
  DR = 0x20,
  PSMKR = 0x24,
  PSMAR = 0x28,
  PIR = 0x2C,
  LPTR = 0x30
};
constexpr std::uint32_t kWrite = 0, kRead = 1u << 26, kPoll = 2u << 26, kMapped = 3u << 26;  // FMODE
constexpr std::uint32_t kI1 = 1u << 8, kI4 = 3u << 8, kA1 = 1u << 10, kA4 = 3u << 10, k3Bytes = 2u << 12,
                        k4Bytes = 3u << 12, kD1 = 1u << 24, kD4 = 3u << 24;
constexpr std::uint32_t kEn = 1, kAbort = 2, kTcen = 8, kDfm = 1u << 6, kFsel = 1u << 7, kApms = 1u << 22;
constexpr std::uint32_t dummies(unsigned n) { return n << 18; }

class Qspi : public QspiBench<Quadspi> {
 public:
  explicit Qspi(const std::vector<std::string>& parts = {"n25q128a"}, std::uint32_t cr = 0,
                std::uint32_t size = 23, std::size_t fifo = 32)
      : QspiBench(parts, fifo) {
    write(DCR, size << 16 | 1u << 8);
    write(CR, cr | 1u << 24 | kEn);
  }
  std::uint32_t sr() { return read(SR); }
  void wait() {
    for (unsigned i = 0; (sr() & kBusyFlag) != 0; ++i) {
      ASSERT_LT(i, 100'000u);
      pass(Nanoseconds(100));
    }
  }
  void command(std::uint32_t opcode, std::uint32_t how = kI1) {
    write(CCR, how | opcode);
    wait();
  }
  Bytes get(std::uint32_t opcode, unsigned count, std::uint32_t how = kI1 | kD1,
            std::optional<std::uint32_t> address = {}) {
    write(DLR, count - 1);
    write(CCR, kRead | how | opcode);
    if (address) write(AR, *address);
    Bytes bytes;
    while (bytes.size() < count) bytes.push_back(static_cast<std::uint8_t>(read(DR, 1)));
    wait();
    return bytes;
  }
  void put(std::uint32_t opcode, std::optional<std::uint32_t> address, const Bytes& bytes,
           std::uint32_t how = kI1 | kA1 | k3Bytes | kD1) {
    write(DLR, static_cast<std::uint32_t>(bytes.size() - 1));
    write(CCR, kWrite | how | opcode);
    if (address) write(AR, *address);
    for (const std::uint8_t byte : bytes) write(DR, byte, 1);
    wait();
  }
  void program(std::uint32_t address, const Bytes& bytes) {
    command(0x06);
    put(0x02, address, bytes);
    settle();
  }
  void settle() {
    for (unsigned i = 0; (get(0x05, 1)[0] & 1) != 0; ++i) {
      ASSERT_LT(i, 1000u);
      pass(Milliseconds(5));
    }
  }
  void erase(std::uint32_t opcode, std::uint32_t address) {
    command(0x06);
    write(CCR, kI1 | kA1 | k3Bytes | opcode);
    write(AR, address);
    wait();
  }
  Bytes at(std::uint32_t address, unsigned count) {
    return get(0x03, count, kI1 | kA1 | k3Bytes | kD1, address);
  }
};

TEST(Qspi, WithoutItsClockItReadsZeroAndHearsNothingAndResetClearsIt) {
  Qspi q;
  q.write(ABR, 0xAEF1510E);
  EXPECT_EQ(q.read(ABR), 0xAEF1510Eu);
  q.clocked = false;
  EXPECT_EQ(q.read(ABR), 0u);
  q.write(ABR, 1);
  EXPECT_FALSE(q.look(0));
  q.clocked = true;
  EXPECT_EQ(q.read(ABR), 0xAEF1510Eu);
  q.in_reset = true;
  q.controller.attend();
  q.in_reset = false;
  EXPECT_EQ(q.read(ABR), 0u);
  EXPECT_EQ(q.read(CR), 0u);
}

TEST(Qspi, ReservedBitsStayZero) {
  Qspi q({"n25q128a"}, 0, 23, 16);
  q.write(CR, 0xFFFFFFFD & ~kAbort);
  EXPECT_EQ(q.read(CR), 0xFFDF0FDDu);  // FTHRES of four bits
  q.write(DCR, 0xFFFFFFFF);
  EXPECT_EQ(q.read(DCR), 0x001F0701u);
  q.write(PIR, 0xFFFFFFFF);
  EXPECT_EQ(q.read(PIR), 0xFFFFu);
}

TEST(Qspi, IndirectReadFillsTheFifoInTimeAndIsBusyUntilItIsEmpty) {
  Qspi q;
  q.write(CR, q.read(CR) | 3u << 8);  // FTHRES: four bytes
  q.write(DLR, 5);
  q.write(CCR, kRead | kI1 | kD1 | 0x9F);
  EXPECT_EQ(q.sr(), kBusyFlag);
  q.pass(Nanoseconds(8 * 20 * 4 - 10));  // opcode and not quite three bytes at 50 MHz
  EXPECT_EQ(q.sr(), kBusyFlag | 2u << 8);
  q.pass(Nanoseconds(8 * 20 + 10));
  EXPECT_EQ(q.sr(), kBusyFlag | 4u << 8 | kFtf);
  q.pass(Microseconds(1));
  EXPECT_EQ(q.sr(), kBusyFlag | 6u << 8 | kFtf | kTcf);
  EXPECT_EQ(q.read(DR, 2), 0xBA20u);
  EXPECT_EQ(q.read(DR, 1), 0x18u);
  EXPECT_EQ(q.sr(), kBusyFlag | 3u << 8 | kFtf | kTcf) << "FTF stays while the last bytes are there";
  EXPECT_EQ(q.read(DR), 0x10u);
  EXPECT_EQ(q.sr(), kTcf);
  q.write(FCR, kTcf);
  EXPECT_EQ(q.sr(), 0u);
}

TEST(Qspi, FifoStopsTheClockWhenItIsFull) {
  Qspi q;
  q.write(DLR, 99);
  q.write(CCR, kRead | kI1 | kA1 | k3Bytes | kD1 | 0x03);
  q.write(AR, 0);
  q.pass(Milliseconds(1));
  EXPECT_EQ(q.sr(), kBusyFlag | 32u << 8 | kFtf);
  q.read(DR);
  q.pass(Milliseconds(1));
  EXPECT_EQ(q.sr() >> 8, 32u);
}

TEST(Qspi, ProtectedRegistersKeepStillWhileBusy) {
  Qspi q;
  q.write(DLR, 7);
  q.write(CCR, kRead | kI1 | kD1 | 0x9F);
  const std::uint32_t ccr = q.read(CCR), cr = q.read(CR);
  for (const std::uint32_t offset : {DCR, DLR, CCR, AR, ABR, PSMKR, PSMAR, PIR, LPTR}) {
    const std::uint32_t before = q.read(offset);
    q.write(offset, ~before);
    EXPECT_EQ(q.read(offset), before) << offset;
  }
  q.write(CR, cr ^ (0xFFu << 24 | kDfm | kFsel | kApms | 1u << 8));
  EXPECT_EQ(q.read(CR), cr ^ 1u << 8) << "FTHRES alone may change";
  q.write(CR, cr | kAbort);
  EXPECT_EQ(q.sr(), kTcf);
  EXPECT_EQ(q.read(CR), cr) << "ABORT falls by itself";
  EXPECT_EQ(q.read(CCR), ccr);
}

TEST(Qspi, ProgramsAPageOnlyFromOneToZeroAndWrapsAround) {
  Qspi q;
  q.program(0x1FE, {0x11, 0x22, 0x33});
  EXPECT_EQ(q.at(0x1FD, 4), (Bytes{0xFF, 0x11, 0x22, 0xFF}));
  EXPECT_EQ(q.at(0x100, 2), (Bytes{0x33, 0xFF})) << "the page's beginning";
  q.program(0x1FE, {0xF0});
  EXPECT_EQ(q.at(0x1FE, 1), Bytes{0x10});
}

TEST(Qspi, NothingIsProgrammedOrErasedWithoutWriteEnable) {
  Qspi q;
  q.put(0x02, 0, {0});
  q.settle();
  EXPECT_EQ(q.at(0, 1), Bytes{0xFF});
  q.program(0, {0x55});
  EXPECT_EQ(q.get(0x05, 1), Bytes{0}) << "WEL falls by itself";
  q.write(CCR, kI1 | kA1 | k3Bytes | 0x20);
  q.write(AR, 0);
  q.settle();
  EXPECT_EQ(q.at(0, 1), Bytes{0x55});
  q.command(0x06);
  EXPECT_EQ(q.get(0x05, 1), Bytes{2});
  q.command(0x04);
  EXPECT_EQ(q.get(0x05, 1), Bytes{0});
}

TEST(Qspi, EraseTakesItsTimeAndItsSectorAlone) {
  Qspi q;
  for (const std::uint32_t address : {0xFFFu, 0x1000u, 0x1FFFu, 0x2000u}) q.program(address, {0});
  q.erase(0x20, 0x1ABC);
  q.pass(Milliseconds(249));
  EXPECT_EQ(q.get(0x05, 1), Bytes{3});
  EXPECT_EQ(q.get(0x70, 1), Bytes{0}) << "flag status: not ready";
  EXPECT_EQ(q.at(0xFFF, 1), Bytes{0xFF}) << "no answer while it erases";
  q.pass(Milliseconds(1));
  EXPECT_EQ(q.get(0x70, 1), Bytes{0x80});
  EXPECT_EQ(q.at(0xFFF, 2), (Bytes{0, 0xFF}));
  EXPECT_EQ(q.at(0x1FFF, 2), (Bytes{0xFF, 0}));
}

TEST(Qspi, ProtectedBlocksRefuseAndSaySo) {
  Qspi q;
  q.command(0x06);
  q.put(0x01, {}, {0x04}, kI1 | kD1);  // BP 1: the last 64 KiB
  q.settle();
  q.program(0xFF0000, {0});
  EXPECT_EQ(q.at(0xFF0000, 1), Bytes{0xFF});
  EXPECT_EQ(q.get(0x70, 1), Bytes{0x80 | 0x10 | 0x02});
  q.command(0x50);
  EXPECT_EQ(q.get(0x70, 1), Bytes{0x80});
  q.program(0xFEFFFF, {0});
  EXPECT_EQ(q.at(0xFEFFFF, 1), Bytes{0});
  q.command(0x06);
  q.command(0xC7);
  EXPECT_EQ(q.get(0x70, 1), Bytes{0x80 | 0x20 | 0x02}) << "nor can all be erased";
}

TEST(Qspi, AutomaticPollingStopsAtTheMatch) {
  Qspi q({"n25q128a"}, kApms | 1u << 19);  // SMIE
  q.erase(0x20, 0);
  q.write(PSMKR, 1);
  q.write(PSMAR, 0);
  q.write(PIR, 16);
  q.write(DLR, 0);
  q.write(CCR, kPoll | kI1 | kD1 | 0x05);
  q.pass(Milliseconds(200));
  EXPECT_EQ(q.sr() & (kBusyFlag | kSmf | kFtf), kBusyFlag | kFtf);
  EXPECT_EQ(q.read(DR, 1), 3u);
  EXPECT_FALSE(q.interrupt);
  ASSERT_TRUE(q.controller.next_event());
  q.pass(Milliseconds(51));
  EXPECT_EQ(q.sr() & (kBusyFlag | kSmf), kSmf);
  EXPECT_TRUE(q.interrupt);
  q.write(FCR, kSmf);
  EXPECT_FALSE(q.interrupt);
}

TEST(Qspi, MappedReadsWantTheRightLinesAndDummies) {
  Qspi q;
  q.program(0x100, {0x78, 0x56, 0x34, 0x12, 0xEF, 0xCD});
  q.write(CCR, kMapped | kI1 | kA4 | k3Bytes | dummies(10) | kD4 | 0xEB);
  EXPECT_EQ(q.look(0x100), 0x12345678u);
  EXPECT_EQ(q.look(0x104, 2), 0xCDEFu);
  EXPECT_EQ(q.look(0x101, 1), 0x56u);
  EXPECT_EQ(q.sr() & kBusyFlag, kBusyFlag);
  q.write(FCR, kTcf);
  q.write(CR, q.read(CR) | kAbort);
  EXPECT_EQ(q.sr(), kTcf);
  for (const std::uint32_t wrong :
       {kI1 | kA4 | k3Bytes | dummies(9) | kD4 | 0xEB, kI1 | kA1 | k3Bytes | dummies(10) | kD4 | 0xEB,
        kI1 | kA4 | k3Bytes | dummies(10) | kD1 | 0xEB, kI4 | kA4 | k3Bytes | dummies(10) | kD4 | 0xEB}) {
    q.write(CCR, kMapped | wrong);
    EXPECT_NE(q.look(0x100), 0x12345678u) << wrong;
    q.write(CR, q.read(CR) | kAbort);
  }
}

TEST(Qspi, WindowIsReadOnlyAndEndsWithTheDevice) {
  Qspi q;
  EXPECT_FALSE(q.look(0)) << "no memory-mapped mode yet";
  q.write(CCR, kMapped | kI1 | kA1 | k3Bytes | kD1 | 0x03);
  EXPECT_TRUE(q.look(0xFFFFFC));
  EXPECT_FALSE(q.look(0x1000000));
  EXPECT_EQ(q.controller.window().write_register(0, 0, Lanes::of(0, 4)), BusStatus::error);
}

TEST(Qspi, TimeoutCounterReleasesTheChip) {
  Qspi q({"n25q128a"}, kTcen);
  q.write(LPTR, 1000);
  q.write(CCR, kMapped | kI1 | kA1 | k3Bytes | kD1 | 0x03);
  q.look(0);
  q.pass(Nanoseconds(19'000));
  EXPECT_EQ(q.sr(), kBusyFlag);
  q.pass(Nanoseconds(2'000));
  EXPECT_EQ(q.sr(), kTof);
}

TEST(Qspi, AccessBeyondTheDeviceIsATransferError) {
  Qspi q;
  q.write(DLR, 3);
  q.write(CCR, kRead | kI1 | kA1 | k3Bytes | kD1 | 0x03);
  q.write(AR, 0xFFFFFD);
  EXPECT_EQ(q.sr() & (kTef | kBusyFlag), kTef);
  q.write(FCR, kTef);
  q.write(AR, 0xFFFFFC);
  EXPECT_EQ(q.sr() & (kTef | kBusyFlag), kBusyFlag);
}

TEST(Qspi, DualFlashModeInterleavesBytes) {
  Qspi q({"n25q128a", "n25q128a"}, kDfm, 24);
  EXPECT_EQ(q.get(0x9F, 6), (Bytes{0x20, 0x20, 0xBA, 0xBA, 0x18, 0x18}));
  q.command(0x06);
  q.put(0x02, 0x200, {1, 2, 3, 4});
  q.pass(Milliseconds(1));
  EXPECT_EQ(q.flashes[0]->content(0x100), 1);
  EXPECT_EQ(q.flashes[1]->content(0x100), 2);
  EXPECT_EQ(q.flashes[1]->content(0x101), 4);
  q.write(DLR, 2);
  EXPECT_EQ(q.read(DLR), 3u) << "an even number of bytes";
  q.write(CCR, kMapped | kI1 | kA1 | k3Bytes | kD1 | 0x03);
  EXPECT_EQ(q.look(0x201, 1), 2u);
  EXPECT_EQ(q.look(0x200), 0x04030201u);
}

TEST(Qspi, SecondFlashIsChosenByFsel) {
  Qspi q({"n25q128a", "mx25l51245g"}, kFsel);
  EXPECT_EQ(q.get(0x9F, 3), (Bytes{0xC2, 0x20, 0x1A}));
  Qspi alone({"n25q128a"}, kFsel);
  EXPECT_EQ(alone.get(0x9F, 3), (Bytes{0xFF, 0xFF, 0xFF})) << "nobody drives the lines";
}

TEST(Qspi, Mt25qInQuadProtocolUntilItLeaves) {
  Qspi q({"mt25ql512"}, 0, 25);
  q.program(0, {0x12, 0x34});
  q.command(0x35);
  EXPECT_EQ(q.get(0x9F, 3), (Bytes{0xFF, 0xFF, 0xFF})) << "one line says nothing now";
  EXPECT_EQ(q.get(0xAF, 3, kI4 | kD4), (Bytes{0x20, 0xBA, 0x20}));
  EXPECT_EQ(q.get(0xEC, 2, kI4 | kA4 | k4Bytes | dummies(10) | kD4, 0), (Bytes{0x12, 0x34}));
  q.command(0x06, kI4);
  q.put(0x81, {}, {0x6B}, kI4 | kD4);  // VCR: six dummy clocks
  EXPECT_EQ(q.get(0xEC, 2, kI4 | kA4 | k4Bytes | dummies(6) | kD4, 0), (Bytes{0x12, 0x34}));
  q.command(0x66, kI4);
  q.command(0x99, kI4);
  EXPECT_EQ(q.get(0x9F, 3), (Bytes{0x20, 0xBA, 0x20})) << "reset";
  EXPECT_EQ(q.get(0x5A, 4, kI1 | kA1 | k3Bytes | dummies(8) | kD1, 0), (Bytes{'S', 'F', 'D', 'P'}));
}

TEST(Qspi, FourByteAddressesAfterB7) {
  Qspi q({"mx25l51245g"}, 0, 25);
  q.command(0x06);
  q.put(0x12, 0x1000010, {0xA5}, kI1 | kA1 | k4Bytes | kD1);
  q.settle();
  EXPECT_EQ(q.get(0x13, 1, kI1 | kA1 | k4Bytes | kD1, 0x1000010), Bytes{0xA5});
  EXPECT_EQ(q.get(0x03, 1, kI1 | kA1 | k4Bytes | kD1, 0x1000010), Bytes{0xFF}) << "three bytes are taken";
  q.command(0xB7);
  EXPECT_EQ(q.get(0x03, 1, kI1 | kA1 | k4Bytes | kD1, 0x1000010), Bytes{0xA5});
}

TEST(Qspi, FourLinesWantTheQuadEnableBit) {
  Qspi q({"mx25r6435f"}, 0, 22);
  q.program(0, {0x5A});
  const std::uint32_t quad = kI1 | kA4 | k3Bytes | dummies(6) | kD4;
  EXPECT_EQ(q.get(0xEB, 1, quad, 0), Bytes{0xFF});
  q.command(0x06);
  q.put(0x01, {}, {0x40, 0x40, 0x02}, kI1 | kD1);
  q.settle();
  EXPECT_EQ(q.get(0x15, 2), (Bytes{0x40, 0x02}));
  EXPECT_EQ(q.get(0xEB, 1, kI1 | kA4 | k3Bytes | dummies(10) | kD4, 0), Bytes{0x5A}) << "DC: ten clocks now";
  EXPECT_NE(q.get(0xEB, 1, quad, 0), Bytes{0x5A});
}

struct PartRow {
  std::string name;
  Bytes id;
  unsigned log2_size;
};
class NorPartTest : public testing::TestWithParam<PartRow> {};
INSTANTIATE_TEST_SUITE_P(Parts, NorPartTest,
                         testing::Values(PartRow{"n25q128a", {0x20, 0xBA, 0x18}, 24},
                                         PartRow{"mt25ql512", {0x20, 0xBA, 0x20}, 26},
                                         PartRow{"mx25l51245g", {0xC2, 0x20, 0x1A}, 26},
                                         PartRow{"mx25r6435f", {0xC2, 0x28, 0x17}, 23},
                                         PartRow{"mx25lm51245g", {0xC2, 0x85, 0x3A}, 26},
                                         PartRow{"w25q128jv", {0xEF, 0x40, 0x18}, 24},
                                         PartRow{"w25q512jv", {0xEF, 0x40, 0x20}, 26},
                                         PartRow{"s25fl128l", {0x01, 0x60, 0x18}, 24}),
                         [](const auto& row) { return row.param.name; });

// JESD216: density is the second word of the basic table, whose place the first parameter header gives.
TEST_P(NorPartTest, SaysWhatItIsAndErasesProgramsAndReads) {
  Qspi q({GetParam().name}, 0, GetParam().log2_size - 1);
  EXPECT_EQ(q.get(0x9F, 3), GetParam().id);
  const auto sfdp = [&](std::uint32_t at, unsigned count) {
    return q.get(0x5A, count, kI1 | kA1 | k3Bytes | dummies(8) | kD1, at);
  };
  const Bytes header = sfdp(0, 16);
  EXPECT_EQ((Bytes{header.begin(), header.begin() + 4}), (Bytes{'S', 'F', 'D', 'P'}));
  const Bytes basic = sfdp(header[12], 8);
  const std::uint32_t density = basic[4] | basic[5] << 8 | basic[6] << 16 | std::uint32_t{basic[7]} << 24;
  EXPECT_EQ(density, (std::uint64_t{8} << GetParam().log2_size) - 1);
  EXPECT_EQ(basic[1], 0x20) << "erases 4 KiB";
  q.program(0x10000, {0xA5});
  q.program(0x20000, {0x5A});
  EXPECT_EQ(q.get(0x0B, 1, kI1 | kA1 | k3Bytes | dummies(8) | kD1, 0x10000), Bytes{0xA5});
  q.erase(0xD8, 0x1FFFF);
  q.settle();
  EXPECT_EQ(q.at(0x10000, 1), Bytes{0xFF});
  EXPECT_EQ(q.at(0x20000, 1), Bytes{0x5A});
}

}  // namespace
}  // namespace probity::vboard::test::qspi_test
