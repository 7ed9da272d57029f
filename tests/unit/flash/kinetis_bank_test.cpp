// Drivers `kinetis` and `kinetis_ke`: what a chip is, its blocks, the flash configuration field, on the
// virtual board.
#include "flash/nxp/kinetis_bank.hpp"

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/nxp/kinetis_ke_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::kinetis_bank_test {
namespace {

using namespace kinetis;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

kinetis::Chip decode(std::uint32_t sdid, std::uint32_t fcfg1, std::uint32_t fcfg2, std::uint32_t sopt1 = 0) {
  const Family* family = find_family(sdid, sopt1);
  return family == nullptr ? kinetis::Chip{} : chip_of(*family, sdid, fcfg1, fcfg2);
}

TEST(KinetisParts, Names) {
  EXPECT_EQ(decode(0x25152486, 0x07000000, 0x10800000).name, "MKL25Z128xxx4");
  EXPECT_EQ(decode(0x23100000, 0x07000000, 0x10800000).name, "MKL27Z128xxx4");   // says 23
  EXPECT_EQ(decode(0x62000000, 0x0D000000, 0x40C00000).name, "MK64FN1M0xxx12");  // says 62
  EXPECT_EQ(decode(0x22000E80, 0x0B000000, 0x20A00000).name, "MK22FN512xxx12");
  EXPECT_EQ(decode(0x22000300, 0x0D000000, 0x40C00000, 0xB000).name, "MK24FN1M0xxx12");
  EXPECT_EQ(decode(0x00000100, 0x09000000, 0x10900000).name, "MK10DN256xxx10 Rev 1.x");
  EXPECT_EQ(find_family(0x22000300, 0), nullptr);
  EXPECT_EQ(find_family(0xFFFFFFFF, 0), nullptr);
}

TEST(KinetisParts, BlocksOfProgramFlash) {
  const kinetis::Chip chip = decode(0x46152489, 0x09000000, 0x10900000);
  EXPECT_EQ(chip.pflash_blocks, 2u);
  const Block second = block_of(chip, 1);
  EXPECT_EQ(second.base, 128u * 1024);
  EXPECT_EQ(second.size, 128u * 1024);
  EXPECT_EQ(second.protection, 8u * 1024);
  EXPECT_EQ(second.first_protection, 16u);
}

TEST(KinetisParts, FlexNvmWithoutWhatBacksUpEeprom) {
  // 256 KiB of program flash, 64 KiB of FlexNVM, 32 KiB of it behind EEPROM of 2 KiB.
  const kinetis::Chip chip = decode(0x00000090, 0x79030300, 0x20040000);
  EXPECT_EQ(chip.name, "MK20DX256xxx7");
  EXPECT_EQ(chip.nvm_blocks, 1u);
  EXPECT_EQ(chip.nvm_size, 128u * 1024);
  EXPECT_EQ(chip.dflash_size, 96u * 1024);
  EXPECT_EQ(chip.eeprom_size, 2048u);
  const Block data = block_of(chip, 1);
  EXPECT_EQ(data.base, 0x10000000u);
  EXPECT_EQ(data.command_base, 0x00800000u);
  EXPECT_EQ(data.size, 96u * 1024);
  EXPECT_EQ(data.protections, 8u);
}

TEST(KinetisParts, ACodeThatSaysNothingOfTheSize) {
  const kinetis::Chip chip = decode(0x22000E80, 0x0F000000, 0x20A00000);
  EXPECT_EQ(chip.pflash_size, 512u * 1024);
  EXPECT_THAT(chip.warnings, ElementsAre("SIM_FCFG1 PFSIZE = 0xf: please check if pflash is 512 KB"));
}

TEST(KinetisParts, Partitions) {
  EXPECT_EQ(partition_words(0x00000F00), "No EEPROM backup, data flash only (DEPART not set)");
  EXPECT_EQ(partition_words(0x00000300), "EEPROM backup 32 KB");
  EXPECT_EQ(partition_words(0x00000B00), "data flash 32 KB");
  EXPECT_EQ(partition_words(0x00000700), "Unsupported EEPROM backup size code 0x07");
}

TEST(KinetisFcf, AnImageThatAsksForWhatIsWrittenAnyway) {
  const Fcf own = make_fcf(0xFFFFFFFF, 0xFF, 0xFF);
  EXPECT_EQ(own[12], 0xFE);
  const FcfVerdict verdict = judge_fcf(own, own, false, true);
  EXPECT_TRUE(verdict.accepted);
  EXPECT_THAT(verdict.lines, IsEmpty());
}

TEST(KinetisFcf, SecurityIsRefused) {
  const Fcf own = make_fcf(0xFFFFFFFF, 0xFF, 0xFF);
  Fcf image = own;
  for (const std::uint8_t fsec : {0xFF, 0xFC, 0xFD}) {
    image[12] = fsec;
    const FcfVerdict verdict = judge_fcf(image, own, false, true);
    EXPECT_FALSE(verdict.accepted);
    EXPECT_THAT(verdict.lines,
                ElementsAre("Device security requested in the programmed file! Write denied."));
  }
}

TEST(KinetisFcf, WhatElseDiffers) {
  const Fcf own = make_fcf(0xFFFFFFFF, 0xFF, 0xFF);
  Fcf image = own;
  image[13] = 0x3D;
  EXPECT_TRUE(judge_fcf(image, own, false, true).accepted);
  EXPECT_THAT(judge_fcf(image, own, false, true).lines,
              ElementsAre(HasSubstr("set 'kinetis fopt 0x3d'."), "Trying to re-program FCF."));
  EXPECT_FALSE(judge_fcf(image, own, true, false).accepted);  // ECC: not twice
}

TEST(KinetisKe, ProtectedRanges) {
  const auto count = [](std::uint8_t fprot) {
    const std::vector<bool> sectors = kinetis_ke::protected_sectors(fprot, 128);
    return std::ranges::count(sectors, true);
  };
  EXPECT_EQ(count(0xFF), 0);
  EXPECT_EQ(count(0xFB), 32);   // FPLDIS clear, FPLS 3: 16 KiB
  EXPECT_EQ(count(0x7F), 128);  // FPOPEN clear: all
  EXPECT_EQ(count(0x5F), 112);  // all but the 8 KiB below 0x8000
  EXPECT_EQ(kinetis_ke::find_sub_family(0x03000000), nullptr);
}

struct Kinetis : Bench {
  explicit Kinetis(const std::string& chip, std::uint32_t work_area = 0x400)
      : Bench(chip, {kHla, work_area, "", "kinetis", 0}) {}
  KinetisBank& main() { return dynamic_cast<KinetisBank&>(*bank); }
  Bytes fcf() { return content(kFcfOffset, kFcfSize); }
};
const Bytes kOpenFcf = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                        0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF};

TEST(KinetisBank, ProgramsLongwordsAndPhrases) {
  for (const char* name : {"mkl25z128", "mk20dx256", "mk64fn1m0"}) {
    for (const std::uint32_t work_area : {0x400u, 0u}) {
      Kinetis chip(name, work_area);
      const Bytes data = pattern(work_area == 0 ? 67 : 1501);
      chip.bank->write(0x4010, data);
      EXPECT_EQ(chip.content(0x4010, data.size()), data) << name;
      EXPECT_EQ(chip.logged("no working area available"), work_area == 0);
      const unsigned sector = 0x4000 / chip.bank->sectors()[0].size;
      chip.bank->erase({sector, sector});
      EXPECT_EQ(chip.content(0x4000, 64), Bytes(64, 0xFF)) << name;
    }
  }
}

TEST(KinetisBank, CellsThatAreNotErasedAreAnError) {
  Kinetis chip("mkl25z128");
  chip.bank->write(0x4000, Bytes(256, 0));
  try {
    chip.bank->write(0x4000, pattern(256));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FSTAT");
    EXPECT_EQ(e.address, 0x4000u);
  }
}

TEST(KinetisBank, AnErasedConfigurationFieldIsWrittenAtOnce) {
  Kinetis chip("mkl25z128");
  chip.bank->erase({0, 3});
  EXPECT_EQ(chip.fcf(), kOpenFcf);
}

TEST(KinetisBank, AJobThatFailsAfterTheEraseLeavesTheChipOpen) {
  Kinetis chip("mkl25z128");
  chip.bank->write(0x100, Bytes(64, 0));
  EXPECT_THROW(chip.bank->run(job({1}, {{0x100, pattern(64)}, {0x500, pattern(64)}})), FlashError);
  EXPECT_EQ(chip.content(0x500, 4), Bytes(4, 0xFF));
  EXPECT_EQ(chip.fcf(), kOpenFcf);
}

TEST(KinetisBank, AnImageThatSecuresTheChipIsWrittenWithoutThat) {
  Kinetis chip("mkl25z128");
  Bytes image = pattern(2048);
  std::fill_n(image.begin() + kFcfOffset, kFcfSize, std::uint8_t{0xFF});
  chip.bank->run(job({0, 1}, {{0, image}}));
  EXPECT_EQ(chip.fcf(), kOpenFcf);
  EXPECT_TRUE(chip.logged("Device security requested in the programmed file! Write denied."));
  EXPECT_TRUE(chip.logged("Flash Configuration Field written."));
  EXPECT_EQ(chip.content(0, kFcfOffset), Bytes(image.begin(), image.begin() + kFcfOffset));
  EXPECT_EQ(chip.content(0x410, 64), Bytes(image.begin() + 0x410, image.begin() + 0x450));
}

TEST(KinetisBank, AnImageThatWritesAroundTheField) {
  Kinetis chip("mkl25z128");
  chip.bank->run(job({0, 1}, {{0, pattern(0x100)}, {0x410, pattern(0x40)}}));
  EXPECT_EQ(chip.fcf(), kOpenFcf);
  EXPECT_EQ(chip.content(0x410, 0x40), pattern(0x40));
}

TEST(KinetisBank, ItsOwnFieldGoesInAsItIs) {
  Kinetis chip("mkl25z128");
  Bytes image = pattern(2048);
  std::ranges::copy(kOpenFcf, image.begin() + kFcfOffset);
  image[kFcfOffset + 13] = 0x7B;  // FOPT
  chip.bank->run(job({0, 1}, {{0, image}}));
  EXPECT_EQ(chip.content(0, image.size()), image);
}

TEST(KinetisBank, WithFcfSourceWriteImagesBringTheirs) {
  Kinetis chip("mkl25z128");
  chip.main().allow_fcf_writes(true);
  Bytes image = pattern(2048);
  std::fill_n(image.begin() + kFcfOffset, kFcfSize, std::uint8_t{0xFF});
  chip.bank->run(job({0, 1}, {{0, image}}));
  EXPECT_EQ(chip.fcf(), Bytes(16, 0xFF));
  EXPECT_TRUE(chip.logged("until correct FCF is programmed or MCU gets security lock."));
  EXPECT_THROW(chip.main().protect({0, 0}, true), FlashError);
}

TEST(KinetisBank, ProtectionGoesThroughTheField) {
  Kinetis chip("mkl25z128");
  chip.main().protect({1, 1}, true);
  chip.bank->erase({1, 1});
  EXPECT_EQ(load_le32(chip.fcf(), 8), 0xFFFFFFFDu);
  chip.reset_halt();
  chip.bank->check_protection();
  EXPECT_EQ(chip.bank->protection_blocks()[1].is_protected, true);
  try {
    chip.bank->erase({5, 5});
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("FPROT=0xfffffffd"));
  }
}

