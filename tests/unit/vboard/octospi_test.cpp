// The sequences of the OCTOSPI chapter (RM0432 19), with one line and with the octal modes of MX25LM51245G.
#include "qspi_bench.hpp"

namespace probity::vboard::test::octospi_test {
namespace {

enum : std::uint32_t {
  CR = 0x000,
  DCR1 = 0x008,
  DCR2 = 0x00C,
  SR = 0x020,
  FCR = 0x024,
  DLR = 0x040,
  AR = 0x048,
  DR = 0x050,
  PSMKR = 0x080,
  PSMAR = 0x088,
  PIR = 0x090,
  CCR = 0x100,
  TCR = 0x108,
  IR = 0x110,
  WCCR = 0x180,
  WTCR = 0x188,
  WIR = 0x190,
  MID = 0x3FC
};
constexpr std::uint32_t kEn = 1, kAbort = 2, kApms = 1u << 22;
constexpr std::uint32_t kRead = 1u << 28, kPoll = 2u << 28, kMapped = 3u << 28;  // FMODE
constexpr std::uint32_t kMacronix = 1u << 24;                                    // MTYP
constexpr std::uint32_t kI1 = 1, kA1 = 1u << 8 | 3u << 12, kD1 = 1u << 24;
// Eight lines, opcodes of 16 bits, addresses of four bytes; the DTR forms, and DQS.
constexpr std::uint32_t kI8 = 4 | 1u << 4, kA8 = 4u << 8 | 3u << 12, kD8 = 4u << 24;
constexpr std::uint32_t kI8Dtr = kI8 | 1u << 3, kA8Dtr = kA8 | 1u << 11, kD8Dtr = kD8 | 1u << 27,
                        kDqse = 1u << 29;

constexpr std::uint32_t opi(std::uint32_t opcode) { return opcode << 8 | (~opcode & 0xFF); }

class Octo : public QspiBench<Octospi> {
 public:
  explicit Octo(std::uint32_t dcr1 = kMacronix) : QspiBench({"mx25lm51245g"}) {
    write(DCR1, dcr1 | 25u << 16 | 1u << 8);
    write(DCR2, 1);
    write(CR, kEn);
  }
  std::uint32_t sr() { return read(SR); }
  void wait() {
    for (unsigned i = 0; (sr() & kBusyFlag) != 0; ++i) {
      ASSERT_LT(i, 100'000u);
      pass(Nanoseconds(100));
    }
  }
  void set(std::uint32_t mode, std::uint32_t ccr, unsigned dummies) {
    write(CR, kEn | mode);
    write(TCR, dummies);
    write(CCR, ccr);
  }
  void command(std::uint32_t ir, std::uint32_t ccr) {
    set(0, ccr, 0);
    write(IR, ir);
    wait();
  }
  Bytes get(std::uint32_t ir, std::uint32_t ccr, unsigned count, std::optional<std::uint32_t> address = {},
            unsigned dummies = 0) {
    write(DLR, count - 1);
    set(kRead, ccr, dummies);
    write(IR, ir);
    if (address) write(AR, *address);
    Bytes bytes;
    while (bytes.size() < count) bytes.push_back(static_cast<std::uint8_t>(read(DR, 1)));
    wait();
    return bytes;
  }
  void put(std::uint32_t ir, std::uint32_t ccr, std::uint32_t address, const Bytes& bytes) {
    write(DLR, static_cast<std::uint32_t>(bytes.size() - 1));
    set(0, ccr, 0);
    write(IR, ir);
    write(AR, address);
    for (const std::uint8_t byte : bytes) write(DR, byte, 1);
    wait();
  }
  // WREN, then WRCR2 at `address`, on one line.
  void write_cr2(std::uint32_t address, std::uint8_t value) {
    command(0x06, kI1);
    put(0x72, kI1 | kA1 | kD1, address, {value});
  }
};

TEST(Octospi, SaysThatItIsOne) {
  Octo o;
  EXPECT_EQ(o.read(MID), 0xA3C5DD01u);
  o.write(0x01C, 0xAEF1510E);
  EXPECT_EQ(o.read(0x01C), 0u) << "where QUADSPI has ABR nothing is";
}

TEST(Octospi, OneLineWithInstructionAddressAndDataAsTriggers) {
  Octo o;
  EXPECT_EQ(o.get(0x9F, kI1 | kD1, 3), (Bytes{0xC2, 0x85, 0x3A}));
  o.command(0x06, kI1);
  o.put(0x12, kI1 | kA1 | kD1, 0x1000001, {1, 2, 3});
  o.pass(Milliseconds(1));
  EXPECT_EQ(o.get(0x13, kI1 | kA1 | kD1, 5, 0x1000000), (Bytes{0xFF, 1, 2, 3, 0xFF}));
}

TEST(Octospi, PollingStopsAtTheEndOfAnErase) {
  Octo o;
  o.command(0x06, kI1);
  o.set(0, kI1 | kA1, 0);
  o.write(IR, 0x21);
  o.write(AR, 0);
  o.wait();
  o.write(PSMKR, 1);
  o.write(PSMAR, 0);
  o.write(PIR, 100);
  o.write(DLR, 0);
  o.set(kPoll | kApms, kI1 | kD1, 0);
  o.write(IR, 0x05);
  o.pass(Milliseconds(24));
  EXPECT_EQ(o.sr() & (kBusyFlag | kSmf), kBusyFlag);
  o.pass(Milliseconds(2));
  EXPECT_EQ(o.sr() & (kBusyFlag | kSmf), kSmf);
}

TEST(Octospi, EightLinesSingleRate) {
  Octo o;
  o.write_cr2(0x300, 0x07);  // six dummy clocks
  o.write_cr2(0, 0x01);      // SOPI
  EXPECT_EQ(o.get(0x9F, kI1 | kD1, 3), (Bytes{0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(o.get(opi(0x9F), kI8 | kA8 | kD8, 3, 0, 4), (Bytes{0xC2, 0x85, 0x3A}));
  o.command(opi(0x06), kI8);
  EXPECT_EQ(o.get(opi(0x05), kI8 | kA8 | kD8, 1, 0, 4), Bytes{2});
  o.put(opi(0x12), kI8 | kA8 | kD8, 0x21, {0xAB, 0xCD, 0xEF});
  o.pass(Milliseconds(1));
  EXPECT_EQ(o.get(opi(0xEC), kI8 | kA8 | kD8, 5, 0x20, 6), (Bytes{0xFF, 0xAB, 0xCD, 0xEF, 0xFF}));
  EXPECT_NE(o.get(opi(0xEC), kI8 | kA8 | kD8, 5, 0x20, 5), (Bytes{0xFF, 0xAB, 0xCD, 0xEF, 0xFF}));
  EXPECT_EQ(o.get(0xEC00, kI8 | kA8 | kD8, 1, 0x20, 6), Bytes{0xFF}) << "no complement, no answer";
}

class OctalDtr : public Octo {
 public:
  explicit OctalDtr(std::uint32_t dcr1 = kMacronix) : Octo(dcr1) {
    write_cr2(0, 0x02);  // DOPI
    command(opi(0x06), kI8Dtr);
    put(opi(0x12), kI8Dtr | kA8Dtr | kD8Dtr, 0x40, {1, 2, 3, 4});
    pass(Milliseconds(1));
  }
};

TEST(Octospi, EightLinesDoubleRate) {
  OctalDtr o;
  EXPECT_EQ(o.flashes[0]->content(0x40), 1);
  EXPECT_EQ(o.flashes[0]->content(0x43), 4);
  EXPECT_EQ(o.get(opi(0x9F), kI8Dtr | kA8Dtr | kD8, 3, 0, 4), (Bytes{0xC2, 0x85, 0x3A}));
  EXPECT_EQ(o.get(opi(0xEE), kI8Dtr | kA8Dtr | kD8Dtr, 4, 0x40, 20), (Bytes{1, 2, 3, 4}));
  EXPECT_NE(o.get(opi(0xEE), kI8Dtr | kA8Dtr | kD8Dtr, 4, 0x40, 6), (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(o.get(opi(0xEE), kI8Dtr | kA8Dtr | kD8Dtr | kDqse, 4, 0x40, 6), (Bytes{1, 2, 3, 4}))
      << "DQS tells when";
}

TEST(Octospi, WindowReadsAndWithTheWriteRegistersWritesToo) {
  OctalDtr o;
  o.set(kMapped, kI8Dtr | kA8Dtr | kD8Dtr | kDqse, 6);
  o.write(IR, opi(0xEE));
  EXPECT_EQ(o.look(0x40), 0x04030201u);
  EXPECT_EQ(o.look(0x43, 1), 4u);
  EXPECT_EQ(o.sr() & kBusyFlag, kBusyFlag);
  EXPECT_EQ(o.controller.window().write_register(0x40, 0, Lanes::of(0, 4)), BusStatus::error)
      << "WCCR says nothing";
  o.write(CR, o.read(CR) | kAbort);
  o.command(opi(0x06), kI8Dtr);
  o.write(WCCR, kI8Dtr | kA8Dtr | kD8Dtr);
  o.write(WTCR, 0);
  o.write(WIR, opi(0x12));
  o.set(kMapped, kI8Dtr | kA8Dtr | kD8Dtr | kDqse, 6);
  o.write(IR, opi(0xEE));
  EXPECT_EQ(o.controller.window().write_register(0x44, 0x08070605, Lanes::of(0, 4)), BusStatus::ok);
  o.pass(Milliseconds(1));
  EXPECT_EQ(o.look(0x44), 0x08070605u);
}

TEST(Octospi, MicronByteOrderDoesNotSuitAMacronix) {
  OctalDtr o;
  o.write(DCR1, 25u << 16 | 1u << 8);
  EXPECT_EQ(o.get(opi(0xEE), kI8Dtr | kA8Dtr | kD8Dtr, 4, 0x40, 20), (Bytes{2, 1, 4, 3}));
}

TEST(Octospi, PowerCycleBringsOneLineBack) {
  OctalDtr o;
  o.flashes[0]->power_cycle();
  EXPECT_EQ(o.get(0x9F, kI1 | kD1, 3), (Bytes{0xC2, 0x85, 0x3A}));
}

}  // namespace
}  // namespace probity::vboard::test::octospi_test
