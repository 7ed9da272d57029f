// The flash interface of STM32 L0 and L1, one method an operation of the manual (chapter 3 of RM0367 and
// RM0038): words, half-pages, pages, and option bytes, which are words with their complement. Erased cells
// read 0.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/bits.hpp"
#include "base/clock.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/lx_parts.hpp"

namespace probity::stm32 {

// An option word: the 16 bits of its lower half.
struct LxOptionWord {
  Address address = 0;
  std::uint16_t value = 0;
};

class LxController final : public FlashInterface {
 public:
  LxController(MemPort& memory, Clock& clock, std::string bank)
      : memory_(memory), clock_(clock), bank_(std::move(bank)) {}

  // Which flash the bank covers: where its sectors begin. Before anything else.
  void cover(const LxLayout& layout, std::vector<Address> sectors);

  unsigned granule() const override { return 4; }
  unsigned burst() const override { return half_page(); }
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  // Page by page: the chip has no such command but the way through read-out protection.
  void erase_all() override;
  // Word by word: half-pages need code that runs from RAM (RM0367 3.3.4).
  void program(Address address, ByteView data) override;

  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;

  Nanoseconds program_per_byte() const override;
  Nanoseconds program_limit() const override;
  Milliseconds erase_limit(unsigned sector) const override;

  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override;

  std::uint32_t read(Address offset) { return memory_.read32(layout_->base + offset); }
  const LxLayout& layout() const { return *layout_; }
  // The option word there as it is programmed, or `in_force` where its halves do not belong together: the
  // chip then takes its default.
  std::uint16_t read_option(Address address, std::uint16_t in_force);
  // Programs them in this order, each erased by the chip before. In force after launch_options() or a power
  // cycle. FlashError also where a word does not read back as written.
  void write_options(std::span<const LxOptionWord> words);
  // PECR.OBL_LAUNCH: the chip loads its option bytes, for which it resets. Returns at once.
  void launch_options();

 private:
  unsigned half_page() const { return layout_->page_size / 2; }
  void unlock(Address key_register, std::uint32_t key1, std::uint32_t key2, Field lock);
  void unlock_options();
  void wait_idle(Nanoseconds limit, std::string_view what);
  // Waits for the end of an operation and throws for its error flags.
  void finish(Nanoseconds limit, std::string_view what, Address address);

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  const LxLayout* layout_ = nullptr;
  std::vector<Address> sectors_;
};

// "WRPERR, PGAERR": the error flags set in FLASH_SR; empty where there are none.
std::string lx_error_names(std::uint32_t sr);

}  // namespace probity::stm32
