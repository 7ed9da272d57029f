// The MPU: permissions, background region, subregions, overlap, faults on every kind of access.
#include <gtest/gtest.h>

#include "core_bench.hpp"

namespace probity::vboard::test::core_mpu_test {
namespace {

constexpr std::uint32_t kType = 0xE000ED90, kCtrl = 0xE000ED94, kRnr = 0xE000ED98, kRbar = 0xE000ED9C,
                        kRasr = 0xE000EDA0, kRbarA1 = 0xE000EDA4, kRasrA1 = 0xE000EDA8;
constexpr std::uint32_t kCfsr = 0xE000ED28, kMmfar = 0xE000ED34, kShcsr = 0xE000ED24;
constexpr std::uint32_t kEnable = 1, kHfnmiena = 2, kPrivdefena = 4;
constexpr std::uint32_t kIaccviol = 1, kDaccviol = 2, kMunstkerr = 8, kMstkerr = 16, kMmarvalid = 0x80;
enum Permission : std::uint32_t {
  kNone,
  kPrivReadWrite,
  kUserReadOnly,
  kReadWrite,
  kPrivReadOnly = 5,
  kReadOnly
};
constexpr std::uint16_t kBranchSelf = 0xE7FE, kBxLr = 0x4770, kSvc = 0xDF00;
constexpr std::uint16_t kLoad = 0x6801, kStore = 0x6001;  // ldr/str r1, [r0]

std::uint32_t attributes(Permission ap, unsigned log_size, std::uint32_t disabled = 0, bool xn = false) {
  return (xn ? 1u << 28 : 0) | ap << 24 | disabled << 8 | (log_size - 1) << 1 | 1;
}

struct MpuBench : Bench {
  explicit MpuBench(std::initializer_list<std::uint16_t> code) {
    for (unsigned e = 2; e < 16; ++e) {
      vector(e, kFlash + 0x200 + 16 * e + 1);
      program(0x200 + 16 * e, {kBranchSelf});
    }
    start(code);
    write(kShcsr, 7u << 16);
  }
  void region(unsigned number, std::uint32_t base, std::uint32_t attribute_bits) {
    write(kRbar, base | 0x10 | number);
    write(kRasr, attribute_bits);
  }
  void set(std::uint32_t r0, bool unprivileged = false) {
    Core::Registers all = core.registers();
    all.r[0] = r0;
    all.control = unprivileged ? 1 : 0;
    core.set_registers(all);
  }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
};

TEST(CoreMpu, RegistersAndTheirAliases) {
  MpuBench b({kBranchSelf});
  EXPECT_EQ(b.read(kType), 8u << 8);
  b.write(kRnr, 4);
  b.write(kRbar, 0x20000000);
  b.write(kRasr, 0xFFFFFFFF);
  b.write(kRbarA1, 0x20001000);
  b.write(kRasrA1, 0x03000013);
  EXPECT_EQ(b.read(kRbar), 0x20000004u);
  EXPECT_EQ(b.read(kRasr), 0x173FFF3Fu);
  b.write(kRnr, 5);
  EXPECT_EQ(b.read(kRbar), 0x20001005u);
  EXPECT_EQ(b.read(kRasr), 0x03000013u);
  b.write(kRbar, 0x20002000 | 0x10 | 2);
  EXPECT_EQ(b.read(kRnr), 2u) << "VALID selects the region";
  EXPECT_EQ(b.read(kRbar), 0x20002002u);
}

TEST(CoreMpu, PermissionsForDataByPrivilege) {
  struct Case {
    Permission ap;
    bool privileged_read, privileged_write, user_read, user_write;
  };
  for (const Case& c :
       {Case{kNone, false, false, false, false}, Case{kPrivReadWrite, true, true, false, false},
        Case{kUserReadOnly, true, true, true, false}, Case{kReadWrite, true, true, true, true},
        Case{kPrivReadOnly, true, false, false, false}, Case{kReadOnly, true, false, true, false}}) {
    for (const bool user : {false, true}) {
      for (const bool write : {false, true}) {
        MpuBench b({write ? kStore : kLoad, kBranchSelf});
        b.region(0, kFlash, attributes(kReadOnly, 16));
        b.region(1, kRam, attributes(kReadWrite, 14));
        b.region(3, kRam + 0x100, attributes(c.ap, 8));
        b.write(kCtrl, kEnable);
        b.set(kRam + 0x140, user);
        b.core.run(20);
        const bool allowed = user    ? (write ? c.user_write : c.user_read)
                             : write ? c.privileged_write
                                     : c.privileged_read;
        EXPECT_EQ(b.exception(), allowed ? 0u : 4u) << c.ap << user << write;
        EXPECT_EQ(b.read(kCfsr), allowed ? 0u : kDaccviol | kMmarvalid);
        if (!allowed) {
          EXPECT_EQ(b.read(kMmfar), kRam + 0x140);
        }
      }
    }
  }
}

TEST(CoreMpu, BackgroundRegionIsForPrivilegedCode) {
  for (const bool user : {false, true}) {
    MpuBench b({kLoad, kBranchSelf});
    b.region(0, kFlash, attributes(kReadOnly, 16));
    b.write(kCtrl, kEnable | kPrivdefena);
    b.set(kRam + 0x140, user);
    b.core.run(20);
    EXPECT_EQ(b.exception(), user ? 4u : 0u);
  }
  MpuBench b({kLoad, kBranchSelf});
  b.region(0, kFlash, attributes(kReadOnly, 16));
  b.write(kCtrl, kEnable);
  b.set(kRam + 0x140);
  b.core.run(40);
  EXPECT_EQ(b.read(kCfsr) & kDaccviol, kDaccviol) << "no background region";
}

TEST(CoreMpu, ADisabledSubregionShowsWhatLiesBelow) {
  for (const bool disabled : {false, true}) {
    MpuBench b({kStore, kBranchSelf});
    b.region(1, kRam, attributes(kReadOnly, 14, disabled ? 1u << 2 : 0));  // of 2 KiB each
    b.write(kCtrl, kEnable | kPrivdefena);
    b.set(kRam + 2 * 0x800 + 4);
    b.core.run(20);
    EXPECT_EQ(b.exception(), disabled ? 0u : 4u);
  }
}

TEST(CoreMpu, ExecuteNeverAndFetchesWithoutPermission) {
  MpuBench b({kBranchSelf});
  store_le32(b.bus.ram, 0x200, 0xE7FEE7FE);
  b.vector(1, 0);
  b.region(1, kRam, attributes(kReadWrite, 14, 0, true));
  b.write(kCtrl, kEnable | kPrivdefena);
  Core::Registers all = b.core.registers();
  all.r[15] = kRam + 0x200;
  b.core.set_registers(all);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 4u);
  EXPECT_EQ(b.read(kCfsr), kIaccviol) << "MMFAR is not written";
}

TEST(CoreMpu, DroppingPrivilegeForbidsWhatWasDecodedBefore) {
  MpuBench b({0x2001, 0xF380, 0x8814, 0xE7FC});  // movs r0, #1; msr control, r0; b back
  b.region(0, kFlash, attributes(kPrivReadOnly, 16));
  b.region(1, kRam, attributes(kReadWrite, 14));
  b.write(kCtrl, kEnable | kPrivdefena);
  b.core.run(60);
  EXPECT_EQ(b.exception(), 4u);
  EXPECT_EQ(b.read(kCfsr) & 0xFF, kIaccviol);
}

TEST(CoreMpu, UnprivilegedLoadsOfPrivilegedCode) {
  MpuBench b({0xF850, 0x1E00, kBranchSelf});  // ldrt r1, [r0]
  b.region(1, kRam, attributes(kPrivReadWrite, 14));
  b.write(kCtrl, kEnable | kPrivdefena);
  b.set(kRam + 0x40);
  b.core.run(20);
  EXPECT_EQ(b.exception(), 4u);
  EXPECT_EQ(b.read(kCfsr), kDaccviol | kMmarvalid);
}

TEST(CoreMpu, StackingAndUnstackingFaults) {
  MpuBench b({kSvc, kBranchSelf});
  b.region(1, kRam, attributes(kReadOnly, 14));
  b.write(kCtrl, kEnable | kPrivdefena);
  b.core.run(30);
  EXPECT_EQ(b.read(kCfsr) & 0xFF, kMstkerr);

  MpuBench back({kSvc, kBranchSelf});
  back.program(0x200 + 16 * 11, {kBxLr});
  back.core.run(13);
  back.region(1, kRam, attributes(kNone, 14));
  back.write(kCtrl, kEnable | kPrivdefena);
  back.core.run(12);
  EXPECT_EQ(back.read(kCfsr) & 0xFF, kMunstkerr);
}

TEST(CoreMpu, OffInHardFaultWithoutHfnmiena) {
  for (const bool on : {false, true}) {
    MpuBench b({0xDE00, kBranchSelf});  // udf
    b.write(kShcsr, 0);
    b.program(0x200 + 16 * 3, {kLoad, 0x3201, kBranchSelf});
    b.region(1, kRam, attributes(kPrivReadWrite, 14));
    b.region(2, kRam + 0x100, attributes(kNone, 8));
    b.write(kCtrl, kEnable | kPrivdefena | (on ? kHfnmiena : 0));
    b.set(kRam + 0x140);
    b.core.run(60);
    EXPECT_EQ(b.core.locked_up(), on);
  }
}

}  // namespace
}  // namespace probity::vboard::test::core_mpu_test
