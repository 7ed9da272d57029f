// External serial flash behind an STM32's QUADSPI or OCTOSPI (driver `stmqspi`): one chip, or two alike in
// dual mode. The board's reset-init event sets the controller up for memory-mapped reading; from how it does
// that the driver takes how to talk to the chip, and it leaves the controller as it found it.
#pragma once

#include <string>
#include <vector>

#include "flash/stm32/main_flash.hpp"
#include "flash/stm32/qspi/qspi_interface.hpp"
#include "flash/stm32/qspi/sfdp.hpp"

namespace probity::stm32 {

class QspiBank final : public MainFlash {
 public:
  // ConfigError where the options are not the address of the controller's registers, alone.
  QspiBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  // Kept in this program only, until it ends or the next probe; the chip knows nothing of it.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  // Always FlashError: serial flash has no read-out protection.
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override { return watchdog_; }
  void meet(std::span<FlashBank* const> banks) override;
  std::string describe() override;

  // Takes soft protection off all sectors and erases the chips.
  void erase_everything();
  // Takes the chip to be `part` (of both in dual mode), whatever it answers; its `id` is not looked at.
  void set_part(SpiNorPart part);
  // Sends the opcode and what follows it. With `answer` > 0 up to four bytes may follow, an address, which in
  // dual mode goes to both chips; without, the bytes alternate between them. UsageError for other numbers.
  Bytes send(std::uint8_t opcode, ByteView bytes, std::size_t answer);

 protected:
  void identify() override;
  FlashInterface& interface() override { return interface_; }
  void require_allowed(std::span<const FlashStep> steps) override;
  std::string hint(const FlashError&, unsigned) override { return {}; }

 private:
  std::vector<std::uint32_t> read_ids();
  QspiMemory memory_of(std::uint32_t id, std::size_t index);
  void tell(const QspiMemory& memory, std::size_t index);
  std::optional<SfdpFindings> discover(std::size_t index, std::string& why);
  Bytes read_sfdp_bytes(std::size_t index, std::uint32_t address, std::size_t size, unsigned dummy);
  void take(QspiMemory memory);
  void compare_with_fsize();
  std::string name_of_chips() const;

  QspiController controller_;
  QspiInterface interface_;
  std::optional<SpiNorPart> set_by_user_;
  std::optional<Address> watchdog_;
};

}  // namespace probity::stm32
