// The ST-LINK driver through the real protocol, against the virtual board's probe firmware, debug port and
// chip. Every test ends with the firmware having found nothing to complain about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "adapter/adapter.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::stlink_driver_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// STM32F407 (RM0090): 128 KiB of RAM; what its debug port and core say of themselves.
constexpr Address kRam = 0x20000000;
constexpr Address kRamEnd = 0x20020000;
constexpr Address kCPUID = 0xE000ED00;
constexpr Address kDBGMCU_IDCODE = 0xE0042000;
constexpr std::uint32_t kDpidr = 0x2BA01477;
constexpr std::uint32_t kJtagIdcode = 0x4BA00477;
constexpr std::uint32_t kBoundaryScanIdcode = 0x06413041;

// A virtual board and a driver on it.
class Rig {
 public:
  explicit Rig(const std::string& spec, std::string_view driver = "hla") : vboard(spec), log(vboard.clock()) {
    log.set_output("/dev/null");
    log.set_level(LogLevel::debug);
    log.add_listener([this](LogLevel level, std::string_view line) {
      if (level <= LogLevel::info) lines.emplace_back(line);
    });
    make(driver);
  }
  void make(std::string_view driver) {
    const Host host{vboard.usb(), vboard.hid(), *tcp, vboard.clock()};
    adapter = adapter_driver(driver).make(host, settings, log);
  }
  DapLink& connect(Transport transport) {
    adapter->open();
    link = &adapter->connect(transport, {});
    return *link;
  }
  MemPort& memory(Transport transport) {
    connect(transport).reconnect();
    return *link->native_memory(0);
  }
  std::uint64_t commands() { return vboard.board().stats().usb_commands; }

  vboard::VirtualHost vboard;
  Log log;
  std::vector<std::string> lines;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  AdapterSettings settings;
  std::unique_ptr<Adapter> adapter;
  DapLink* link = nullptr;
};

Bytes pattern(std::size_t size, unsigned seed) {
  Bytes b(size);
  for (std::size_t i = 0; i < size; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + i / 256 + seed);
  return b;
}

struct Way {
  const char* probe;
  Transport transport;
};
std::string name_of_way(const testing::TestParamInfo<Way>& info) {
  std::string name = std::string(info.param.probe) + "_" + std::string(name_of(info.param.transport));
  std::ranges::replace(name, '-', '_');
  return name;
}

class StlinkDriver : public testing::TestWithParam<Way> {
 protected:
  Rig rig_{std::string("stm32f407vg,probe=") + GetParam().probe};
  Transport transport() const { return GetParam().transport; }
  bool jtag() const { return is_jtag(transport()); }
  bool v3() const { return std::string_view(GetParam().probe) == "stlink-v3"; }
  void TearDown() override {
    rig_.adapter.reset();
    EXPECT_THAT(rig_.vboard.probe_errors(), IsEmpty());
  }
};

TEST_P(StlinkDriver, ConnectsAndReadsTheIds) {
  DapLink& link = rig_.connect(transport());
  EXPECT_EQ(link.reconnect(), jtag() ? kJtagIdcode : kDpidr);
  EXPECT_EQ(link.reaches_registers(), !is_hla(transport()));
  if (jtag()) {
    EXPECT_THAT(link.idcodes(), ElementsAre(kJtagIdcode, kBoundaryScanIdcode));
  } else {
    EXPECT_THAT(link.idcodes(), IsEmpty());
  }
  MemPort& memory = *link.native_memory(0);
  EXPECT_EQ(memory.read32(kCPUID), 0x410FC241U);
  EXPECT_EQ(memory.read32(kDBGMCU_IDCODE) & 0xFFF, 0x413U);
  // In the middle of work, too: the firmware closes its APs then, and a block wants its AP open.
  Bytes before(8), after(8);
  memory.read(kCPUID, before, Width::word);
  EXPECT_EQ(link.reconnect(), jtag() ? kJtagIdcode : kDpidr);
  memory.read(kCPUID, after, Width::word);
  EXPECT_EQ(load_le32(after), 0x410FC241U);
  EXPECT_EQ(load_le32(before), 0x410FC241U);
}

