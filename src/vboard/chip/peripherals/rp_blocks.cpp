#include "vboard/chip/peripherals/rp_blocks.hpp"

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "vboard/chip/flash/rp_flash.hpp"
#include "vboard/chip/peripherals/rp_sio.hpp"
#include "vboard/chip/peripherals/rp_system.hpp"

namespace probity::vboard {

namespace {

// A block that something else owns and resets.
class Borrowed final : public RegisterBlock {
 public:
  explicit Borrowed(RegisterBlock& block) : block_(block) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    return block_.read_register(offset, value);
  }
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override {
    return block_.write_register(offset, value, lanes);
  }
  void reset() override {}

 private:
  RegisterBlock& block_;
};

// 16 KiB, zeros behind `content`. A write is a bus error (from memory; the data sheet only says that it is
// read-only).
class Rom final : public RegisterBlock {
 public:
  explicit Rom(ByteView content) : bytes_(content.begin(), content.end()) { bytes_.resize(kSize); }
  static constexpr std::uint32_t kSize = 0x4000;
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    value = load_le32(bytes_, offset);
    return BusStatus::ok;
  }
  BusStatus write_register(std::uint32_t, std::uint32_t, Lanes) override { return BusStatus::error; }
  std::optional<ByteView> memory() const override { return ByteView(bytes_); }
  void reset() override {}

 private:
  Bytes bytes_;
};

// SRAM0 to SRAM3 one after the other (2.6.2): the words that are striped over them in the main window.
class Unstriped final : public RegisterBlock {
 public:
  static constexpr std::uint32_t kBase = 0x21000000, kSize = 0x40000, kStriped = 0x20000000;
  explicit Unstriped(ChipControl& chip) : chip_(chip) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    return chip_.read_word(striped(offset), value);
  }
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override {
    std::uint32_t before = 0;
    chip_.read_word(striped(offset), before);
    return chip_.write_word(striped(offset), lanes.merge(before, value));
  }
  void reset() override {}

 private:
  static std::uint32_t striped(std::uint32_t offset) {
    constexpr std::uint32_t kBank = 0x10000;
    return kStriped + offset % kBank * 4 + offset / kBank * 4;
  }
  ChipControl& chip_;
};

using Reset = RpRegisters::Reset;

// 2.15.7: which source CTRL.SRC has chosen, one bit each.
RpDerived::Row selected(std::uint32_t control, std::uint32_t place, unsigned bits) {
  return {place, [=](const RpDerived& block) { return 1u << (block.peek(control) & ((1u << bits) - 1u)); }};
}

std::unique_ptr<RegisterBlock> clocks() {
  enum : std::uint32_t {
    CLK_REF_CTRL = 0x30,
    CLK_REF_SELECTED = 0x38,
    CLK_SYS_CTRL = 0x3C,
    CLK_SYS_SELECTED = 0x44
  };
  std::vector<Reset> resets{
      {0x78, 0xFF}, {0x88, 0x01FFFFFF}, {0x8C, 1}};  // RESUS_CTRL, FC0_MAX_KHZ, FC0_DELAY
  for (const std::uint32_t divider : {0x04, 0x10, 0x1C, 0x28, 0x34, 0x40, 0x58, 0x64, 0x70}) {
    resets.push_back({divider, 0x100});
  }
  for (const std::uint32_t no_choice : {0x08, 0x14, 0x20, 0x2C, 0x50, 0x5C, 0x68, 0x74}) {
    resets.push_back({no_choice, 1});
  }
  return std::make_unique<RpDerived>(
      std::move(resets),
      std::vector{selected(CLK_REF_CTRL, CLK_REF_SELECTED, 2), selected(CLK_SYS_CTRL, CLK_SYS_SELECTED, 1)});
}

constexpr std::uint32_t kStable = 0x80001000;  // STABLE and ENABLED of XOSC and ROSC

std::unique_ptr<RegisterBlock> xosc() {
  constexpr Field ENABLE{"ENABLE", 12, 12};
  constexpr std::uint32_t kEnable = 0xFAB;
  return std::make_unique<RpDerived>(
      std::vector<Reset>{},
      std::vector<RpDerived::Row>{{0x4, [=](const RpDerived& block) {
                                     return ENABLE.get(block.peek(0)) == kEnable ? kStable : 0u;
                                   }}});
}

