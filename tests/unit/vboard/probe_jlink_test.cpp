// The J-Link models, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::vboard::probe_jlink_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Bench {
  explicit Bench(const std::string& probe = "jlink") : host("stm32f407vg,probe=" + probe) {
    usb = host.usb().open(host.usb().devices().front());
    usb->claim(0);
  }
  void send(const Bytes& bytes) { usb->bulk_out(0x02, bytes, Milliseconds(10)); }
  Bytes receive() { return usb->bulk_in(0x81, 4096, Milliseconds(10)); }
  Bytes ask(const Bytes& bytes) {
    send(bytes);
    return receive();
  }
  std::uint32_t ask32(const Bytes& bytes) { return load_le32(ask(bytes)); }
  // HW_JTAG2 or HW_JTAG3.
  Bytes clock(std::uint8_t code, std::uint16_t count, const Bytes& first, const Bytes& second) {
    Bytes command = {code, 0};
    append_le16(command, count);
    append(command, first);
    append(command, second);
    return ask(command);
  }

  VirtualHost host;
  std::unique_ptr<UsbDevice> usb;
};

Bytes swo_start(std::uint32_t mode, std::uint32_t baud, std::uint32_t size) {
  Bytes bytes = {0xEB, 0x64};
  const std::array<std::pair<std::uint8_t, std::uint32_t>, 3> parameters = {
      {{std::uint8_t{1}, mode}, {std::uint8_t{2}, baud}, {std::uint8_t{4}, size}}};
  for (const auto& [id, value] : parameters) {
    bytes.push_back(4);
    bytes.push_back(id);
    append_le32(bytes, value);
  }
  bytes.push_back(0);
  return bytes;
}

