// What goes wrong on the wire: the data is right in the end, or the error is clean and the port goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig.hpp"

namespace probity::wire_faults_test {
namespace {

using ::testing::HasSubstr;

constexpr Address kRam = 0x20000000;
constexpr std::size_t kSize = 3000;

Bytes pattern() {
  Bytes data(kSize);
  for (std::size_t i = 0; i < kSize; ++i) data[i] = static_cast<std::uint8_t>(i * 11 + i / 256);
  return data;
}

struct Wire {
  Probe probe;
  Transport transport;
};

class FaultyWire : public testing::TestWithParam<Wire> {
 protected:
  Rig& board(const std::string& plan) {
    rig = std::make_unique<Rig>(GetParam().probe, GetParam().transport, ",fault=" + plan);
    rig->dap->connect();
    return *rig;
  }
  static Bytes read_back(Rig& on) {
    Bytes back(kSize);
    on.memory().read(kRam, back, Width::word);
    return back;
  }
  bool jtag() const { return GetParam().transport == Transport::jtag; }
  std::unique_ptr<Rig> rig;
};

TEST_P(FaultyWire, WaitsAreRepeatedInOrder) {
  // Early, amid writes, at a TAR write, amid reads.
  for (const std::string plan :
       {"wait@ap:3x2", "wait@ap:100x5", "wait@ap:256x7", "wait@ap:1000x5+wait@ap:1100x1"}) {
    Rig& on = board(plan);
    on.memory().write(kRam, pattern(), Width::word);
    EXPECT_EQ(read_back(on), pattern()) << plan;
    EXPECT_GT(on.host.board().stats().wait_acks, 0u) << plan;
  }
}

TEST_P(FaultyWire, WaitWithoutEndIsACleanError) {
  Rig& on = board("wait@ap:100x100000000");
  on.adapter->set_speed(kilohertz(50));  // fewer repeats to simulate in the same second
  try {
    on.memory().write(kRam, pattern(), Width::word);
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_EQ(e.ack, 2u);
    EXPECT_THAT(e.what(), HasSubstr("WAIT"));
  }
}

TEST_P(FaultyWire, AFaultIsAnErrorAndThePortGoesOn) {
  for (const unsigned at : {20u, 100u, 257u, 900u}) {
    Rig& on = board("fault@ap:" + std::to_string(at));
    bool failed = false;
    try {
      on.memory().write(kRam, pattern(), Width::word);
      EXPECT_EQ(read_back(on), pattern()) << at;
    } catch (const MemoryFault& e) {
      failed = true;
      EXPECT_GE(e.address, kRam);
      EXPECT_LE(e.address, kRam + kSize);
    } catch (const DapError& e) {
      failed = true;
      EXPECT_EQ(e.ack, 4u);
    }
    EXPECT_TRUE(failed) << at;
    on.memory().write(kRam, pattern(), Width::word);
    EXPECT_EQ(read_back(on), pattern()) << at;
  }
}

TEST_P(FaultyWire, GarbledReadsAreDoneAgain) {
  if (jtag()) return;  // no parity there
  for (const std::string plan : {"parity@ap:900", "parity@ap:1000x2", "parity@ap:1300"}) {
    Rig& on = board(plan);
    on.memory().write(kRam, pattern(), Width::word);
    EXPECT_EQ(read_back(on), pattern()) << plan;
  }
}

TEST_P(FaultyWire, GarbledForGoodIsACleanError) {
  if (jtag()) return;
  Rig& on = board("parity@ap:900x100000");
  on.memory().write(kRam, pattern(), Width::word);
  try {
    read_back(on);
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_THAT(e.what(), HasSubstr("parity"));
  }
}

// RM0090 3.8: FLASH_KEYR, FLASH_SR, FLASH_CR. A flash read while an erase runs makes the bus stall: real
// WAITs, with packets in flight behind them.
class StalledBus : public FaultyWire {
 protected:
  static constexpr Address kFlash = 0x08000000, kKeyr = 0x40023C04, kSr = 0x40023C0C, kCr = 0x40023C10;
  static void erase(Rig& on, unsigned sector, unsigned psize) {
    on.memory().write32(kKeyr, 0x45670123);
    on.memory().write32(kKeyr, 0xCDEF89AB);
    const std::uint32_t cr = psize << 8 | sector << 3 | 1u << 1;  // PSIZE, SNB, SER
    on.memory().write32(kCr, cr);
    on.memory().write32(kCr, cr | 1u << 16);  // STRT
  }
};

TEST_P(StalledBus, ReadsWaitForTheEraseAndKeepTheirOrder) {
  Rig& on = board("wait@ap:1x1");
  on.adapter->set_speed(kilohertz(1000));
  on.memory().write(kRam, pattern(), Width::word);
  erase(on, 0, 2);
  std::vector<WordAccess> batch = {WordAccess::store(kRam, 0x11),        WordAccess::load(kFlash),
                                   WordAccess::store(kRam + 2000, 0x22), WordAccess::load(kRam),
                                   WordAccess::load(kFlash + 8),         WordAccess::load(kRam + 2000)};
  on.memory().run(batch);
  EXPECT_EQ(batch[1].value, 0xFFFFFFFFu);
  EXPECT_EQ(batch[3].value, 0x11u);
  EXPECT_EQ(batch[4].value, 0xFFFFFFFFu);
  EXPECT_EQ(batch[5].value, 0x22u);
  EXPECT_EQ(on.memory().read32(kSr) & (1u << 16), 0u);
  EXPECT_GT(on.host.board().stats().wait_acks, 0u);
}

TEST_P(StalledBus, AnEraseThatLastsTooLongIsACleanErrorAndThePortGoesOn) {
  Rig& on = board("wait@ap:1x1");
  on.adapter->set_speed(kilohertz(100));
  on.memory().write(kRam, pattern(), Width::word);
  erase(on, 11, 0);  // 128 KiB by bytes: 2 s
  Bytes data(kSize);
  try {
    on.memory().read(kFlash, data, Width::word);
    ADD_FAILURE() << "no error";
  } catch (const DapError& e) {
    EXPECT_EQ(e.ack, 2u);
  }
  EXPECT_EQ(on.memory().read32(kRam), 0x21160B00u);
  on.host.clock().sleep(std::chrono::seconds(3));
  EXPECT_EQ(read_back(on), pattern());
}

INSTANTIATE_TEST_SUITE_P(
    Probes, StalledBus,
    testing::Values(Wire{Probe::cmsis_dap_v1, Transport::swd}, Wire{Probe::cmsis_dap_v2, Transport::swd},
                    Wire{Probe::remote_bitbang, Transport::swd}, Wire{Probe::cmsis_dap_v2, Transport::jtag},
                    Wire{Probe::remote_bitbang, Transport::jtag}),
    [](const auto& each) {
      return name_of(each.param.probe) + "_" + std::string(name_of(each.param.transport));
    });

INSTANTIATE_TEST_SUITE_P(
    Probes, FaultyWire,
    testing::Values(Wire{Probe::cmsis_dap_v1, Transport::swd}, Wire{Probe::cmsis_dap_v2, Transport::swd},
                    Wire{Probe::remote_bitbang, Transport::swd}, Wire{Probe::cmsis_dap_v2, Transport::jtag},
                    Wire{Probe::remote_bitbang, Transport::jtag}),
    [](const auto& each) {
      return name_of(each.param.probe) + "_" + std::string(name_of(each.param.transport));
    });

TEST(NoTarget, SaysSo) {
  for (const Probe probe : {Probe::cmsis_dap_v2, Probe::remote_bitbang}) {
    for (const Transport transport : {Transport::swd, Transport::jtag}) {
      Rig on(probe, transport, ",fault=no-target");
      try {
        on.dap->connect();
        ADD_FAILURE() << "no error";
      } catch (const DapError& e) {
        EXPECT_EQ(e.ack, 7u);
        EXPECT_THAT(e.what(),
                    HasSubstr(transport == Transport::swd ? "no answer on SWD"
                                                          : "JTAG scan chain interrogation failed: all "));
      }
    }
  }
}

TEST(UsbFaults, AShortOrLostReplyIsAnErrorAndTheNextCommandIsInStep) {
  for (const std::string plan :
       {"usb-short@usb:60", "usb-lost@usb:60", "usb-short@usb:61", "usb-lost@usb:63"}) {
    Rig on(Probe::cmsis_dap_v2, Transport::swd, ",fault=" + plan);
    bool failed = false;
    try {
      on.dap->connect();
      on.memory().write(kRam, pattern(), Width::word);
      Bytes back(kSize);
      on.memory().read(kRam, back, Width::word);
      EXPECT_EQ(back, pattern()) << plan;
    } catch (const AdapterError&) {
      failed = true;
    } catch (const TimeoutError&) {
      failed = true;
    }
    EXPECT_TRUE(failed) << plan;
    on.dap->connect();
    on.memory().write(kRam, pattern(), Width::word);
    Bytes back(kSize);
    on.memory().read(kRam, back, Width::word);
    EXPECT_EQ(back, pattern()) << plan;
  }
}

}  // namespace
}  // namespace probity::wire_faults_test
