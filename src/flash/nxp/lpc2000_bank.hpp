// Driver `lpc2000`: the flash of NXP's LPC800 to LPC54100, which their boot ROM erases and writes.
#pragma once

#include <optional>

#include "flash/bank.hpp"
#include "flash/nxp/lpc2000_iap.hpp"
#include "flash/nxp/lpc2000_parts.hpp"

namespace probity::lpc {

// The words behind the target: VARIANT CLOCK_KHZ [calc_checksum [IAP_ENTRY]].
struct Options {
  Variant variant = Variant::automatic;
  std::uint32_t clock_khz = 0;
  bool checksum = false;
  Address iap_entry = 0;  // 0: the variant's
};
// ConfigError where they are not those.
Options options_of(const FlashBankConfig& config);
void check_bank(const FlashBankConfig& config);

class LpcBank final : public FlashBank {
 public:
  LpcBank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  void erase(SectorRange range) override;
  // `offset` is a multiple of write_alignment(). With calc_checksum the vectors' checksum is put in place.
  void write(std::uint32_t offset, ByteView data) override;
  unsigned write_alignment() const override { return layout_.boundary; }
  FlashJobResult run(const FlashJob& job) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void check_erased() override;  // by the boot ROM
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  std::string describe() override;

  // FlashError where the ROM does not tell it.
  std::uint32_t part_id();

 private:
  void need_probe();
  Iap iap();
  std::vector<std::uint32_t> with_unit(std::vector<std::uint32_t> parameters) const;
  void initialize(Iap& iap);
  void require_success(const Iap::Answer& answer, std::string_view what, SectorRange range) const;
  Bytes with_checksum(std::uint32_t offset, ByteView data);
  [[noreturn]] void refuse(const std::string& why) const;

  Options options_;
  Variant variant_;  // what `automatic` turned out to be
  Layout layout_;
};

}  // namespace probity::lpc