// LOCK once neither PD nor VCOPD is set.
std::unique_ptr<RegisterBlock> pll() {
  constexpr Field LOCK{"LOCK", 31}, PD{"PD", 0}, VCOPD{"VCOPD", 5};
  return std::make_unique<RpDerived>(
      std::vector<Reset>{{0x0, 1}, {0x4, 0x2D}, {0xC, 0x77000}},
      std::vector<RpDerived::Row>{{0x0, [=](const RpDerived& block) {
                                     const std::uint32_t power = block.peek(0x4);
                                     return LOCK.set(block.peek(0x0),
                                                     !PD.is_set(power) && !VCOPD.is_set(power));
                                   }}});
}

// DONE is what FRCE_OFF leaves.
std::unique_ptr<RegisterBlock> psm() {
  return std::make_unique<RpDerived>(
      std::vector<Reset>{},
      std::vector<RpDerived::Row>{{0xC, [](const RpDerived& block) { return ~block.peek(0x4) & 0x1FFFFu; }}});
}

std::unique_ptr<RegisterBlock> constants(std::vector<Reset> rows) {
  return std::make_unique<RpRegisters>(std::move(rows));
}

}  // namespace

std::vector<PlacedBlock> rp2040_blocks(FlashController& controller, ChipControl& chip, ByteView rom) {
  auto& flash = static_cast<RpFlash&>(controller);
  const auto& around = flash.surroundings();
  constexpr std::uint32_t kBlock = RpRegisters::kSize, kWindow = 0x01000000;
  std::vector<PlacedBlock> blocks;
  const auto add = [&](std::uint32_t base, std::uint32_t size, std::unique_ptr<RegisterBlock> block) {
    blocks.push_back({base, size, std::move(block)});
  };
  add(0x00000000, Rom::kSize, std::make_unique<Rom>(rom));
  add(0x10000000, kWindow, std::make_unique<RpXipWindow>(flash.xip(), true, true));
  add(0x11000000, kWindow, std::make_unique<RpXipWindow>(flash.xip(), true, false));
  add(0x12000000, kWindow, std::make_unique<RpXipWindow>(flash.xip(), false, false));
  add(0x13000000, kWindow, std::make_unique<RpXipWindow>(flash.xip(), false, false));
  add(0x14000000, kBlock, std::make_unique<Borrowed>(flash.xip()));
  add(0x18000000, kBlock, std::make_unique<Borrowed>(flash.ssi()));
  add(Unstriped::kBase, Unstriped::kSize, std::make_unique<Unstriped>(chip));
  // UARTs, SPIs, I2Cs, ADC, PWM, TIMER, RTC, IO and pads of bank 0, SYSCFG, BUSCTRL: storage.
  for (const std::uint32_t base : {0x40004000, 0x40014000, 0x4001C000, 0x40030000, 0x40034000, 0x40038000,
                                   0x4003C000, 0x40040000, 0x40044000, 0x40048000, 0x4004C000, 0x40050000,
                                   0x40054000, 0x4005C000, 0x50000000, 0x50110000, 0x50200000, 0x50300000}) {
    add(base, kBlock, constants({}));
  }
  add(0x40000000, kBlock,
      constants({{0x0, 0x20002927}, {0x4, 0x2}}));  // SYSINFO: CHIP_ID of B2, PLATFORM ASIC
  add(0x40008000, kBlock, clocks());
  add(0x40010000, kBlock, psm());
  add(0x40018000, kBlock, std::make_unique<Borrowed>(flash.pins().io_qspi()));
  add(0x40020000, kBlock, std::make_unique<Borrowed>(flash.pins().pads_qspi()));
  add(0x4000C000, kBlock, std::make_unique<RpResets>(flash.pins()));
  add(0x40024000, kBlock, xosc());
  add(0x40028000, kBlock, pll());
  add(0x4002C000, kBlock, pll());
  add(0x40058000, kBlock, std::make_unique<RpWatchdog>(around.option_reset));
  add(0x40060000, kBlock, constants({{0x00, 0xAA0}, {0x14, 0x8}, {0x18, kStable}, {0x1C, 1}}));  // ROSC
  add(0x40064000, kBlock, std::make_unique<RpChipReset>([&chip] { return chip.rescued(); }));
  add(0x4006C000, kBlock, constants({{0x0, 1}}));  // TBMAN: ASIC
  add(0xD0000000, kBlock, std::make_unique<RpSio>([&chip] { return chip.accessing_core(); }));
  return blocks;
}

}  // namespace probity::vboard
