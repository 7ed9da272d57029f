// One virtual chip: cores, memories, flash controller and the peripherals a debugger meets, in time. A core
// runs in slices up to the timeline's now whenever someone looks; peripherals see the core's own time within
// a slice. Several cores take turns in short slices, and the time that peripherals see never goes back.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vboard/chip/chip_bus.hpp"
#include "vboard/chip/chip_core.hpp"
#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/nor/qspi_unit.hpp"
#include "vboard/chip/peripherals/iwdg.hpp"
#include "vboard/chip/peripherals/peripherals.hpp"
#include "vboard/chip/peripherals/rcc.hpp"
#include "vboard/chip/vendor_parts.hpp"
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

class Chip final : private TimeSource, private ChipControl {
 public:
  // ConfigError as Board's constructor.
  Chip(const ChipSettings& settings, Timeline& timeline, Stats& stats, FaultPlan& faults);

  const ChipFacts& facts() const { return facts_; }

  // An access port's bus accesses, at the timeline's now; `core`: it is that core's, whose private bus only
  // it reaches. `size` 1, 2 or 4 and divides `address`. `security` is what the port asks for; what is Secure
  // by SAU and IDAU is an error for who does not ask for it, and what is Non-secure is reached as such by
  // both.
  BusStatus debug_read(std::optional<unsigned> core, Security security, std::uint32_t address, unsigned size,
                       std::uint32_t& value);
  BusStatus debug_write(std::optional<unsigned> core, Security security, std::uint32_t address, unsigned size,
                        std::uint32_t value);
  // SPIDEN, of a chip with TrustZone in force.
  bool secure_debug_allowed() const { return trust_zone_.present() && flash_->secure_debug_allowed(); }
  // What MEM-APs read as while the chip hides them.
  std::optional<std::uint32_t> closed_port_value() const { return flash_->closed_port_value(); }
  // The vendor's access port; one that is not there reads 0.
  std::uint32_t vendor_port_read(std::uint32_t offset);
  void vendor_port_write(std::uint32_t offset, std::uint32_t value);
  // RDP level 2: the debug port does not exist.
  bool debug_disabled() const { return flash_->rdp_level() == 2; }

  void hold_in_reset(bool held);  // NRST from outside
  // A rescue port asks for its power-up, or no longer: the chip is in reset meanwhile.
  void rescue(bool requested);
  bool pulls_nrst() const;  // the chip resets itself: the pin is low for a moment
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
  void make_cores(Nanoseconds start);
  void add_core(const CoreFacts& facts, std::function<Hertz()> clock, Nanoseconds start);
  const OtherCore* other_core(unsigned number) const;
  const BootHold& boot_hold(unsigned number) const;
  void shifted_out(const armv7m::ShiftedByte& byte);
  bool is_behind(Nanoseconds target) const;
  void run_slice(Nanoseconds target);
  Nanoseconds end_of_turns(Nanoseconds target) const;
  void attend();
  void note_sleep();
  void release_cores();
  std::uint32_t stopped_clocks(std::uint32_t offset) const;
  void set_irqs(unsigned number, bool level);
  bool on_debug_bus(std::optional<unsigned> core, std::uint32_t address) const;
  bool reachable(std::optional<unsigned> core, std::uint32_t address) const;
  std::optional<Security> granted(std::optional<unsigned> core, Security asked, std::uint32_t address) const;
  FlashSurroundings surroundings(FaultPlan& faults, unsigned millivolts);
  void add_storage(std::uint32_t base, std::uint32_t size, std::unique_ptr<RegisterBlock> block);
  void add_ports();
  void add_peripherals();
  void reset_peripherals();
  void system_reset(ResetCause cause);
  void set_held(bool by_pin, bool by_port);
  void watch_lockup();
  const TimeSource& chip_time() const override { return *this; }
  void hold_system(bool held) override { set_held(held_by_pin_, held); }
  void hold_core(bool held) override;
  void reset_system() override { system_reset(ResetCause::software); }
  void halt_core() override;
  bool system_held() const override { return held_; }
  bool core_halted() const override { return first()->halted(); }
  bool core_sleeping() const override { return first()->sleeping(); }
  unsigned accessing_core() const override { return bus_.viewer(); }
  void set_irq(unsigned core, unsigned number, bool level) override;
  bool rescued() const override { return rescued_; }
  void request_halt(unsigned core, bool level) override { (*cores_[core])->set_halt_request(level); }
  void on_core_halted(std::function<void(unsigned)> listener) override { core_halted_ = std::move(listener); }
  ChipCore& first() { return *cores_.front(); }
  const ChipCore& first() const { return *cores_.front(); }
  bool core_held() const override { return first().kept_in_reset; }
  BusStatus read_word(std::uint32_t address, std::uint32_t& value) override {
    return bus_.read(Master::debug, Security::non_secure, address, 4, value);
  }
  BusStatus write_word(std::uint32_t address, std::uint32_t value) override {
    return bus_.write(Master::debug, Security::non_secure, address, 4, value);
  }
  void power_on_cores();
  void prepare_core(unsigned number);
  void reset_core(unsigned number);
  void flash_changed(std::uint32_t offset, std::uint32_t size);

  const ChipFacts facts_;
  Timeline& timeline_;
  Stats& stats_;
  NonVolatile memory_;
  Nanoseconds nrst_low_until_{0};
  mutable Nanoseconds latest_{0};  // what peripherals were told last
  bool held_ = false, held_by_pin_ = false, held_by_port_ = false, rescued_ = false;
  bool power_lost_now_ = false, option_reset_now_ = false;
  std::optional<Nanoseconds> lockup_reset_at_;
  std::function<void()> power_lost_ = [] {};
  std::function<void(unsigned core)> core_halted_ = [](unsigned) {};
  SwoListener swo_ = [](const SwoFrame&) {};
  Gpio* port_b_ = nullptr;  // has the SWO pin; one of others_

  std::vector<std::unique_ptr<ChipCore>> cores_;  // none yet while the parts are made
  unsigned turn_ = 0;                             // whose slice it is
  Rcc rcc_;
  Dbgmcu dbgmcu_;
  Iwdg iwdg_;
  std::unique_ptr<FlashController> flash_;
  TrustZone trust_zone_;
  ChipBus bus_;
  Syscfg syscfg_;
  QspiUnit qspi_;
  std::vector<std::unique_ptr<RegisterBlock>> others_;
  std::vector<std::function<void()>> attending_;  // PlacedBlock::attend
  std::unique_ptr<VendorPort> vendor_port_;       // may be null
};

}  // namespace probity::vboard
