// The chip's bus matrix: which address is what, for the core and for the debug access port. Memory map:
// RM0090 2.3, RM0385 2.2.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "vboard/chip/facts.hpp"
#include "vboard/chip/flash_controller.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class ChipBus final : public SystemBus {
 public:
  // The parts must outlive the bus. RAM is filled with a pattern: its content at power-on is undefined.
  ChipBus(const ChipFacts& facts, NonVolatile& memory, FlashController& flash);
  // Registers of `size` bytes from `base`; later blocks hide earlier ones, in steps of 1 KiB.
  void add_block(std::uint32_t base, std::uint32_t size, RegisterBlock& block);
  // What SYSCFG_MEMRMP.MEM_MODE says (Cortex-M4 only): 0 flash, 1 system memory, 3 SRAM at address 0.
  void set_memory_mode(unsigned mode) { memory_mode_ = mode; }
  // While set, a Cortex-M7 sees its vector table at this address when it reads 0 (BOOT_ADD0).
  void set_boot_address(std::optional<std::uint32_t> address) { boot_address_ = address; }
  void power_on_reset();

  BusStatus read(Master master, std::uint32_t address, unsigned size, std::uint32_t& value) override;
  BusStatus write(Master master, std::uint32_t address, unsigned size, std::uint32_t value) override;
  const std::uint8_t* fetch_window(std::uint32_t address, std::uint32_t& window_begin,
                                   std::uint32_t& window_size) override;
  std::uint8_t* data_window(std::uint32_t address, std::uint32_t& window_begin,
                            std::uint32_t& window_size) override;
  std::uint64_t next_event_cycle() override { return next_event_cycle_(); }

  // Addresses, other than `address` itself, at which the byte there is seen too, are told to `changed`.
  void for_each_alias(std::uint32_t flash_offset, const std::function<void(std::uint32_t)>& changed) const;
  // Core::cycle() of the next event in time (SystemBus).
  void on_next_event(std::function<std::uint64_t()> source) { next_event_cycle_ = std::move(source); }
  // Told of every write that changes memory behind the core's back: bit-band and debugger writes.
  void on_memory_changed(std::function<void(std::uint32_t address, std::uint32_t size)> sink) {
    memory_changed_ = std::move(sink);
  }

 private:
  struct Ram {
    RamRegion facts;
    Bytes bytes;
  };
  struct Block {
    std::uint32_t begin = 0, end = 0;
    RegisterBlock* registers = nullptr;
  };
  struct BitBand {
    std::uint32_t word = 0;  // address of the word that holds the bit
    unsigned bit = 0;
  };

  Ram* ram_at(std::uint32_t address);
  Block* block_at(std::uint32_t address);
  std::optional<std::uint32_t> flash_offset(std::uint32_t address) const;
  std::uint32_t remap(std::uint32_t address) const;
  std::optional<BitBand> bit_band(std::uint32_t address) const;
  std::optional<std::uint32_t> read_only_word(std::uint32_t address) const;
  std::uint32_t option_word(std::uint32_t offset) const;
  BusStatus read_bit(Master master, BitBand place, std::uint32_t& value);
  BusStatus write_bit(Master master, BitBand place, bool bit);

  const ChipFacts& facts_;
  NonVolatile& memory_;
  FlashController& flash_;
  std::vector<Ram> rams_;
  std::vector<Block> blocks_;
  unsigned memory_mode_ = 0;
  std::optional<std::uint32_t> boot_address_;
  std::function<std::uint64_t()> next_event_cycle_ = [] { return kEventUnknown; };
  std::function<void(std::uint32_t, std::uint32_t)> memory_changed_ = [](std::uint32_t, std::uint32_t) {};
};

}  // namespace probity::vboard
