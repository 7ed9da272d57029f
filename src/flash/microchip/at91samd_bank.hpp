// Driver `at91samd`: the flash of Microchip's SAM D, R, L, C and DA1. Rows are erased and pages are written
// by code in RAM, a buffer at a time; without RAM by the debugger.
#pragma once

#include "flash/bank.hpp"
#include "flash/microchip/at91samd_controller.hpp"

namespace probity::samd {

// ConfigError where `flash bank` says another base than 0.
void check_bank(const FlashBankConfig& config);

class SamdBank final : public FlashBank {
 public:
  SamdBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);
  ~SamdBank() override;

  void probe(bool force = false) override;
  void erase(SectorRange range) override;  // sectors: rows of four pages
  void write(std::uint32_t offset, ByteView data) override;
  unsigned write_alignment() const override { return 4; }
  FlashJobResult run(const FlashJob& job) override;
  // Regions of a sixteenth of the flash; kept in the user row, too.
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  std::string describe() override { return {}; }  // as OpenOCD 0.12.0

 private:
  void need_probe();
  void erase_row_by_row(SectorRange range);
  void write_by_code(Address address, ByteView words);
  void write_page_by_page(Address address, ByteView words);

  Controller controller_;
  std::uint32_t page_size_ = 0;
};

}  // namespace probity::samd
