// RTT through real drivers: control blocks in the virtual chip's RAM, sound ones and garbage.
#include "target/rtt/rtt.hpp"

#include "base/errors.hpp"
#include "unit/target/bench.hpp"

namespace probity::test::rtt_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Address kControl = kRam + 0x3F8;  // its id lies across a piece of the search
constexpr Address kUp = kRam + 0x800, kDown = kRam + 0x900, kName = kRam + 0xA00;
constexpr Address kUpRing = kControl + 24, kDownRing = kUpRing + 24;
enum Field : Address { kNameField = 0, kBufferField = 4, kSize = 8, kWrOff = 12, kRdOff = 16 };

class Client final : public RttClient {
 public:
  explicit Client(unsigned channel) : channel_(channel) {}
  unsigned channel() const override { return channel_; }
  bool wants() const override { return connected; }
  void take(ByteView bytes) override { received.append(bytes.begin(), bytes.end()); }
  Bytes give(std::size_t room) override {
    const Bytes given(to_send.begin(),
                      to_send.begin() + static_cast<std::ptrdiff_t>(std::min(room, to_send.size())));
    to_send.erase(0, given.size());
    return given;
  }
  std::string received, to_send;
  bool connected = true;

 private:
  unsigned channel_;
};

class RttTest : public testing::TestWithParam<Way> {
 protected:
  RttTest()
      : bench(GetParam()),
        rtt(bench.target->memory(), bench.virtual_host.clock(), bench.log, {{kRam, 0x2000}, "SEGGER RTT"}) {
    bench.target->examine();
    bench.halt_at(kHang);
    bench.target->resume();  // the core runs all the while
    memory().write_bytes(kRam + 0x100, Bytes(0x1F00));
  }
  MemPort& memory() { return bench.target->memory(); }
  void text(Address address, std::string_view text) {
    memory().write_bytes(address, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  // One channel each way, rings of 16 bytes.
  void make_control_block(Address at = kControl) {
    text(kName, std::string_view("Terminal\0", 9));
    memory().write32(at + 16, 1);
    memory().write32(at + 20, 1);
    const Address up = at + 24, down = up + 24;
    for (const auto& [ring, buffer] : {std::pair{up, kUp}, {down, kDown}}) {
      memory().write32(ring + kNameField, kName);
      memory().write32(ring + kBufferField, buffer);
      memory().write32(ring + kSize, 16);
    }
    text(at, "SEGGER RTT");
  }
  std::string ram(Address address, std::size_t size) {
    Bytes bytes(size);
    memory().read_bytes(address, bytes);
    return {bytes.begin(), bytes.end()};
  }
  void turn() {
    RttClient* const all[] = {&client, &other};
    rtt.turn(all);
  }

  Bench bench;
  Rtt rtt;
  Client client{0}, other{7};
};
INSTANTIATE_TEST_SUITE_P(Ways, RttTest, testing::Values(kHla, kCmsisDap), test_name);

TEST_P(RttTest, FindsTheBlockAndItsChannels) {
  EXPECT_FALSE(rtt.search());
  EXPECT_THROW(rtt.control_block(), TargetError);
  make_control_block();
  ASSERT_TRUE(rtt.search());
  const RttControlBlock block = rtt.control_block();
  EXPECT_EQ(block.range.begin, kControl);
  ASSERT_EQ(block.up.size(), 1u);
  ASSERT_EQ(block.down.size(), 1u);
  EXPECT_EQ(rtt.name_of(block.up[0]), "Terminal");
  EXPECT_EQ(block.up[0].size, 16u);
}

TEST_P(RttTest, ACopyOfTheIdIsNoControlBlock) {
  text(kRam + 0x200, "SEGGER RTT");
  memory().write32(kRam + 0x210, 0x12345678);  // counts no block has
  text(kRam + 0x301, "SEGGER RTT");            // and one at an odd address
  make_control_block();
  ASSERT_TRUE(rtt.search());
  EXPECT_EQ(rtt.control_block().range.begin, kControl);
}

TEST_P(RttTest, ASearchEndsWhereTheMemoryEnds) {
  Rtt beyond(memory(), bench.virtual_host.clock(), bench.log, {{0x2001FC00, 0x10000}, "SEGGER RTT"});
  EXPECT_FALSE(beyond.search());
}

TEST_P(RttTest, TakesWhatTheTargetWrote) {
  make_control_block();
  ASSERT_TRUE(rtt.search());
  text(kUp, "hello");
  memory().write32(kUpRing + kWrOff, 5);
  turn();
  EXPECT_EQ(client.received, "hello");
  EXPECT_EQ(memory().read32(kUpRing + kRdOff), 5u);
  EXPECT_EQ(other.received, "");
  EXPECT_EQ(bench.target->poll(), TargetState::running);
}

TEST_P(RttTest, TakesWhatWrapsAround) {
  make_control_block();
  ASSERT_TRUE(rtt.search());
  text(kUp, "fghiXXXXXXXabcde");
  memory().write32(kUpRing + kRdOff, 11);
  memory().write32(kUpRing + kWrOff, 4);
  turn();
  EXPECT_EQ(client.received, "abcdefghi");
  EXPECT_EQ(memory().read32(kUpRing + kRdOff), 4u);
}

TEST_P(RttTest, WithoutAClientBytesStayInTheTarget) {
  make_control_block();
  ASSERT_TRUE(rtt.search());
  memory().write32(kUpRing + kWrOff, 5);
  client.connected = false;
  turn();
  EXPECT_EQ(memory().read32(kUpRing + kRdOff), 0u);
}

TEST_P(RttTest, GivesNoMoreThanThereIsRoomFor) {
  make_control_block();
  ASSERT_TRUE(rtt.search());
  memory().write32(kDownRing + kRdOff, 10);
  memory().write32(kDownRing + kWrOff, 12);
  client.to_send = "0123456789abcdefgh";
  turn();
  EXPECT_EQ(ram(kDown + 12, 4), "0123");
  EXPECT_EQ(ram(kDown, 9), "456789abc");
  EXPECT_EQ(memory().read32(kDownRing + kWrOff), 9u);
  EXPECT_EQ(client.to_send, "defgh");
  turn();
  EXPECT_EQ(client.to_send, "defgh");
  EXPECT_EQ(ram(kDown + 16, 4), std::string(4, '\0'));
}

struct Garbage {
  Address field;
  std::uint32_t value;
  const char* said;
};
class RttGarbageTest : public RttTest {};
INSTANTIATE_TEST_SUITE_P(Ways, RttGarbageTest, testing::Values(kHla), test_name);

// Whatever a ring claims, nothing outside of it is touched, and the log names the field.
TEST_P(RttGarbageTest, ARingThatCannotBeIsLeftAlone) {
  const Garbage cases[] = {
      {kWrOff, 16, "down-channel 0: WrOff 0x10 is not below SizeOfBuffer 0x10"},
      {kRdOff, 0xFFFFFFFF, "down-channel 0: RdOff 0xffffffff is not below"},
      {kBufferField, 0x40023C00, "pBuffer 0x40023c00 with SizeOfBuffer 0x10 is no memory"},
      {kBufferField, 0x3FFFFFF8, "is no memory"},
      {kBufferField, kControl + 4, "lies over the control block"},
      {kSize, 0xFFFFFFFF, "with SizeOfBuffer 0xffffffff is no memory"},
  };
  for (const Garbage& garbage : cases) {
    make_control_block();
    memory().write32(kDownRing + kWrOff, 0);
    memory().write32(kDownRing + kRdOff, 0);
    ASSERT_TRUE(rtt.search());
    memory().write32(kDownRing + garbage.field, garbage.value);
    const std::string before = ram(kRam + 0x100, 0x1F00);
    client.to_send = "abc";
    turn();
    turn();
    EXPECT_EQ(ram(kRam + 0x100, 0x1F00), before) << garbage.said;
    EXPECT_EQ(client.to_send, "abc");
    EXPECT_TRUE(bench.logged(garbage.said)) << garbage.said;
  }
}

TEST_P(RttGarbageTest, CountsThatCannotBeNameTheField) {
  make_control_block();
  memory().write32(kControl + 20, 65);
  try {
    read_rtt_control_block(memory(), kControl, "SEGGER RTT");
    FAIL();
  } catch (const TargetError& e) {
    EXPECT_THAT(e.message(), HasSubstr("MaxNumDownBuffers is 0x41"));
  }
}

TEST_P(RttTest, AnotherProgramsBlockIsFoundAgain) {
  make_control_block();
  ASSERT_TRUE(rtt.search());
  memory().write_bytes(kControl, Bytes(72));  // a reset: .bss is cleared
  turn();
  EXPECT_TRUE(bench.logged("is gone"));
  EXPECT_FALSE(rtt.found());
  make_control_block(kRam + 0x1000);
  turn();
  EXPECT_FALSE(rtt.found());  // not searched for at every turn
  bench.virtual_host.clock().sleep(Milliseconds(1000));
  turn();
  ASSERT_TRUE(rtt.found());
  EXPECT_EQ(rtt.control_block().range.begin, kRam + 0x1000);
}

TEST(Rtt, AnIdHasOneToFifteenCharacters) {
  Bench bench(kHla);
  for (const char* id : {"", "0123456789abcdef"}) {
    EXPECT_THROW(Rtt(bench.target->memory(), bench.virtual_host.clock(), bench.log, {{kRam, 16}, id}),
                 ConfigError);
  }
}

}  // namespace

}  // namespace probity::test::rtt_test
