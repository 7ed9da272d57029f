#include "adapter/cmsis_dap/messages.hpp"

#include <gtest/gtest.h>

#include "adapter/cmsis_dap/link.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap::cmsis_dap_messages_test {
namespace {

// Byte strings as the CMSIS-DAP specification lays them out.
TEST(CmsisDapMessages, Encodings) {
  EXPECT_EQ((Info{InfoId::packet_size}.encode()), (Bytes{0x00, 0xFF}));
  EXPECT_EQ((HostStatus{Led::running, true}.encode()), (Bytes{0x01, 0x01, 0x01}));
  EXPECT_EQ((Connect{WirePort::jtag}.encode()), (Bytes{0x02, 0x02}));
  EXPECT_EQ((TransferConfigure{8, 0x1234, 0}.encode()), (Bytes{0x04, 8, 0x34, 0x12, 0, 0}));
  EXPECT_EQ((WriteAbort{0, 0x1E}.encode()), (Bytes{0x08, 0, 0x1E, 0, 0, 0}));
  EXPECT_EQ((SwjPins{kPinNreset, kPinNreset, 1000}.encode()), (Bytes{0x10, 0x80, 0x80, 0xE8, 0x03, 0, 0}));
  EXPECT_EQ((SwjClock{kilohertz(1000)}.encode()), (Bytes{0x11, 0x40, 0x42, 0x0F, 0x00}));
  EXPECT_EQ((SwjSequence{BitVector::of(0xE79E, 16)}.encode()), (Bytes{0x12, 16, 0x9E, 0xE7}));
  EXPECT_EQ((SwjSequence{BitVector::repeat(true, 256)}.encode()[1]), 0);
  EXPECT_EQ((SwdConfigure{1, false}.encode()), (Bytes{0x13, 0}));
  EXPECT_EQ((SwdConfigure{2, true}.encode()), (Bytes{0x13, 0x05}));
  const std::vector<unsigned> lengths = {4, 5};
  EXPECT_EQ((JtagConfigure{lengths}.encode()), (Bytes{0x15, 2, 4, 5}));
  EXPECT_EQ((JtagIdcode{1}.encode()), (Bytes{0x16, 1}));
  const std::vector<JtagRun> runs = {{BitVector::repeat(true, 3), true, false},
                                     {BitVector::repeat(true, 64), false, true}};
  EXPECT_EQ((JtagSequence{runs}.encode()),
            (Bytes{0x14, 2, 0x43, 0x07, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}));
}

// Request, five clocks of input, 32 bits of data and their parity.
TEST(CmsisDapMessages, TargetSelectLeavesTheAcknowledgeAlone) {
  EXPECT_EQ(TargetSelect{0x01002927}.encode(),
            (Bytes{0x1D, 3, 8, 0x99, 0x85, 33, 0x27, 0x29, 0x00, 0x01, 0x00}));
  EXPECT_EQ(TargetSelect{0x11002927}.encode().back(), 0x01);
  EXPECT_NO_THROW(TargetSelect::parse(Bytes{0x1D, 0x00}));
  EXPECT_THROW(TargetSelect::parse(Bytes{0xFF}), AdapterError);
}

TEST(CmsisDapMessages, TransferRequests) {
  const std::vector<DapTransfer> batch = {DapTransfer::store(Port::dp, 0x8, 0x11223344),
                                          DapTransfer::load(Port::ap, 0xC), DapTransfer::load(Port::dp, 0x4)};
  EXPECT_EQ((Transfer{1, batch}.encode()), (Bytes{0x05, 1, 3, 0x08, 0x44, 0x33, 0x22, 0x11, 0x0F, 0x06}));
  const std::vector<DapTransfer> block = {DapTransfer::store(Port::ap, 0xC, 1),
                                          DapTransfer::store(Port::ap, 0xC, 2)};
  EXPECT_EQ((TransferBlock{0, block}.encode()), (Bytes{0x06, 0, 2, 0, 0x0D, 1, 0, 0, 0, 2, 0, 0, 0}));
}

TEST(CmsisDapMessages, ResponsesThatAreNotOurs) {
  EXPECT_THROW(Disconnect::parse(Bytes{0x05, 0}), AdapterError);
  EXPECT_THROW(Disconnect::parse(Bytes{0xFF}), AdapterError);
  EXPECT_THROW(Disconnect::parse(Bytes{0x03, 0xFF}), AdapterError);
  EXPECT_THROW(Disconnect::parse(Bytes{}), AdapterError);
  EXPECT_THROW(Info::parse(Bytes{0x00, 5, 'a'}), AdapterError);
  EXPECT_THROW((Connect{WirePort::swd}.parse(Bytes{0x02, 0})), AdapterError);
  EXPECT_EQ(info_text(Info::parse(Bytes{0x00, 4, 'a', 'b', 'c', 0})), "abc");
}

std::vector<DapTransfer> drw_reads(std::size_t n) {
  return std::vector<DapTransfer>(n, DapTransfer::load(Port::ap, 0xC));
}

TEST(CmsisDapMessages, AcknowledgesAreMapped) {
  const auto batch = drw_reads(1);
  auto ack = [&](std::uint8_t byte) { return Transfer{0, batch}.parse(Bytes{0x05, 0, byte}, true).ack; };
  EXPECT_EQ(ack(0x02), Ack::wait);
  EXPECT_EQ(ack(0x04), Ack::fault);
  EXPECT_EQ(ack(0x07), Ack::none);
  EXPECT_EQ(ack(0x08), Ack::parity);
  EXPECT_THROW((Transfer{0, batch}.parse(Bytes{0x05, 2, 1}, true)), AdapterError);
}

// An AP read that was accepted is counted, but its word comes one frame later: a fault there leaves it out.
TEST(CmsisDapMessages, AnAcceptedReadWithoutItsWordIsNotDone) {
  auto batch = drw_reads(3);
  const Bytes response = {0x05, 2, 0x04, 0xEF, 0xBE, 0xAD, 0xDE};
  for (const bool exact : {true, false}) {
    Bytes padded = response;
    if (!exact) padded.resize(64);
    const PacketOutcome outcome = take_result(batch, Transfer{0, batch}.parse(padded, exact), false);
    EXPECT_EQ(outcome.done, 1u);
    EXPECT_EQ(outcome.ack, Ack::fault);
    EXPECT_FALSE(outcome.certain);
    EXPECT_EQ(batch[0].value, 0xDEADBEEFu);
  }
}

TEST(CmsisDapMessages, AnswerCutShortIsAnError) {
  auto batch = drw_reads(3);
  const Bytes response = {0x05, 3, 0x01, 1, 0, 0, 0, 2, 0};
  EXPECT_THROW(take_result(batch, Transfer{0, batch}.parse(response, true), false), AdapterError);
}

TEST(CmsisDapMessages, LastWriteThatFailsLaterIsNotDone) {
  std::vector<DapTransfer> batch(4, DapTransfer::store(Port::ap, 0xC, 0));
  const PacketOutcome outcome =
      take_result(batch, TransferBlock{0, batch}.parse(Bytes{0x06, 4, 0, 0x04}), true);
  EXPECT_EQ(outcome.done, 3u);
  EXPECT_EQ(outcome.ack, Ack::fault);
}

using Kind = PlannedPacket::Kind;

TEST(CmsisDapPlan, EveryTransferOnceInOrderAndEveryPacketFits) {
  std::vector<DapTransfer> batch;
  for (unsigned chunk = 0; chunk < 3; ++chunk) {
    batch.push_back(DapTransfer::store(Port::ap, 0x4, 0x20000000 + 1024 * chunk));
    for (unsigned i = 0; i < 256; ++i) {
      batch.push_back(chunk == 1 ? DapTransfer::store(Port::ap, 0xC, i) : DapTransfer::load(Port::ap, 0xC));
    }
  }
  for (const std::size_t size : {64u, 512u, 1024u}) {
    std::size_t next = 0, blocks = 0;
    for (const PlannedPacket& p : plan_packets(batch, size)) {
      EXPECT_EQ(p.first, next);
      next += p.count;
      const std::span<DapTransfer> part = std::span(batch).subspan(p.first, p.count);
      std::size_t reads = 0;
      for (const DapTransfer& t : part) reads += t.read ? 1 : 0;
      if (p.kind == Kind::block) {
        ++blocks;
        EXPECT_LE((TransferBlock{0, part}.encode().size()), size);
        EXPECT_LE(TransferBlock::kResponseHeader + 4 * reads, size);
      } else {
        EXPECT_LE((Transfer{0, part}.encode().size()), size);
        EXPECT_LE(Transfer::kResponseHeader + 4 * reads, size);
        EXPECT_LE(p.count, Transfer::kMaxCount);
      }
    }
    EXPECT_EQ(next, batch.size());
    EXPECT_GE(blocks, 1u);
  }
}

TEST(CmsisDapPlan, AbortHasAPacketOfItsOwn) {
  const std::vector<DapTransfer> batch = {DapTransfer::load(Port::dp, 0),
                                          DapTransfer::store(Port::dp, 0, 0x1E),
                                          DapTransfer::store(Port::dp, 8, 0)};
  const auto packets = plan_packets(batch, 64);
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[1].kind, Kind::abort);
}

TEST(CmsisDapPlan, OneRegisterManyTimesIsOneBlock) {
  const auto batch = drw_reads(15);
  const auto packets = plan_packets(batch, 64);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].kind, Kind::block);
}

// A probe before version 1.2: it knows no DAP_SWD_Sequence.
class OldProbe final : public PacketPipe {
 public:
  void send(ByteView packet) override { command_ = packet[0]; }
  Bytes receive(Milliseconds) override { return command_ == 0x1D ? Bytes{0xFF} : Bytes{command_, 0}; }
  std::size_t packet_size() const override { return 64; }
  void set_packet_size(std::size_t) override {}
  bool exact_length() const override { return true; }

 private:
  std::uint8_t command_ = 0;
};

TEST(CmsisDapLink, AnOldProbeCannotChooseATarget) {
  SystemClock clock;
  Log log(clock);
  Probe probe(std::make_unique<OldProbe>(), log);
  Link link(probe, log, {});
  try {
    link.select_target(0x01002927, true);
    ADD_FAILURE() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_NE(e.message().find("needs version 1.2"), std::string::npos) << e.message();
  }
  EXPECT_FALSE(link.selected_target());
}

}  // namespace
}  // namespace probity::cmsis_dap::cmsis_dap_messages_test
