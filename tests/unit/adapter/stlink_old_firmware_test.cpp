// The driver with firmware of years ago: the virtual V2 of that version refuses every command that it did not
// have. The chip is an F767, whose TAR counts over 1 KiB only: a block that such firmware cannot split comes
// round there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/adapter.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::stlink_old_firmware_test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Address kRam = 0x20000000;

class Rig {
 public:
  explicit Rig(unsigned jtag)
      : board("stm32f767zi,probe=stlink-v2,firmware=V2J" + std::to_string(jtag) + "S4"), log(board.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    adapter = adapter_driver("hla").make({board.usb(), board.hid(), *tcp, board.clock()}, settings, log);
    adapter->open();
  }
  vboard::VirtualHost board;
  Log log;
  std::vector<std::string> lines;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  AdapterSettings settings;
  std::unique_ptr<Adapter> adapter;
};

// Blocks of every alignment over several 1 KiB boundaries, and a batch.
void exercise(MemPort& memory) {
  Bytes sent(5000);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::uint8_t>(i * 3);
  for (const Address begin : {kRam + 1000, kRam + 1001, kRam + 1002}) {
    memory.write_bytes(begin, sent);
    Bytes back(sent.size());
    memory.read_bytes(begin, back);
    EXPECT_EQ(back, sent);
  }
  std::vector<WordAccess> batch(10, WordAccess::store(kRam, 5));
  memory.run(batch);
  EXPECT_EQ(memory.read32(kRam), 5U);
  Bytes halves(300);
  memory.read(kRam + 1000, halves, Width::half);
  EXPECT_EQ(Bytes(halves.begin() + 2, halves.end()), Bytes(sent.begin(), sent.begin() + 298));
  EXPECT_THROW(memory.read32(0x20080000), MemoryFault);
  EXPECT_EQ(memory.read32(kRam), 5U);
}

class StlinkOldFirmware : public testing::TestWithParam<unsigned> {};

TEST_P(StlinkOldFirmware, MemoryWorksWithinItsBoundaries) {
  Rig rig(GetParam());
  const bool dapdirect = GetParam() >= 24;
  DapLink& link = rig.adapter->connect(dapdirect ? Transport::dapdirect_swd : Transport::hla_swd, {});
  EXPECT_EQ(link.reconnect(), 0x5BA02477U);
  exercise(*link.native_memory(0));
  EXPECT_EQ(link.native_memory(1), nullptr);
  const auto made_of_bytes = Contains(HasSubstr("memory is accessed in bytes"));
  if (GetParam() < 26) {
    EXPECT_THAT(rig.lines, made_of_bytes);
  } else {
    EXPECT_THAT(rig.lines, Not(made_of_bytes));
  }
  EXPECT_THAT(rig.lines, Contains(HasSubstr("is old")).Times(1));
  rig.adapter.reset();
  EXPECT_THAT(rig.board.probe_errors(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Versions, StlinkOldFirmware, testing::Values(13, 17, 21, 24, 26, 28, 31),
                         testing::PrintToStringParamName());

TEST(StlinkOldVersions, J17IsWarnedAboutAndKeepsItsClock) {
  Rig rig(17);
  EXPECT_THAT(rig.adapter->describe(), Contains("STLINK V2J17S4 (API v2) VID:PID 0483:3748"));
  DapLink& link = rig.adapter->connect(Transport::hla_swd, {});
  EXPECT_EQ(link.reconnect(), 0x5BA02477U);
  EXPECT_EQ(rig.adapter->set_speed(kilohertz(4000)), kilohertz(1800));
  EXPECT_THAT(rig.lines,
              Contains(HasSubstr("ST-LINK firmware V2J17S4 is old: no SWD speed setting (needs V2J22)")));
  // A peripheral register is not written in two halves.
  EXPECT_THROW(link.native_memory(0)->write16(0x40023C00, 1), AdapterError);
}

TEST(StlinkOldVersions, J21HasNoDapdirect) {
  Rig rig(21);
  try {
    rig.adapter->connect(Transport::dapdirect_swd, {});
    FAIL() << "connected";
  } catch (const AdapterError& e) {
    EXPECT_THAT(e.message(), HasSubstr("firmware V2J21S4 is older than V2J24; use transport hla_swd"));
  }
}

}  // namespace
}  // namespace probity::stlink_old_firmware_test
