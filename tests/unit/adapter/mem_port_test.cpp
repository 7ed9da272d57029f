// MemPort's helpers: how a range of any shape is cut into aligned accesses.
#include <gtest/gtest.h>

#include "adapter/mem_port.hpp"
#include "base/bytes.hpp"

namespace probity::mem_port_test {
namespace {

struct Access {
  Address address;
  std::size_t size;
  Width width;
  bool operator==(const Access&) const = default;
};

// A memory that writes down how it is used.
class Recorder final : public MemPort {
 public:
  void read(Address address, ByteSpan data, Width width) override {
    accesses.push_back({address, data.size(), width});
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(address + i);
  }
  void write(Address address, ByteView data, Width width) override {
    accesses.push_back({address, data.size(), width});
    append(written, data);
  }
  std::vector<Access> accesses;
  Bytes written;
};

TEST(MemPort, EveryShapeOfRangeIsCoveredExactlyOnceByAlignedAccesses) {
  for (Address begin = 0x20000000; begin < 0x20000004; ++begin) {
    for (std::size_t size = 0; size < 20; ++size) {
      Recorder memory;
      Bytes data(size);
      memory.read_bytes(begin, data);
      Address next = begin;
      for (const Access& a : memory.accesses) {
        EXPECT_EQ(a.address, next);
        EXPECT_EQ(a.address % static_cast<unsigned>(a.width), 0U);
        EXPECT_EQ(a.size % static_cast<unsigned>(a.width), 0U);
        EXPECT_GT(a.size, 0U);
        next += static_cast<Address>(a.size);
      }
      EXPECT_EQ(next, begin + size);
      for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(data[i], static_cast<std::uint8_t>(begin + i));
      Recorder sink;
      sink.write_bytes(begin, data);
      EXPECT_EQ(sink.accesses, memory.accesses);
      EXPECT_EQ(sink.written, data);
    }
  }
}

TEST(MemPort, TheWidestAccessesAreUsed) {
  Recorder memory;
  Bytes data(12);
  memory.read_bytes(0x20000001, data);
  EXPECT_EQ(memory.accesses, (std::vector<Access>{{0x20000001, 1, Width::byte},
                                                  {0x20000002, 2, Width::half},
                                                  {0x20000004, 8, Width::word},
                                                  {0x2000000C, 1, Width::byte}}));
}

TEST(MemPort, NeighboursOfOneWidthAreOneAccess) {
  Recorder memory;
  Bytes data(4);
  memory.read_bytes(0x20000002, data);
  EXPECT_EQ(memory.accesses, (std::vector<Access>{{0x20000002, 4, Width::half}}));
}

TEST(MemPort, ABatchGoesInOrder) {
  Recorder memory;
  std::array batch = {WordAccess::load(0x10), WordAccess::store(0x20, 0x44332211), WordAccess::load(0x30)};
  memory.run(batch);
  EXPECT_EQ(batch[0].value, 0x13121110U);
  EXPECT_EQ(batch[2].value, 0x33323130U);
  EXPECT_EQ(memory.written, (Bytes{0x11, 0x22, 0x33, 0x44}));
}

}  // namespace
}  // namespace probity::mem_port_test
