// The flash interface of STM32H7, and of H5 with another layout: wide flash words, two chip banks with a
// register set each, or with one set and a bit that selects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/secure_view.hpp"

namespace probity::stm32 {

// Where a sector of the FlashBank is on the chip.
struct H7Place {
  Address address = 0;
  unsigned chip_bank = 0, snb = 0;
};

class H7Interface final : public FlashInterface {
 public:
  // `memory` and `clock` must outlive it, and `layout`. `places` in rising order, not empty.
  H7Interface(MemPort& memory, Clock& clock, std::string bank, const H7Layout& layout,
              std::vector<H7Place> places);

  unsigned granule() const override { return layout_.granule; }
  // Each flash word has an ECC of its own: one that was programmed with 0xFF cannot be programmed again.
  bool blank_is_erased() const override { return false; }
  std::unique_ptr<FlashReading> reading() override;
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  void erase_all() override;
  void program(Address address, ByteView data) override;
  // Half-words of the one-time programmable area, which `places` stand for; both multiples of 2. Needs
  // OPTLOCK clear where the area says so.
  void program_otp(const OtpArea& area, Address address, ByteView data);
  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;
  Nanoseconds program_per_byte() const override { return layout_.program_typical / layout_.granule; }
  Nanoseconds program_limit() const override { return layout_.program_limit; }
  Milliseconds erase_limit(unsigned) const override { return layout_.erase_limit; }
  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override;

 private:
  // The register set that a chip bank uses: 0 or 1.
  unsigned set_of(unsigned chip_bank) const { return layout_.bank_step != 0 ? chip_bank : 0; }
  Address reg(Address first, unsigned chip_bank) const {
    return first + set_of(chip_bank) * layout_.bank_step;
  }
  std::uint32_t select(unsigned chip_bank) const { return chip_bank == 1 ? layout_.bank2_select : 0; }
  unsigned chip_bank_at(Address address) const;
  std::uint32_t erase_command(const H7Place& place) const;
  std::uint32_t program_command(unsigned chip_bank) const;
  LoaderRegisters registers_of(unsigned chip_bank) const;
  void look_for_errors(LoaderScript& script, unsigned chip_bank) const;
  // Where the error flags are, once nothing is under way any more; `status` is what the status register says.
  std::uint32_t errors_of(std::uint32_t status);
  std::uint32_t error_mask() const;
  void open_set(unsigned chip_bank);
  std::vector<Address> secure_blocks() const;
  void start(unsigned chip_bank, std::uint32_t command);
  // The status once no operation is under way; TimeoutError.
  std::uint32_t wait_idle(unsigned chip_bank, std::uint32_t busy, Nanoseconds limit, std::string_view what);
  void stop_cache();
  void give_cache_back();

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  const H7Layout& layout_;
  std::vector<H7Place> places_;
  std::vector<unsigned> chip_banks_;  // in use
  std::vector<unsigned> sets_;        // one chip bank for each register set in use
  bool cache_was_on_ = false;
  std::optional<SecureView> secure_view_;    // between open() and close()
  std::optional<SecurePages> secure_pages_;  // the same
};

}  // namespace probity::stm32
