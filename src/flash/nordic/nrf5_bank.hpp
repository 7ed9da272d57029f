// Flash and UICR of Nordic nRF51 and nRF52 (drivers `nrf5` and `nrf51`): pages, words of 32 bits, both
// through the NVMC.
#pragma once

#include <string>
#include <vector>

#include "flash/bank.hpp"
#include "flash/nordic/nrf5_parts.hpp"

namespace probity::nrf5 {

class Nrf5Bank final : public FlashBank {
 public:
  // ConfigError where the base is neither the flash's nor the UICR's.
  Nrf5Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  unsigned write_alignment() const override { return 4; }
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  FlashJobResult run(const FlashJob& job) override;
  // nRF51: code region 0, from the bank's begin on, until everything is erased. nRF52: FlashError, its
  // protection lies in registers that a reset clears.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  // Flash and UICR.
  void mass_erase() override;
  // Always FlashError: what locks and unlocks the chip is APPROTECT (RBPCONF) and the CTRL-AP.
  void lock() override;
  void unlock() override;
  std::string describe() override;

  // `nrf5 info`: the information registers, a line each.
  std::string information();

 private:
  bool is_uicr() const { return base_ == kUicr; }
  void need_probe();
  void identify();
  std::uint32_t ram_size();
  void wait_ready(Nanoseconds limit, std::string_view what);
  void configure(std::uint32_t mode);
  // Work between two settings of CONFIG; read-only afterwards, however it is left.
  template <typename Work>
  void in_mode(std::uint32_t mode, Work work);
  void erase_register(Address reg, std::uint32_t value, std::string_view what);
  void erase_uicr();
  void program(Address address, ByteView words);
  void program_word_by_word(Address address, ByteView words);
  void require_unprotected(unsigned first, unsigned last, std::string_view verb);
  std::uint32_t region0();

  Chip chip_;
};

}  // namespace probity::nrf5
