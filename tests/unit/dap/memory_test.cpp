// Dap and MemAp through every DAP-level probe's real wire protocol, against the virtual STM32F407VG.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "rig.hpp"

namespace probity::memory_test {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

constexpr Address kRam = 0x20000000;
constexpr Address kCpuid = 0xE000ED00, kDbgmcuIdcode = 0xE0042000;
constexpr Address kNothing = 0x60000000;  // no memory there on this chip's bus

Bytes pattern(std::size_t size, unsigned seed) {
  Bytes data(size);
  for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8) * 13 + seed);
  return data;
}

struct Wire {
  Probe probe;
  Transport transport;
};

class OverTheWire : public testing::TestWithParam<Wire> {
 protected:
  OverTheWire() : rig(GetParam().probe, GetParam().transport) { rig.dap->connect(); }
  ~OverTheWire() override { EXPECT_THAT(rig.complaints(), IsEmpty()); }
  bool jtag() const { return GetParam().transport == Transport::jtag; }
  Rig rig;
};

TEST_P(OverTheWire, Identifies) {
  EXPECT_EQ(rig.dap->dpidr(), jtag() ? 0x4BA00477u : 0x2BA01477u);
  if (jtag()) {
    EXPECT_EQ(rig.dap->link().idcodes(), (std::vector<std::uint32_t>{0x4BA00477, 0x06413041}));
  } else {
    EXPECT_THAT(rig.lines, Contains("Info : SWD DPIDR 0x2ba01477"));
  }
  EXPECT_EQ(rig.memory().read32(kCpuid), 0x410FC241u);
  EXPECT_EQ(rig.memory().read32(kDbgmcuIdcode) & 0xFFFu, 0x413u);
  EXPECT_EQ(rig.dap->read_ap(0, 0xFC), 0x24770011u);
  EXPECT_EQ(find_memory_ap(*rig.dap), 0u);
}

TEST_P(OverTheWire, ConnectsAgain) {
  rig.memory().write32(kRam, 0x12345678);
  rig.dap->connect();
  EXPECT_EQ(rig.memory().read32(kRam), 0x12345678u);
}

TEST_P(OverTheWire, BlocksAcrossEveryBoundary) {
  for (const auto& [offset, size] :
       {std::pair{0u, 4u}, {0u, 1024u}, {1020u, 8u}, {4u, 4092u}, {3996u, 500u}, {2048u, 9000u}}) {
    const Bytes data = pattern(size, offset);
    rig.memory().write(kRam + offset, data, Width::word);
    Bytes back(size);
    rig.memory().read(kRam + offset, back, Width::word);
    EXPECT_EQ(back, data) << "offset " << offset << " size " << size;
  }
}

TEST_P(OverTheWire, BytesAndHalvesKeepTheirNeighbours) {
  constexpr Address kBase = kRam + 992;  // 32 bytes before the end of a TAR range
  for (const Width width : {Width::byte, Width::half}) {
    const auto unit = static_cast<unsigned>(width);
    for (const unsigned offset : {0u, 1u, 2u, 3u, 27u, 30u}) {
      for (const unsigned size : {1u, 2u, 3u, 4u, 5u, 6u, 18u, 39u, 42u}) {
        if (offset % unit != 0 || size % unit != 0) continue;
        Bytes expected = pattern(80, 99);
        rig.memory().write(kBase, expected, Width::word);
        const Bytes data = pattern(size, offset + size);
        rig.memory().write(kBase + offset, data, width);
        std::copy(data.begin(), data.end(), expected.begin() + offset);
        Bytes all(expected.size());
        rig.memory().read(kBase, all, Width::word);
        EXPECT_EQ(all, expected) << unit << " bytes wide, offset " << offset << ", size " << size;
        Bytes back(size);
        rig.memory().read(kBase + offset, back, width);
        EXPECT_EQ(back, data) << unit << " bytes wide, offset " << offset << ", size " << size;
      }
    }
  }
}

TEST_P(OverTheWire, OddRangesByBytes) {
  const Bytes data = pattern(1543, 3);
  rig.memory().write_bytes(kRam + 1021, data);
  Bytes back(data.size());
  rig.memory().read_bytes(kRam + 1021, back);
  EXPECT_EQ(back, data);
}

