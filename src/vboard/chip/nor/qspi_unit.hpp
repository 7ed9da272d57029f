// A chip's QUADSPI or OCTOSPIs, and the flashes that a user has connected to them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vboard/chip/chip_bus.hpp"
#include "vboard/chip/nor/nor_flash.hpp"
#include "vboard/chip/nor/qspi_controller.hpp"
#include "vboard/chip/nor/qspi_places.hpp"
#include "vboard/chip/peripherals/rcc.hpp"

namespace probity::vboard {

class QspiUnit {
 public:
  using SetIrq = std::function<void(unsigned irq, bool level)>;

  // `connected`: ("qspi" or "qspi2", "PART" or "PART+PART", the second at the pins of FLASH2). They keep
  // their cells in `flash_file` with ".qspi" or ".qspi2" behind it, a second one with ".flash2" behind that;
  // nowhere if it is empty. ConfigError: the chip has no such controller, an unknown part, a file that does
  // not fit. `time` and `rcc` must outlive it.
  QspiUnit(const std::string& chip, const std::vector<std::pair<std::string, std::string>>& connected,
           const std::string& flash_file, const TimeSource& time, const Rcc& rcc, SetIrq set_irq);

  void add_to(ChipBus& bus);
  // Does what is due; after a write to RCC too.
  void attend();
  void reset();
  void power_cycle();
  // ConfigError where a file cannot be written.
  void save();

  // The next change of a register by itself.
  std::optional<Nanoseconds> next_event() const;
  // The same, if the core may be waiting for its interrupt.
  std::optional<Nanoseconds> next_interrupt() const;

 private:
  struct Controller {
    QspiPlace place;
    std::unique_ptr<QspiController> registers;
    std::vector<std::unique_ptr<NorFlash>> flashes;
  };
  void connect(const std::string& chip, const std::string& word, const std::string& parts,
               const std::string& flash_file);
  std::vector<Controller> controllers_;
};

}  // namespace probity::vboard
