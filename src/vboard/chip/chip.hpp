// One virtual chip: core, memories, flash controller and the peripherals a debugger meets, in time. The core
// runs in slices up to the timeline's now whenever someone looks; peripherals see the core's own time within
// a slice.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vboard/chip/chip_bus.hpp"
#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/nor/qspi_unit.hpp"
#include "vboard/chip/peripherals/iwdg.hpp"
#include "vboard/chip/peripherals/peripherals.hpp"
#include "vboard/chip/peripherals/rcc.hpp"
#include "vboard/swo_frame.hpp"
#include "vboard/timeline.hpp"

namespace probity::vboard {

struct ChipSettings {
  std::string name, flash_file;
  bool dual_bank = false;
  std::vector<std::pair<std::string, std::uint32_t>> option_words = {};
  unsigned millivolts = 3300;
  std::vector<std::pair<std::string, std::string>> external_flash = {};  // as QspiUnit takes them
};

class Chip final : private TimeSource {
 public:
  // ConfigError as Board's constructor.
  Chip(const ChipSettings& settings, Timeline& timeline, Stats& stats, FaultPlan& faults);

  const ChipFacts& facts() const { return facts_; }

  // An access port's bus accesses, at the timeline's now; `core`: it is the core's, whose private bus only it
  // reaches. `size` 1, 2 or 4 and divides `address`. `security` is what the port asks for; what is Secure by
  // SAU and IDAU is an error for who does not ask for it, and what is Non-secure is reached as such by both.
  BusStatus debug_read(bool core, Security security, std::uint32_t address, unsigned size,
                       std::uint32_t& value);
  BusStatus debug_write(bool core, Security security, std::uint32_t address, unsigned size,
                        std::uint32_t value);
  // SPIDEN, of a chip with TrustZone in force.
  bool secure_debug_allowed() const { return trust_zone_.present() && flash_->secure_debug_allowed(); }
  // RDP level 2: the debug port does not exist.
  bool debug_disabled() const { return flash_->rdp_level() == 2; }

  void hold_in_reset(bool held);  // NRST from outside
  bool pulls_nrst() const;        // the chip resets itself: the pin is low for a moment
  void power_cycle();
  // After a brown-out: the debug port loses its state too.
  void on_power_lost(std::function<void()> handler) { power_lost_ = std::move(handler); }

  // Bytes that leave the SWO pin. While TRACESWO does not have the pin nothing does.
  void on_swo(SwoListener listener) { swo_ = std::move(listener); }

  // Runs everything up to the timeline's now.
  void catch_up();
  const Bytes& flash_content();
  void save();

 private:
  Nanoseconds now() const override;
  std::uint64_t cycle_at(Nanoseconds time) const;
  void set_anchor();
  void shifted_out(const armv7m::ShiftedByte& byte);
  void run_slice(Nanoseconds target);
  void attend();
  void note_sleep();
  bool on_debug_bus(bool core, std::uint32_t address) const;
  bool reachable(bool core, std::uint32_t address) const;
  std::optional<Security> granted(bool core, Security asked, std::uint32_t address) const;
  FlashSurroundings surroundings(FaultPlan& faults, unsigned millivolts);
  void add_storage(std::uint32_t base, std::uint32_t size, std::unique_ptr<RegisterBlock> block);
  void add_ports();
  void add_peripherals();
  void reset_peripherals();
  void system_reset(ResetCause cause);
  void prepare_core();
  void flash_changed(std::uint32_t offset, std::uint32_t size);

  const ChipFacts facts_;
  Timeline& timeline_;
  Stats& stats_;
  NonVolatile memory_;
  // Time: at core cycle anchor_cycle_ it was anchor_time_; from there on clocked by the RCC.
  std::uint64_t anchor_cycle_ = 0;
  Nanoseconds anchor_time_{0}, nrst_low_until_{0};
  bool held_ = false, power_lost_now_ = false, option_reset_now_ = false;
  std::function<void()> power_lost_ = [] {};
  SwoListener swo_ = [](const SwoFrame&) {};
  Gpio* port_b_ = nullptr;  // has the SWO pin; one of others_

  std::unique_ptr<Core> core_;  // none yet while the parts are made
  Rcc rcc_;
  Dbgmcu dbgmcu_;
  Iwdg iwdg_;
  std::unique_ptr<FlashController> flash_;
  TrustZone trust_zone_;
  ChipBus bus_;
  Syscfg syscfg_;
  QspiUnit qspi_;
  std::vector<std::unique_ptr<RegisterBlock>> others_;
};

}  // namespace probity::vboard