TEST_P(OverTheWire, WordAccessesInOneBatch) {
  std::vector<WordAccess> batch;
  for (unsigned i = 0; i < 8; ++i) batch.push_back(WordAccess::store(kRam + 4 * i, 0x1000 + i));
  batch.push_back(WordAccess::load(kCpuid));
  batch.push_back(WordAccess::load(kRam + 20));
  batch.push_back(WordAccess::store(kRam + 1024, 0xAA));
  for (unsigned i = 0; i < 8; ++i) batch.push_back(WordAccess::load(kRam + 4 * (7 - i)));
  batch.push_back(WordAccess::load(kRam + 1024));
  rig.memory().run(batch);
  EXPECT_EQ(batch[8].value, 0x410FC241u);
  EXPECT_EQ(batch[9].value, 0x1005u);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(batch[11 + i].value, 0x1007 - i);
  EXPECT_EQ(batch[19].value, 0xAAu);
}

TEST_P(OverTheWire, PollingOneWordKeepsItsAddress) {
  rig.memory().write32(kRam + 8, 1);
  rig.memory().write32(kRam + 12, 2);
  for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(rig.memory().read32(kRam + 8), 1u);
  EXPECT_EQ(rig.memory().read32(kRam + 12), 2u);
}

TEST_P(OverTheWire, AFaultNamesItsAddressAndThePortGoesOn) {
  // The last 256 bytes of SRAM2; behind them is nothing.
  constexpr Address kEnd = 0x20020000;
  Bytes data(1024);
  for (const bool write : {false, true}) {
    try {
      if (write) {
        rig.memory().write(kEnd - 256, data, Width::word);
      } else {
        rig.memory().read(kEnd - 256, data, Width::word);
      }
      ADD_FAILURE() << "no fault";
    } catch (const MemoryFault& e) {
      EXPECT_EQ(e.address, kEnd) << e.what();
    }
    rig.memory().write32(kRam, 0xC0FFEE);
    EXPECT_EQ(rig.memory().read32(kRam), 0xC0FFEEu);
  }
  try {
    rig.memory().read16(kNothing + 6);
    ADD_FAILURE() << "no fault";
  } catch (const MemoryFault& e) {
    EXPECT_EQ(e.address, kNothing + 6);
  }
  std::vector<WordAccess> batch = {WordAccess::load(kRam), WordAccess::store(kNothing + 0x40, 1),
                                   WordAccess::load(kRam)};
  try {
    rig.memory().run(batch);
    ADD_FAILURE() << "no fault";
  } catch (const MemoryFault& e) {
    EXPECT_EQ(e.address, kNothing + 0x40) << e.what();
  }
  EXPECT_EQ(rig.memory().read32(kCpuid), 0x410FC241u);
}

TEST_P(OverTheWire, RefusesMisalignedAccess) {
  Bytes data(4);
  EXPECT_THROW(rig.memory().read(kRam + 2, data, Width::word), UsageError);
  EXPECT_THROW(rig.memory().write(kRam, ByteView(data).first(3), Width::half), UsageError);
}

TEST_P(OverTheWire, RomTable) {
  const std::string text = describe_rom_table(*rig.dap, 0);
  EXPECT_THAT(text, testing::HasSubstr("AP ID register 0x24770011\n\t\tType is MEM-AP AHB3\n"));
  EXPECT_THAT(text, testing::HasSubstr("Valid ROM table present"));
  EXPECT_THAT(text, testing::HasSubstr("Cortex-M4 SCS (System Control Space)"));
  EXPECT_THAT(text, testing::HasSubstr("End of ROM table"));
  EXPECT_THAT(describe_rom_table(*rig.dap, 5), testing::HasSubstr("No AP found at this AP#0x5"));
}

INSTANTIATE_TEST_SUITE_P(
    Probes, OverTheWire,
    testing::Values(Wire{Probe::cmsis_dap_v1, Transport::swd}, Wire{Probe::cmsis_dap_v2, Transport::swd},
                    Wire{Probe::cmsis_dap_tcp, Transport::swd}, Wire{Probe::remote_bitbang, Transport::swd},
                    Wire{Probe::cmsis_dap_v1, Transport::jtag}, Wire{Probe::cmsis_dap_v2, Transport::jtag},
                    Wire{Probe::remote_bitbang, Transport::jtag}),
    [](const auto& each) {
      return name_of(each.param.probe) + "_" + std::string(name_of(each.param.transport));
    });

}  // namespace
}  // namespace probity::memory_test