TEST_P(StlinkDriver, BlocksOfAnyShapeArriveExactly) {
  MemPort& memory = rig_.memory(transport());
  unsigned seed = 1;
  for (const Address begin : {kRam + 16, kRam + 17, kRam + 1022, kRam + 1023}) {
    for (const std::size_t size : {1, 2, 3, 7, 64, 65, 1030, 6149}) {
      const Bytes guard = pattern(4, 0x55);
      memory.write_bytes(begin - 4, guard);
      memory.write_bytes(begin + static_cast<Address>(size), guard);
      const Bytes sent = pattern(size, ++seed);
      memory.write_bytes(begin, sent);
      Bytes back(size + 8);
      memory.read_bytes(begin - 4, back);
      EXPECT_EQ(Bytes(back.begin(), back.begin() + 4), guard) << size << " bytes at " << begin;
      EXPECT_EQ(Bytes(back.begin() + 4, back.end() - 4), sent) << size << " bytes at " << begin;
      EXPECT_EQ(Bytes(back.end() - 4, back.end()), guard) << size << " bytes at " << begin;
    }
  }
}

TEST_P(StlinkDriver, EveryWidthWorks) {
  MemPort& memory = rig_.memory(transport());
  const Bytes sent = pattern(700, 3);
  for (const Width width : {Width::byte, Width::half, Width::word}) {
    memory.write(kRam, Bytes(700), Width::word);
    memory.write(kRam, sent, width);
    Bytes back(700);
    memory.read(kRam, back, width);
    EXPECT_EQ(back, sent);
  }
  memory.write8(kRam + 3, 0xAB);
  memory.write16(kRam + 4, 0xCDEF);
  EXPECT_EQ(memory.read8(kRam + 3), 0xAB);
  EXPECT_EQ(memory.read16(kRam + 4), 0xCDEF);
}

template <typename Body>
Address fault_of(Body body) {
  try {
    body();
  } catch (const MemoryFault& e) {
    return e.address;
  }
  ADD_FAILURE() << "no MemoryFault";
  return 0;
}

TEST_P(StlinkDriver, AFaultNamesTheFirstBadAddressAndThePortGoesOn) {
  MemPort& memory = rig_.memory(transport());
  memory.write32(kRamEnd - 4, 0x12345678);
  Bytes block(64);
  for (const Width width : {Width::byte, Width::half, Width::word}) {
    EXPECT_EQ(fault_of([&] { memory.read(kRamEnd - 32, block, width); }), kRamEnd);
    EXPECT_EQ(memory.read32(kRamEnd - 4), 0x12345678U);
    // A write is only known to be refused when the next access is answered: the word after it at the latest.
    const Address bad = fault_of([&] { memory.write(kRamEnd - 32, Bytes(64), width); });
    EXPECT_GE(bad, kRamEnd);
    EXPECT_LE(bad, kRamEnd + 4);
    memory.write32(kRamEnd - 4, 0x12345678);
    EXPECT_EQ(memory.read32(kRamEnd - 4), 0x12345678U);
  }
  EXPECT_EQ(fault_of([&] { memory.read32(kRamEnd); }), kRamEnd);
  EXPECT_EQ(memory.read32(kCPUID), 0x410FC241U);
  EXPECT_EQ(fault_of([&] { memory.write32(kRamEnd, 1); }), kRamEnd);
  EXPECT_EQ(memory.read32(kCPUID), 0x410FC241U);
}

TEST_P(StlinkDriver, BatchesGoInOrderAndStopAtTheFault) {
  MemPort& memory = rig_.memory(transport());
  std::vector<WordAccess> batch;
  for (std::uint32_t i = 0; i < 100; ++i) {
    batch.push_back(WordAccess::store(kRam + 8, i));
    batch.push_back(WordAccess::load(kRam + 8));
  }
  memory.run(batch);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(batch[2 * i + 1].value, i);
  std::array broken = {WordAccess::store(kRam, 7), WordAccess::load(kRamEnd), WordAccess::load(kRam)};
  EXPECT_EQ(fault_of([&] { memory.run(broken); }), kRamEnd);
  EXPECT_EQ(memory.read32(kRam), 7U);
}

TEST_P(StlinkDriver, FewCommandsAreSpent) {
  MemPort& memory = rig_.memory(transport());
  memory.read32(kRam);  // opens the AP
  const auto cost = [&](auto&& body) {
    const std::uint64_t before = rig_.commands();
    body();
    return rig_.commands() - before;
  };
  EXPECT_EQ(cost([&] { memory.read32(kRam); }), 1U);
  EXPECT_EQ(cost([&] { memory.write32(kRam, 1); }), 1U);
  Bytes block(6144);
  EXPECT_EQ(cost([&] { memory.read(kRam + 512, block, Width::word); }), 2U);
  EXPECT_EQ(cost([&] { memory.write(kRam + 512, block, Width::word); }), 2U);
  std::vector<WordAccess> batch(20, WordAccess::store(kRam, 1));
  EXPECT_EQ(cost([&] { memory.run(batch); }), 2U);
  EXPECT_EQ(cost([&] { memory.write(kRam, ByteView(block).first(512), Width::byte); }), v3() ? 2U : 16U);
}