TEST(KinetisBank, TwoBlocksAndTheBanksThatWereNotDeclared) {
  Kinetis chip("mkl46z256");
  FlashBankConfig config;
  config.name = "klx.pflash";
  config.driver = "kinetis";
  config.options = {std::string(kCreateBanks)};
  const auto first = flash_driver("kinetis").make(config, *chip.target, chip.virtual_host.clock(), chip.log);
  std::vector<std::string> names;
  first->offer({[&](const FlashBankConfig& more) { names.push_back(more.name); },
                [&](const std::string& name) { names.push_back(name); }});
  first->probe();
  EXPECT_THAT(names, ElementsAre("klx.pflash0", "klx.pflash1"));
  EXPECT_EQ(first->describe(), "kinetis MKL46Z256xxx4: 128k PFlash bank klx.pflash0 at 0x00000000");
}

TEST(KinetisKeBank, ProgramsThroughBothControllers) {
  for (const char* name : {"mke02z64", "mke06z128"}) {
    for (const std::uint32_t work_area : {0x400u, 0u}) {
      Bench chip(name, {kHla, work_area, "", "kinetis_ke", 0});
      const Bytes data = pattern(work_area == 0 ? 37 : 1501);
      chip.bank->run(job({8, 9, 10, 11}, {{8 * 512, data}}));
      EXPECT_EQ(chip.content(8 * 512, data.size()), data) << name;
      EXPECT_EQ(chip.logged("no working area available"), work_area == 0);
      chip.bank->erase({8, 8});
      EXPECT_EQ(chip.content(8 * 512, 64), Bytes(64, 0xFF)) << name;
    }
  }
}

TEST(KinetisKeBank, SaysThatAnImageSecuresTheChip) {
  Bench chip("mke02z64", {kHla, 0x400, "", "kinetis_ke", 0});
  chip.bank->run(job({2}, {{1024, Bytes(512, 0xFC)}}));
  EXPECT_TRUE(chip.logged("the image secures the device (FSEC=0xfc at 0x40e)"));
}

}  // namespace
}  // namespace probity::test::kinetis_bank_test
