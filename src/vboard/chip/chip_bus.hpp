// The chip's bus matrix: which address is what, for the core and for the debug access ports, as its facts
// say.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/nonvolatile.hpp"
#include "vboard/chip/register_block.hpp"
#include "vboard/chip/trust_zone.hpp"

namespace probity::vboard {

class ChipBus final : public SystemBus {
 public:
  // The parts must outlive the bus. RAM is filled with a pattern: its content at power-on is undefined.
  ChipBus(const ChipFacts& facts, NonVolatile& memory, FlashController& flash, const TrustZone& trust_zone);
  // Registers of `size` bytes from `base`; later blocks hide earlier ones, in steps of 1 KiB.
  void add_block(std::uint32_t base, std::uint32_t size, RegisterBlock& block);
  // What SYSCFG_MEMRMP.MEM_MODE says, where there is memory at 0: 0 flash, 1 system memory, 3 SRAM.
  void set_memory_mode(unsigned mode) { memory_mode_ = mode; }
  void power_on_reset();
  // For chips with several cores: whose accesses these are, until the next call; and what core `number` (not
  // the first) sees at 0 instead of what the first does. From then on every store is told of (see
  // on_memory_changed), and no core writes past the bus.
  void view_as(unsigned core) { viewer_ = core; }
  unsigned viewer() const { return viewer_; }
  void share(unsigned cores) { zero_aliases_.assign(cores, std::nullopt); }
  void set_zero_alias(unsigned core, std::optional<std::uint32_t> base) { zero_aliases_.at(core) = base; }
  // Puts the flash where the option words and TrustZone want it.
  void place_flash();
  // An SRAM is open to others than before.
  void sram_changed(std::uint32_t begin, std::uint32_t size);

  BusStatus read(Master master, Security security, std::uint32_t address, unsigned size,
                 std::uint32_t& value) override;
  BusStatus write(Master master, Security security, std::uint32_t address, unsigned size,
                  std::uint32_t value) override;
  bool write_repeats(std::uint32_t address, std::uint32_t value) override;
  const std::uint8_t* fetch_window(Security security, std::uint32_t address, std::uint32_t& window_begin,
                                   std::uint32_t& window_size) override;
  std::uint8_t* data_window(Security security, std::uint32_t address, std::uint32_t& window_begin,
                            std::uint32_t& window_size) override;
  IdauRegion idau(std::uint32_t address) override { return TrustZone::idau(address); }
  std::uint64_t next_event_cycle() override { return next_event_cycle_(); }

  // Every place where the viewer can see cells of the flash is told to `changed`.
  void for_each_alias(std::uint32_t flash_offset, std::uint32_t size,
                      const std::function<void(std::uint32_t address, std::uint32_t size)>& changed) const;
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
  struct RamPlace {
    Ram* ram = nullptr;  // null: no RAM there
    std::uint32_t offset = 0;
  };
  struct BlockPlace {
    RegisterBlock* registers = nullptr;  // null: none there
    std::uint32_t offset = 0;            // of the register
  };
  struct FlashPlace {
    std::uint32_t offset = 0, begin = 0, end = 0;  // of the cells in this window
    bool writable = true;
  };
  struct BitBand {
    std::uint32_t word = 0;  // address of the word that holds the bit
    unsigned bit = 0;
  };

  bool has_aliases() const { return generation_.aliases_always || trust_zone_.present(); }
  std::uint32_t alias_of(const RamRegion& region) const { return has_aliases() ? region.alias : 0; }
  RamPlace ram_at(std::uint32_t address);
  Passage passage(Master master, Security security, RamPlace place) const;
  void store_ram(Master master, RamPlace place, std::uint32_t address, unsigned size, std::uint32_t value);
  BlockPlace block_at(std::uint32_t address) const;
  const std::uint8_t* rom_window(std::uint32_t address, std::uint32_t& window_begin,
                                 std::uint32_t& window_size) const;
  std::optional<FlashPlace> flash_at(std::uint32_t address) const;
  std::uint32_t remap(std::uint32_t address) const;
  bool shared() const { return !zero_aliases_.empty(); }
  std::optional<std::uint32_t> zero_alias() const { return shared() ? zero_aliases_[viewer_] : std::nullopt; }
  std::optional<std::uint32_t> otp_offset(std::uint32_t address) const;
  bool in_option_area(std::uint32_t address) const;
  std::optional<BitBand> bit_band(std::uint32_t address) const;
  std::optional<std::uint32_t> factory_word(std::uint32_t address) const;
  BusStatus read_bit(Master master, Security security, BitBand place, std::uint32_t& value);
  BusStatus write_bit(Master master, Security security, BitBand place, bool bit);

  const ChipFacts& facts_;
  const GenerationFacts& generation_;
  NonVolatile& memory_;
  FlashController& flash_;
  const TrustZone& trust_zone_;
  const bool memory_at_zero_;
  std::vector<FlashWindow> windows_;  // cut to the chip's flash
  std::vector<Ram> rams_;
  std::vector<Block> blocks_;
  unsigned memory_mode_ = 0, viewer_ = 0;
  std::vector<std::optional<std::uint32_t>> zero_aliases_;  // by core; empty: there is one
  std::function<std::uint64_t()> next_event_cycle_ = [] { return kEventUnknown; };
  std::function<void(std::uint32_t, std::uint32_t)> memory_changed_ = [](std::uint32_t, std::uint32_t) {};
};

}  // namespace probity::vboard
