// The driver with firmware of years ago: the virtual V2-1 (or V2) behind an interposer that gives an old
// version and refuses every command that this version did not have, or would have taken otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "adapter/adapter.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Address kRam = 0x20000000;

// The first "J" version with a debug command (second byte), from the version notes of public drivers.
struct CommandAge {
  std::uint8_t command;
  unsigned since;
};
constexpr std::array kAges = {CommandAge{0x3E, 15}, CommandAge{0x43, 22}, CommandAge{0x44, 24},
                              CommandAge{0x45, 24}, CommandAge{0x46, 24}, CommandAge{0x47, 26},
                              CommandAge{0x48, 26}, CommandAge{0x4B, 28}, CommandAge{0x51, 32},
                              CommandAge{0x52, 32}, CommandAge{0x61, 99}, CommandAge{0x62, 99}};

class OldDevice final : public UsbDevice {
 public:
  OldDevice(std::unique_ptr<UsbDevice> device, unsigned jtag) : device_(std::move(device)), jtag_(jtag) {}
  void claim(unsigned n) override { device_->claim(n); }
  void bulk_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) override {
    if (data_left_ == 0) {
      check(data);
    } else {
      data_left_ -= std::min(data_left_, data.size());
    }
    device_->bulk_out(endpoint, data, timeout);
  }
  Bytes bulk_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    Bytes answer = device_->bulk_in(endpoint, max_length, timeout);
    if (version_asked_) {
      const unsigned word = 2U << 12 | jtag_ << 6 | 4U;  // S4
      answer[0] = static_cast<std::uint8_t>(word >> 8);
      answer[1] = static_cast<std::uint8_t>(word);
    }
    return answer;
  }
  void interrupt_out(std::uint8_t e, ByteView d, Milliseconds t) override { device_->interrupt_out(e, d, t); }
  Bytes interrupt_in(std::uint8_t e, std::size_t n, Milliseconds t) override {
    return device_->interrupt_in(e, n, t);
  }
  Bytes control(std::uint8_t t, std::uint8_t r, std::uint16_t v, std::uint16_t i, ByteView d, std::size_t n,
                Milliseconds ms) override {
    return device_->control(t, r, v, i, d, n, ms);
  }
  void reset() override { device_->reset(); }

 private:
  void check(ByteView command) {
    version_asked_ = command[0] == 0xF1;
    if (command[0] != 0xF2) return;
    const auto age = std::ranges::find(kAges, command[1], &CommandAge::command);
    if (age != kAges.end() && jtag_ < age->since) {
      ADD_FAILURE() << "command 0x" << std::hex << int{command[1]} << std::dec << " sent to J" << jtag_;
    }
    const bool words = command[1] == 0x07 || command[1] == 0x08;
    const std::size_t length = load_le16(command, 6);
    if (words && jtag_ < 32 && load_le32(command, 2) % 1024 + length > 1024) {
      ADD_FAILURE() << "a block over the 1 KiB boundary";
    }
    if (command[1] == 0x08 || command[1] == 0x0D || command[1] == 0x48) data_left_ = length;
  }

  std::unique_ptr<UsbDevice> device_;
  unsigned jtag_;
  bool version_asked_ = false;
  std::size_t data_left_ = 0;
};

class OldBus final : public UsbBus {
 public:
  OldBus(UsbBus& bus, unsigned jtag) : bus_(bus), jtag_(jtag) {}
  std::vector<UsbDeviceInfo> devices() override { return bus_.devices(); }
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override {
    return std::make_unique<OldDevice>(bus_.open(info), jtag_);
  }

 private:
  UsbBus& bus_;
  unsigned jtag_;
};

class Rig {
 public:
  explicit Rig(unsigned jtag)
      : board("stm32f407vg,probe=stlink-v2"), log(board.clock()), bus(board.usb(), jtag) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    adapter = adapter_driver("hla").make({bus, board.hid(), *tcp, board.clock()}, settings, log);
    adapter->open();
  }
  vboard::VirtualHost board;
  Log log;
  OldBus bus;
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
  EXPECT_THROW(memory.read32(0x20020000), MemoryFault);
  EXPECT_EQ(memory.read32(kRam), 5U);
}

class StlinkOldFirmware : public testing::TestWithParam<unsigned> {};

TEST_P(StlinkOldFirmware, MemoryWorksWithinItsBoundaries) {
  Rig rig(GetParam());
  const bool dapdirect = GetParam() >= 24;
  DapLink& link = rig.adapter->connect(dapdirect ? Transport::dapdirect_swd : Transport::hla_swd, {});
  EXPECT_EQ(link.reconnect(), 0x2BA01477U);
  exercise(*link.native_memory(0));
  EXPECT_EQ(link.native_memory(1), nullptr);
  const auto made_of_bytes = Contains(HasSubstr("memory is accessed in bytes"));
  if (GetParam() < 26) {
    EXPECT_THAT(rig.lines, made_of_bytes);
  } else {
    EXPECT_THAT(rig.lines, Not(Contains(HasSubstr("is old"))));
  }
  rig.adapter.reset();
  EXPECT_THAT(rig.board.probe_errors(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Versions, StlinkOldFirmware, testing::Values(13, 17, 21, 24, 26, 28, 31),
                         testing::PrintToStringParamName());

TEST(StlinkOldVersions, J17IsWarnedAboutAndKeepsItsClock) {
  Rig rig(17);
  EXPECT_THAT(rig.adapter->describe(), Contains("STLINK V2J17S4 (API v2) VID:PID 0483:3748"));
  DapLink& link = rig.adapter->connect(Transport::hla_swd, {});
  EXPECT_EQ(link.reconnect(), 0x2BA01477U);
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
}  // namespace probity
