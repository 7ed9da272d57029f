#include <gtest/gtest.h>

#include "server/gdb/memory_map.hpp"
#include "server/gdb/target_description.hpp"

namespace probity::server::gdb::gdb_documents_test {
namespace {

BankView bank(Address base, std::vector<std::uint32_t> sizes) {
  BankView view;
  view.base = base;
  for (const std::uint32_t size : sizes) {
    view.sectors.push_back({view.size, size, {}, {}});
    view.size += size;
  }
  return view;
}

// The document that OpenOCD 0.12.0 sent for these banks.
TEST(GdbMemoryMap, HasARegionForEachRunOfSectors) {
  const std::string map =
      memory_map({bank(0x1FFF7800, std::vector<std::uint32_t>(16, 0x20)),
                  bank(0x08000000, {0x4000, 0x4000, 0x4000, 0x4000, 0x10000, 0x20000, 0x20000})});
  EXPECT_EQ(map,
            "<memory-map>\n"
            "<memory type=\"ram\" start=\"0x00000000\" length=\"0x08000000\"/>\n"
            "<memory type=\"flash\" start=\"0x08000000\" length=\"0x10000\">\n"
            "<property name=\"blocksize\">0x4000</property>\n</memory>\n"
            "<memory type=\"flash\" start=\"0x08010000\" length=\"0x10000\">\n"
            "<property name=\"blocksize\">0x10000</property>\n</memory>\n"
            "<memory type=\"flash\" start=\"0x08020000\" length=\"0x40000\">\n"
            "<property name=\"blocksize\">0x20000</property>\n</memory>\n"
            "<memory type=\"ram\" start=\"0x08060000\" length=\"0x17f97800\"/>\n"
            "<memory type=\"flash\" start=\"0x1fff7800\" length=\"0x200\">\n"
            "<property name=\"blocksize\">0x20</property>\n</memory>\n"
            "<memory type=\"ram\" start=\"0x1fff7a00\" length=\"0xe0008600\"/>\n"
            "</memory-map>\n");
}

TEST(GdbMemoryMap, OverlappingBanksAreLeftOut) {
  const std::string map = memory_map({bank(0x08000000, {0x4000}), bank(0x08000000, {0x2000})});
  EXPECT_EQ(map.find("0x2000"), std::string::npos);
  EXPECT_NE(memory_map({}).find("length=\"0x100000000\""), std::string::npos);
}

TEST(GdbTargetDescription, HasWhatExists) {
  const std::vector<CoreRegister> registers = {{"r0", 0},
                                               {"sp", 13},
                                               {"xPSR", 16},
                                               {"primask", 20, 1},
                                               {"d0", 42, 64, false},
                                               {"s0", 200, 32, true, true}};
  const std::string text = target_description(registers);
  EXPECT_NE(text.find("<feature name=\"org.gnu.gdb.arm.m-profile\">\n"
                      "<reg name=\"r0\" bitsize=\"32\" regnum=\"0\" save-restore=\"yes\" type=\"int\" "
                      "group=\"general\"/>\n"
                      "<reg name=\"sp\" bitsize=\"32\" regnum=\"13\" save-restore=\"yes\" type=\"data_ptr\""),
            std::string::npos);
  EXPECT_NE(text.find("name=\"primask\" bitsize=\"1\" regnum=\"20\""), std::string::npos);
  EXPECT_EQ(text.find("vfp"), std::string::npos);
  EXPECT_EQ(text.find("s0"), std::string::npos);
  EXPECT_EQ(register_numbered(registers, 42), nullptr);
  EXPECT_EQ(register_numbered(registers, 200), nullptr);
  EXPECT_EQ(bytes_of(*register_numbered(registers, 20)), 1U);
}

}  // namespace
}  // namespace probity::server::gdb::gdb_documents_test
