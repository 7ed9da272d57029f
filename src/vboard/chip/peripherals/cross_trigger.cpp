#include "vboard/chip/peripherals/cross_trigger.hpp"

namespace probity::vboard {

namespace {

// DDI 0314, 4.3.
enum : std::uint32_t {
  CTICONTROL = 0x000,
  CTIINTACK = 0x010,
  CTIAPPSET = 0x014,
  CTIAPPCLEAR = 0x018,
  CTIAPPPULSE = 0x01C,
  CTIINEN0 = 0x020,
  CTIOUTEN0 = 0x0A0,
  CTITRIGOUTSTATUS = 0x134,
  CTIGATE = 0x140,
  DEVTYPE = 0xFCC,
  PIDR4 = 0xFD0,
  PIDR0 = 0xFE0,
  CIDR0 = 0xFF0
};
constexpr std::uint32_t kChannels = 0xF, kHaltTrigger = 0;
constexpr std::uint32_t kDevtype = 0x14;  // debug control, trigger matrix
// Part 0x906, Arm (table 4-21).
constexpr std::uint64_t kPeripheralId = 0x04003BB906;
constexpr std::uint32_t kComponentId = 0xB105900D;

std::uint32_t cti_identification(std::uint32_t offset) {
  if (offset >= CIDR0) return kComponentId >> (offset - CIDR0) / 4 * 8 & 0xFF;
  if (offset >= PIDR0) return static_cast<std::uint32_t>(kPeripheralId >> (offset - PIDR0) / 4 * 8 & 0xFF);
  if (offset == PIDR4) return static_cast<std::uint32_t>(kPeripheralId >> 32);
  return offset == DEVTYPE ? kDevtype : 0;
}

}  // namespace

CrossTriggers::CrossTriggers(ChipControl& chip, unsigned cores) : chip_(chip), interfaces_(cores) {
  chip.on_core_halted([this](unsigned core) {
    const Interface& cti = interfaces_[core];
    if (cti.enabled) pulse(core, cti.in[kHaltTrigger]);
  });
}

// What leaves one interface reaches the others through both gates; its own outputs need none.
void CrossTriggers::pulse(unsigned from, std::uint32_t channels) {
  for (unsigned core = 0; core < interfaces_.size(); ++core) {
    const std::uint32_t gates = interfaces_[from].gate & interfaces_[core].gate;
    raise(core, core == from ? channels : channels & gates);
  }
}

void CrossTriggers::raise(unsigned core, std::uint32_t channels) {
  Interface& cti = interfaces_[core];
  if (!cti.enabled) return;
  for (unsigned trigger = 0; trigger < kTriggers; ++trigger) {
    if ((cti.out[trigger] & channels) != 0) cti.outputs |= 1u << trigger;
  }
  if ((cti.outputs & 1u << kHaltTrigger) != 0) chip_.request_halt(core, true);
}

void CrossTriggers::acknowledge(unsigned core, std::uint32_t triggers) {
  interfaces_[core].outputs &= ~triggers;
  if ((triggers & 1u << kHaltTrigger) != 0) chip_.request_halt(core, false);
}

BusStatus CrossTriggers::read_register(std::uint32_t offset, std::uint32_t& value) {
  const Interface& cti = interfaces_[chip_.accessing_core()];
  if (offset - CTIINEN0 < 4 * kTriggers) {
    value = cti.in[(offset - CTIINEN0) / 4];
  } else if (offset - CTIOUTEN0 < 4 * kTriggers) {
    value = cti.out[(offset - CTIOUTEN0) / 4];
  } else if (offset == CTICONTROL) {
    value = cti.enabled;
  } else if (offset == CTIAPPSET) {
    value = cti.application;
  } else if (offset == CTITRIGOUTSTATUS) {
    value = cti.outputs;
  } else if (offset == CTIGATE) {
    value = cti.gate;
  } else {
    value = cti_identification(offset);
  }
  return BusStatus::ok;
}

BusStatus CrossTriggers::write_register(std::uint32_t offset, std::uint32_t value, Lanes /*lanes*/) {
  const unsigned core = chip_.accessing_core();
  Interface& cti = interfaces_[core];
  if (offset - CTIINEN0 < 4 * kTriggers) {
    cti.in[(offset - CTIINEN0) / 4] = value & kChannels;
  } else if (offset - CTIOUTEN0 < 4 * kTriggers) {
    cti.out[(offset - CTIOUTEN0) / 4] = value & kChannels;
  } else if (offset == CTICONTROL) {
    cti.enabled = (value & 1) != 0;
    if (!cti.enabled) acknowledge(core, cti.outputs);
  } else if (offset == CTIINTACK) {
    acknowledge(core, value);
  } else if (offset == CTIAPPSET || offset == CTIAPPPULSE) {
    if (offset == CTIAPPSET) cti.application |= value & kChannels;
    if (cti.enabled) pulse(core, value & kChannels);
  } else if (offset == CTIAPPCLEAR) {
    cti.application &= ~value;
  } else if (offset == CTIGATE) {
    cti.gate = value & kChannels;
  }
  return BusStatus::ok;
}

}  // namespace probity::vboard
