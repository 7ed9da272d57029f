// How serial flash behind QUADSPI or OCTOSPI is erased and programmed: commands in indirect mode, and the
// controller's own polling of the chip's status between them, so that the RAM loader, which only stores and
// waits for BUSY, can do all of it.
#pragma once

#include <string>

#include "base/log.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/qspi/qspi_controller.hpp"
#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::stm32 {

// What is behind the controller, and how long it takes at most.
struct QspiMemory {
  SpiNorPart part;  // one chip; two alike in dual mode
  Milliseconds sector_erase_limit{0}, chip_erase_limit{0};
};

// With times that are more than any data sheet's maximum.
QspiMemory with_usual_times(SpiNorPart part);

class QspiInterface final : public FlashInterface {
 public:
  // The references must outlive this.
  QspiInterface(QspiController& controller, Log& log, std::string bank, Address flash_base)
      : controller_(controller), log_(log), bank_(std::move(bank)), base_(flash_base) {}

  void set_memory(QspiMemory memory) { memory_ = std::move(memory); }
  const QspiMemory& memory() const { return memory_; }
  void set_watchdog(std::optional<Address> watchdog) { watchdog_ = watchdog; }
  // Of the bank: twice a chip's in dual mode.
  std::uint32_t sector_size() const { return memory_.part.sector_size * controller_.setup().chips(); }
  std::uint32_t page_size() const { return memory_.part.page_size * controller_.setup().chips(); }

  // Whole words of the data register. What is added to a write's ends is the erased value, which programs
  // nothing; so odd ends go in dual mode and with two bits a clock, too.
  unsigned granule() const override { return 4; }
  // Looks whether the chip takes writing at all; leaves it readable through its addresses.
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  void erase_all() override;
  void program(Address address, ByteView data) override;
  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;
  Nanoseconds program_per_byte() const override;
  Nanoseconds program_limit() const override;
  Milliseconds erase_limit(unsigned sector) const override;
  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override { controller_.check(status, address); }

 private:
  SpiCommand at(std::uint8_t opcode, std::uint32_t offset) const;
  SpiStores page_stores(std::uint32_t offset, ByteView data) const;
  // `data` cut where pages end.
  template <typename Each>
  void for_each_page(Address address, ByteView data, Each each) const;
  void look_for_protected_blocks(const Bytes& status);
  // What goes before and behind each erase and each page: WRITE ENABLE; until the chip is done and, where it
  // protects blocks, until it reads as it must.
  std::vector<SpiStores> around(SpiStores work, std::uint32_t offset, std::uint32_t first_word) const;
  void start(LoaderScript& script) const;
  bool reads_erased(const SpiCommand& command);
  void erase_with(const SpiCommand& command, std::string_view what, Milliseconds limit);

  QspiController& controller_;
  Log& log_;
  std::string bank_;
  Address base_;
  std::optional<Address> watchdog_;
  QspiMemory memory_;
  bool protects_blocks_ = false;  // as of open()
};

}  // namespace probity::stm32