TEST_P(StlinkDriver, TheClockIsTheNearestNotAbove) {
  rig_.connect(transport()).reconnect();
  const Hertz set = rig_.adapter->set_speed(kilohertz(2000)).value();
  EXPECT_LE(set, kilohertz(2000));
  if (!v3()) {
    EXPECT_EQ(set, jtag() ? kilohertz(1125) : kilohertz(1800));
  }
  EXPECT_EQ(rig_.adapter->set_speed(kilohertz(1)), rig_.adapter->set_speed(kilohertz(0)));
  EXPECT_GE(rig_.adapter->set_speed(kilohertz(100'000)), kilohertz(4000));
  EXPECT_EQ(rig_.link->native_memory(0)->read32(kCPUID), 0x410FC241U);
}

TEST_P(StlinkDriver, WaitsAreTriedAgain) {
  Rig rig(std::string("stm32f407vg,fault=wait@ap:20x3,probe=") + GetParam().probe);
  MemPort& memory = rig.memory(transport());
  const Bytes sent = pattern(400, 9);
  memory.write(kRam, sent, Width::word);
  Bytes back(400);
  memory.read(kRam, back, Width::word);
  EXPECT_EQ(back, sent);
  EXPECT_GT(rig.vboard.board().stats().wait_acks, 0U);
}

TEST_P(StlinkDriver, ATargetThatWaitsForeverIsATimeout) {
  Rig rig(std::string("stm32f407vg,fault=wait@ap:20x100000000,probe=") + GetParam().probe);
  MemPort& memory = rig.memory(transport());
  Bytes block(400);
  EXPECT_THROW(memory.read(kRam, block, Width::word), TimeoutError);
}

TEST_P(StlinkDriver, NoTargetIsToldByReconnect) {
  Rig rig(std::string("stm32f407vg,fault=no-target,probe=") + GetParam().probe);
  DapLink& link = rig.connect(transport());
  try {
    link.reconnect();
    FAIL() << "connected to nothing";
  } catch (const DapError& e) {
    EXPECT_EQ(e.ack, static_cast<unsigned>(Ack::none));
    EXPECT_THAT(e.message(), HasSubstr("init mode failed (unable to connect to the target)"));
  }
  rig.adapter.reset();
  EXPECT_THAT(rig.vboard.probe_errors(), IsEmpty());
}

TEST_P(StlinkDriver, UnderResetTheLineIsLowWhileConnectingAndFreeAfterwards) {
  rig_.settings.connect_under_reset = true;
  rig_.make("st-link");
  rig_.connect(transport()).reconnect();
  EXPECT_TRUE(rig_.vboard.board().nrst());
  EXPECT_EQ(rig_.link->native_memory(0)->read32(kCPUID), 0x410FC241U);
  rig_.adapter->set_reset({.srst = false, .trst = {}});
  EXPECT_FALSE(rig_.vboard.board().nrst());
  rig_.adapter->set_reset({.srst = true, .trst = {}});
  EXPECT_TRUE(rig_.vboard.board().nrst());
  rig_.adapter.reset();  // a program that ends must not hold the target in reset
  EXPECT_FALSE(rig_.vboard.board().nrst());
}

TEST_P(StlinkDriver, ASecondProgramFindsTheProbeReady) {
  rig_.memory(transport()).write32(kRam, 0xCAFE);
  rig_.make("hla");
  EXPECT_EQ(rig_.memory(transport()).read32(kRam), 0xCAFEU);
}

constexpr std::array kWays = {
    Way{"stlink-v2", Transport::hla_swd},        Way{"stlink-v2", Transport::dapdirect_swd},
    Way{"stlink-v2", Transport::dapdirect_jtag}, Way{"stlink-v2-1", Transport::hla_swd},
    Way{"stlink-v2-1", Transport::hla_jtag},     Way{"stlink-v2-1", Transport::swd},
    Way{"stlink-v3", Transport::hla_swd},        Way{"stlink-v3", Transport::dapdirect_swd},
    Way{"stlink-v3", Transport::dapdirect_jtag},
};
INSTANTIATE_TEST_SUITE_P(Ways, StlinkDriver, testing::ValuesIn(kWays), name_of_way);

TEST(StlinkIdentity, LinesAreThoseOfOpenOcd) {
  Rig rig("stm32f407vg,voltage=3234");
  rig.adapter->open();
  const auto lines = rig.adapter->describe();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], testing::MatchesRegex("STLINK V2J[0-9]+M[0-9]+ \\(API v2\\) VID:PID 0483:374B"));
  EXPECT_EQ(lines[1], "Target voltage: 3.234000");
  EXPECT_EQ(rig.adapter->target_voltage(), 3234U);
}

TEST(StlinkIdentity, ALowVoltageIsAnError) {
  Rig rig("stm32f407vg,voltage=1200");
  rig.connect(Transport::hla_swd);
  EXPECT_THAT(rig.lines, Contains(HasSubstr("target voltage may be too low for reliable debugging")));
}

TEST(StlinkIdentity, NoProbeListsWhatWasSeen) {
  Rig rig("stm32f407vg,probe=cmsis-dap-v2");
  try {
    rig.adapter->open();
    FAIL() << "opened a CMSIS-DAP as ST-LINK";
  } catch (const AdapterError& e) {
    EXPECT_THAT(e.message(), HasSubstr("no probe found: looked for ST-LINK; USB devices seen:\n  "));
  }
}

TEST(StlinkBackend, TheOptionIsChecked) {
  Rig rig("stm32f407vg");
  for (const char* bad : {"", "udp", "tcp x", "tcp 0", "tcp 70000", "usb 1 2"}) {
    rig.settings.options["st-link backend"] = bad;
    EXPECT_THROW(rig.make("st-link"), ConfigError) << bad;
  }
  for (const char* good : {"usb", "tcp", "tcp 7184"}) {
    rig.settings.options["st-link backend"] = good;
    EXPECT_NO_THROW(rig.make("st-link")) << good;
  }
  rig.settings.options = {{"hla_layout", "ti-icdi"}};
  EXPECT_THROW(rig.make("hla"), ConfigError);
}

class StlinkRegisters : public testing::TestWithParam<Way> {};

TEST_P(StlinkRegisters, RawTransfersReachTheDebugPort) {
  Rig rig(std::string("stm32f407vg,probe=") + GetParam().probe, "st-link");
  DapLink& link = rig.connect(GetParam().transport);
  link.reconnect();
  constexpr std::uint8_t kDPIDR = 0, kCTRL_STAT = 4, kSELECT = 8;
  constexpr std::uint32_t kSystemAndDebugPower = 0xF0000000;
  std::array dp = {DapTransfer::load(Port::dp, kCTRL_STAT), DapTransfer::store(Port::dp, kSELECT, 0x000000F0),
                   DapTransfer::load(Port::ap, 0xC), DapTransfer::store(Port::dp, kSELECT, 0x050000F0),
                   DapTransfer::load(Port::ap, 0xC)};
  EXPECT_EQ(link.run(dp), dp.size());
  EXPECT_EQ(dp[0].value & kSystemAndDebugPower, kSystemAndDebugPower);
  EXPECT_EQ(dp[2].value, 0x24770011U);
  EXPECT_EQ(dp[4].value, 0U);  // there is no AP 5
  if (!is_jtag(GetParam().transport)) {
    std::array id = {DapTransfer::load(Port::dp, kDPIDR)};
    link.run(id);
    EXPECT_EQ(id[0].value, kDpidr);
  }
  // A word written through CSW, TAR and DRW is the word that memory commands see, and the other way round.
  std::array write = {DapTransfer::store(Port::dp, kSELECT, 0), DapTransfer::store(Port::ap, 0x0, 0x23000052),
                      DapTransfer::store(Port::ap, 0x4, kRam), DapTransfer::store(Port::ap, 0xC, 0xFEEDF00D),
                      DapTransfer::load(Port::dp, 0xC)};
  EXPECT_EQ(link.run(write), write.size());
  EXPECT_EQ(link.native_memory(0)->read32(kRam), 0xFEEDF00DU);
  rig.adapter.reset();
  EXPECT_THAT(rig.vboard.probe_errors(), IsEmpty());
}

TEST_P(StlinkRegisters, AFaultIsAnAckAndTheStickyFlagCanBeCleared) {
  Rig rig(std::string("stm32f407vg,probe=") + GetParam().probe, "st-link");
  DapLink& link = rig.connect(GetParam().transport);
  link.reconnect();
  std::array read = {
      DapTransfer::store(Port::dp, 8, 0),         DapTransfer::store(Port::ap, 0x0, 0x23000052),
      DapTransfer::store(Port::ap, 0x4, kRamEnd), DapTransfer::load(Port::ap, 0xC),
      DapTransfer::load(Port::ap, 0xC),           DapTransfer::load(Port::ap, 0xC)};
  const std::size_t done = link.run(read);
  ASSERT_LT(done, read.size());
  EXPECT_GE(done, 3U);
  EXPECT_EQ(read[done].ack, Ack::fault);
  if (done + 1 < read.size()) {
    EXPECT_EQ(read[done + 1].ack, Ack::not_run);
  }
  std::array clear = {DapTransfer::store(Port::dp, 0, 0x1E), DapTransfer::load(Port::dp, 4)};
  EXPECT_EQ(link.run(clear), clear.size());
  EXPECT_EQ(clear[1].value & 0x20, 0U);
  EXPECT_EQ(link.native_memory(0)->read32(kCPUID), 0x410FC241U);
}

TEST(StlinkHla, HidesTheRegisters) {
  Rig rig("stm32f407vg");
  DapLink& link = rig.connect(Transport::hla_swd);
  std::array id = {DapTransfer::load(Port::dp, 0)};
  EXPECT_THROW(link.run(id), AdapterError);
}

// Memory commands carry an AP number since V2J32.
TEST(StlinkHla, ReachesOtherApsWhereTheFirmwareTakesTheirNumber) {
  Rig rig("stm32h563zi", "st-link");
  EXPECT_EQ(rig.connect(Transport::hla_swd).native_memory(1)->read32(kCPUID), 0x410FD214U);
  Rig old("stm32h563zi,probe=stlink-v2,firmware=V2J29S7", "st-link");
  EXPECT_EQ(old.connect(Transport::hla_swd).native_memory(1), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Ways, StlinkRegisters,
                         testing::Values(Way{"stlink-v2", Transport::dapdirect_swd},
                                         Way{"stlink-v2-1", Transport::dapdirect_jtag},
                                         Way{"stlink-v3", Transport::dapdirect_swd}),
                         name_of_way);

// One job, with the USB going wrong at its Nth transfer, for every N of it: it ends with the right data or
// with an error of ours that has a text; never with wrong data, and never in a hang.
class StlinkUsbFaults : public testing::TestWithParam<const char*> {};

TEST_P(StlinkUsbFaults, EndInAnErrorOrInTheRightData) {
  const std::string kind = GetParam();
  unsigned failed = 0;
  constexpr unsigned kTransfers = 40;
  for (unsigned n = 1; n <= kTransfers; ++n) {
    Rig rig("stm32f407vg,fault=" + kind + "@usb:" + std::to_string(n));
    const Bytes sent = pattern(300, n);
    Bytes back(300);
    try {
      MemPort& memory = rig.memory(Transport::hla_swd);
      memory.write_bytes(kRam + 1, sent);
      memory.read_bytes(kRam + 1, back);
      EXPECT_EQ(back, sent) << kind << " at transfer " << n;
    } catch (const Error& e) {
      EXPECT_FALSE(e.message().empty());
      ++failed;
    }
  }
  EXPECT_GT(failed, 0U);
}

std::string name_of_fault(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Kinds, StlinkUsbFaults, testing::Values("usb-short", "usb-lost", "unplug"),
                         name_of_fault);

TEST(StlinkUsbRecovery, ALostAnswerCostsOneCommandOnly) {
  std::uint64_t before = 0;
  {
    Rig rig("stm32f407vg");
    rig.memory(Transport::hla_swd);
    before = rig.vboard.board().stats().usb_transfers;
  }
  // The command, then its answer: the second transfer from there.
  Rig rig("stm32f407vg,fault=usb-lost@usb:" + std::to_string(before + 4));
  MemPort& memory = rig.memory(Transport::hla_swd);
  const std::array addresses = {kCPUID, kDBGMCU_IDCODE, kCPUID, kDBGMCU_IDCODE, kCPUID, kDBGMCU_IDCODE};
  unsigned lost = 0;
  for (const Address address : addresses) {
    try {
      EXPECT_EQ(memory.read32(address) & 0xFFF, address == kCPUID ? 0x241U : 0x413U);
    } catch (const TimeoutError&) {
      ++lost;
    }
  }
  EXPECT_EQ(lost, 1U);
}

TEST(StlinkUsbRecovery, AProbeThatDoesNotAnswerAtFirstIsReset) {
  Rig rig("stm32f407vg,fault=usb-lost@usb:2");
  EXPECT_EQ(rig.memory(Transport::hla_swd).read32(kCPUID), 0x410FC241U);
}

}  // namespace
}  // namespace probity::stlink_driver_test
