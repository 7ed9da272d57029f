// A QUADSPI or OCTOSPI controller, driven through the debugger: found and recognised, taken out of
// memory-mapped mode, made to send commands, and put back.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "flash/stm32/qspi/qspi_command.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

class QspiController {
 public:
  // `base`: of the registers. The references must outlive this.
  QspiController(MemPort& memory, Clock& clock, Address base, std::string bank);

  // Finds out which controller it is and how it talks to the chip, and leaves it memory-mapped. Whatever it
  // was doing is ended. FlashError where there is none, it is off, or nothing has set it up for reading.
  void attach();
  // Valid after attach().
  const QspiSetup& setup() const { return setup_; }

  // After this the chip takes commands, and cannot be read through its addresses.
  void leave_memory_mapped();
  void enter_memory_mapped();

  // A word of the flash, in memory-mapped mode.
  std::uint32_t read_mapped(Address address) { return memory_.read32(address); }

  // Outside memory-mapped mode. `data` is what goes to, or comes from, the chips, alternating between two of
  // them in dual mode. FlashError where the controller reports one, TimeoutError.
  void command(const SpiCommand& command);
  Bytes read(const SpiCommand& command, std::size_t size);
  void write(const SpiCommand& command, ByteView data);
  // The stores, and then until BUSY is clear.
  void carry_out(const SpiStores& stores, Nanoseconds limit, std::string_view what);

  // The status register of each chip.
  Bytes status();
  // FlashError that says it as OpenOCD does where a chip does not take WRITE ENABLE.
  void enable_writing();
  // Until no chip is busy; for what takes long.
  void wait_ready(Nanoseconds limit, std::string_view what);

  // "1", "2": what messages call the chip of `status()[index]`.
  unsigned chip_number(std::size_t index) const;
  // "QUADSPI_SR=0x00000000"; never throws.
  std::string status_text();
  // Throws FlashError when `sr` has TEF.
  void check(std::uint32_t sr, Address address) const;

 private:
  bool keeps(Address offset);
  void recognise();
  void wait_idle(Nanoseconds limit, std::string_view what);
  void store(const SpiStores& stores);

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  QspiSetup setup_;
};

// Memory-mapped mode is left here and entered again, whichever way the scope is left.
class IndirectMode {
 public:
  explicit IndirectMode(QspiController& controller) : controller_(controller) {
    controller_.leave_memory_mapped();
  }
  ~IndirectMode();
  IndirectMode(const IndirectMode&) = delete;
  IndirectMode& operator=(const IndirectMode&) = delete;

 private:
  QspiController& controller_;
};

}  // namespace probity::stm32