TEST(ProbeJlink, TellsAboutItself) {
  Bench bench;
  const Bytes version = bench.ask({0x01});
  EXPECT_EQ(load_le16(version), 112);
  ASSERT_EQ(version.size(), 114U);
  EXPECT_THAT(std::string(version.begin() + 2, version.end()),
              testing::StartsWith("J-Link V9 compiled May  7 2021 16:26:12"));
  EXPECT_EQ(bench.ask32({0xF0}), 94000U);
  EXPECT_EQ(bench.ask32({0xE8}), 0x88823A33U);
  const Bytes extended = bench.ask({0xED});
  EXPECT_EQ(extended.size(), 32U);
  EXPECT_EQ(load_le32(extended), 0x88823A33U);
  EXPECT_THAT(bench.ask({0xC0}), ElementsAre(0x00, 0x87, 0x93, 0x03, 4, 0));  // 60 MHz, from / 4 on
  EXPECT_THAT(bench.ask({0x07}), ElementsAre(0xE4, 0x0C, 0, 0, 1, 0, 1, 1));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(ProbeJlink, AnUnknownCommandIsRecordedAndNotAnswered) {
  Bench bench;
  bench.send({0xF1});  // WRITE_DCC: real, but not of this model
  EXPECT_THROW(bench.receive(), TimeoutError);
  ASSERT_EQ(bench.host.probe_errors().size(), 1U);
  EXPECT_THAT(bench.host.probe_errors()[0], HasSubstr("0xf1"));
}

TEST(ProbeJlink, CommandsEndWhereTheirBytesSay) {
  Bench bench;
  bench.send({0xCF, 0, 9, 0, 0xFF});
  bench.send({0x01, 0xFF});
  EXPECT_THROW(bench.receive(), TimeoutError);
  bench.send({0x01});
  EXPECT_EQ(bench.receive().size(), 3U);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(ProbeJlink, ACommandBeforeTheReplyWasReadIsAnError) {
  Bench bench;
  bench.send({0xF0});
  bench.send({0xF0});
  EXPECT_THAT(bench.host.probe_errors(), ElementsAre(HasSubstr("before the last reply was read")));
}

TEST(ProbeJlink, InterfacesAreSelectedAmongThoseThereAre) {
  Bench bench;
  EXPECT_EQ(bench.ask32({0xC7, 0xFF}), 3U);
  EXPECT_EQ(bench.ask32({0xC7, 0xFE}), 0U);
  EXPECT_EQ(bench.ask32({0xC7, 1}), 0U);  // what was before
  EXPECT_EQ(bench.ask32({0xC7, 0xFE}), 1U);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  EXPECT_EQ(bench.ask32({0xC7, 3}), 1U);
  EXPECT_EQ(bench.ask32({0xC7, 0xFE}), 1U);
  EXPECT_EQ(bench.host.probe_errors().size(), 1U);
}

// JTAG to SWD, line reset, two idle clocks; then the request for DPIDR, a turnaround, ACK, data and parity,
// each bit as it is behind the clock's rising edge.
TEST(ProbeJlink, SwdByDirectionAndLevel) {
  Bench bench;
  bench.ask({0xC7, 1});
  const Bytes wake = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x9E, 0xE7,
                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00};
  EXPECT_EQ(bench.clock(0xCF, 17 * 8, Bytes(17, 0xFF), wake).back(), 0);
  const Bytes answer = bench.clock(0xCF, 46, {0xFF, 0, 0, 0, 0, 0}, {0xA5, 0, 0, 0, 0, 0});
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 6; ++i) bits |= std::uint64_t{answer[i]} << (8 * i);
  EXPECT_EQ(bits >> 8 & 7, 1U);  // OK
  EXPECT_EQ(bits >> 11 & 0xFFFFFFFF, 0x2BA01477U);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

// Five clocks of TMS high reset the TAPs; Idle, Select-DR, Capture-DR, Shift-DR; then IDCODEs come out,
// nearest TDO first.
TEST(ProbeJlink, JtagByTmsAndTdi) {
  for (const std::string probe : {"jlink", "jlink-v4"}) {
    Bench bench(probe);
    bench.clock(0xCE, 9, {0x5F, 0}, {0, 0});
    const Bytes ids = bench.clock(0xCE, 64, Bytes(8, 0), Bytes(8, 0xFF));
    ASSERT_EQ(ids.size(), 8U) << probe;  // no status
    EXPECT_EQ(load_le32(ids), 0x4BA00477U);
    EXPECT_EQ(load_le32(ids, 4), 0x06413041U);
    EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  }
}

TEST(ProbeJlink, AnOldOneHasNotWhatCameLater) {
  Bench bench("jlink-v4");
  EXPECT_EQ(bench.ask32({0xE8}), 0x33U);
  EXPECT_EQ(bench.ask32({0xF0}), 40000U);
  for (const std::uint8_t code : {0xCF, 0xC7, 0xC0, 0xD4, 0xEB, 0xED}) bench.send({code});
  EXPECT_EQ(bench.host.probe_errors().size(), 6U);
}

TEST(ProbeJlink, ClocksOnlyWhatItHasMemoryFor) {
  Bench bench;
  EXPECT_EQ(bench.ask32({0xD4}), 20464U);
  EXPECT_EQ(bench.ask32(swo_start(0, 1'000'000, 16'384)), 0U);
  EXPECT_EQ(bench.ask32({0xD4}), 4080U);
  const std::size_t fits = (4080 - 16) / 2;
  const auto status_of = [&](std::size_t bytes) {
    return bench.clock(0xCF, static_cast<std::uint16_t>(8 * bytes), Bytes(bytes, 0xFF), Bytes(bytes, 0xFF))
        .back();
  };
  EXPECT_EQ(status_of(fits), 0);
  const std::uint64_t clocks = bench.host.board().stats().jtag_clocks;
  EXPECT_EQ(status_of(fits + 1), 6);
  EXPECT_EQ(bench.host.board().stats().jtag_clocks, clocks);
}

TEST(ProbeJlink, SwoHasRatesAndABuffer) {
  Bench bench;
  EXPECT_EQ(bench.ask32(swo_start(1, 1'000'000, 4096)), 0x80000000U);  // Manchester
  EXPECT_EQ(bench.ask32(swo_start(0, 9'000'000, 4096)), 0x80000000U);  // more than 60 MHz / 8
  EXPECT_EQ(bench.ask32(swo_start(0, 1'000'000, 40'000)), 0x80000000U);
  EXPECT_EQ(bench.ask32({0xEB, 0x65, 0}), 0U);  // stop: also where it does not run
  EXPECT_EQ(bench.ask({0xEB, 0x6E, 4, 1, 0, 0, 0, 0, 0}).size(), 28U);
  EXPECT_EQ(bench.ask32(swo_start(0, 1'000'000, 4096)), 0U);
  EXPECT_EQ(bench.ask32(swo_start(0, 1'000'000, 4096)), 0x80000000U);  // it runs
  EXPECT_EQ(bench.ask({0xEB, 0x66, 4, 3, 0, 16, 0, 0, 0}), Bytes(8, 0));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(ProbeJlink, ResetWires) {
  Bench bench;
  bench.send({0xDC});
  EXPECT_TRUE(bench.host.board().nrst());
  EXPECT_EQ(bench.ask({0x07})[6], 0);
  bench.send({0xDD});
  EXPECT_FALSE(bench.host.board().nrst());
  bench.send({0xDE});
  EXPECT_EQ(bench.ask({0x07})[7], 0);
  bench.send({0xDF});
  EXPECT_EQ(bench.ask({0x07})[7], 1);
}

TEST(ProbeJlink, UsersAreListedUntilTheyLeave) {
  Bench bench;
  const Bytes enter = {0x09, 0x64, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Bytes first = bench.ask(enter);
  EXPECT_EQ(first.size(), 76U);
  EXPECT_EQ(load_le16(first, 2), 1);
  const Bytes second = bench.ask(enter);
  EXPECT_EQ(load_le16(second, 2), 2);
  EXPECT_NE(load_le16(second), load_le16(first));
  Bytes leave = {0x09, 0x65, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  append_le16(leave, load_le16(first));
  EXPECT_EQ(load_le16(bench.ask(leave), 2), 1);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  bench.ask(leave);
  EXPECT_EQ(bench.host.probe_errors().size(), 1U);
}

TEST(ProbeJlink, AResetOfThePortForgetsWhatHadBegun) {
  Bench bench;
  bench.send({0xCF, 0, 0xFF});
  bench.usb->reset();
  EXPECT_EQ(bench.ask32({0xF0}), 94000U);
}

}  // namespace
}  // namespace probity::vboard::probe_jlink_test
