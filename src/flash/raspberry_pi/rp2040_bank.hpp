// Drivers `rp2040_flash` and `rp2xxx`: the serial flash of Raspberry Pi's RP2040 and RP2350, which their boot
// ROM erases and programs.
#pragma once

#include <optional>

#include "flash/bank.hpp"
#include "flash/raspberry_pi/rp2040_session.hpp"
#include "flash/raspberry_pi/rp2040_spi.hpp"
#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::rp {

class RpBank final : public FlashBank {
 public:
  // `any`: driver rp2xxx, which takes an RP2350, too, shows the flash in sectors of 4 KiB, and believes a
  // size that `flash bank` says. Otherwise rp2040_flash, whose sectors are the flash chip's largest.
  RpBank(FlashBankConfig config, bool any, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  unsigned write_alignment() const override;
  // In one session. Nothing is left alone: at the clock after a reset reading takes longer than writing.
  FlashJobResult run(const FlashJob& job) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  std::string describe() override { return {}; }  // as OpenOCD 0.12.0

  // Any function of the boot ROM, with at most four arguments, while the flash is no memory; says where it
  // is.
  void call_rom(std::string_view code, const std::vector<std::uint32_t>& arguments);

 private:
  void need_probe();
  std::optional<Address> find_function(std::uint16_t code);
  void identify();
  stm32::SpiNorPart find_flash(std::uint32_t& id);
  void fill(const stm32::SpiNorPart& part);
  void report(const stm32::SpiNorPart& part, std::uint32_t id);
  template <typename Work>
  void with_rom(Work work);
  void erase(RomSession& session, SectorRange range);
  void write(RomSession& session, std::uint32_t offset, ByteView data);
  [[noreturn]] void refuse(const std::string& why) const;

  bool any_;
  Chip chip_ = Chip::rp2040;
  unsigned revision_ = 0;
  std::uint32_t magic_ = 0;  // which kind of table the ROM has
  RomFunctions rom_;
  std::uint32_t erase_block_ = 0;  // bytes that erase_opcode_ erases
  std::uint8_t erase_opcode_ = 0;
};

}  // namespace probity::rp
