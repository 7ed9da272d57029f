// The main flash of an STM32, whatever its generation: jobs are cut into steps, sectors that are right
// already are left alone, the rest goes through the RAM loader, or by plain register writes where there is no
// room for it. A generation derives from it and says which chip it is, what is protected, and
// (FlashInterface) how its registers are used.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "flash/bank.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

// One step of a job: erase a sector, or program pieces that lie within one sector.
struct FlashStep {
  unsigned sector = 0;
  bool erase = false;
  std::vector<FlashWrite> writes;
};

class MainFlash : public FlashBank {
 public:
  // The base that the configuration says, or 0x08000000 for 0.
  MainFlash(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) final;
  void erase(SectorRange range) final;
  void write(std::uint32_t offset, ByteView data) final;
  FlashJobResult run(const FlashJob& job) final;
  void check_erased() final;
  void mass_erase() final;
  std::unique_ptr<FlashReading> reading() final;
  unsigned write_alignment() const override { return granule_; }

  // The option bytes by name; null where the generation has none to offer. Probes first.
  virtual OptionBytes* options() { return nullptr; }

 protected:
  // Reads the chip and fills base_, size_, sectors_ and, where protection has other units, blocks_; logs what
  // OpenOCD logs. Sectors may leave holes between them. FlashError for a chip that is none of this driver's.
  virtual void identify() = 0;
  // Valid after identify().
  virtual FlashInterface& interface() = 0;
  // FlashError when read-out protection, write protection or a secure area forbids any of `steps`, with
  // register, raw value and the command that lifts it; nothing was changed by then.
  virtual void require_allowed(std::span<const FlashStep> steps) = 0;
  // What to add to an error that the controller reported while at work in `sector`: the command that helps,
  // or nothing.
  virtual std::string hint(const FlashError& error, unsigned sector) = 0;

  void need_probe();
  // "protection blocks 2-3, 7 are write-protected" and "flash protect BANK 2 last off", for messages.
  // `blocks`: ascending numbers of protection_blocks(), not empty.
  std::string write_protected_words(const std::vector<unsigned>& blocks) const;
  std::string unprotect_command(const std::vector<unsigned>& blocks) const;
  // The bank's flash size in KiB from the chip's size register, or, where that is blank, `assumed` with
  // OpenOCD's warning.
  unsigned read_size_kib(Address size_register, unsigned assumed);

 private:
  // What is in a sector before its erase.
  enum class SectorFinding { unchanged, blank, other };
  std::vector<FlashStep> steps_of(const FlashJob& job) const;
  Address address_of(const FlashStep& step) const { return base_ + sectors_[step.sector].offset; }
  FlashJobResult carry_out(std::vector<FlashStep> steps, const FlashJob& job);
  std::unique_ptr<StreamLoader> load_loader();
  bool stream(std::vector<FlashStep>& steps, const FlashJob& job, FlashJobResult& result);
  std::optional<std::vector<SectorFinding>> survey(StreamLoader& loader, const std::vector<FlashStep>& steps,
                                                   const FlashJob& job);
  SectorFinding finding_of(const FlashStep& step, std::uint32_t checksum);
  SectorFinding finding_by_reading(const FlashStep& step);
  void settle(std::vector<FlashStep>& steps, const std::vector<SectorFinding>& findings,
              FlashJobResult& result);
  // What is to be programmed.
  std::vector<FlashWrite> writes_of(const FlashStep& step);
  // The same where the sector is blank: nothing of its blank runs, and whole bursts.
  std::vector<FlashWrite> writes_into_blank(const FlashStep& step);
  void add_step(LoaderScript& script, const FlashStep& step);
  void run_directly(std::vector<FlashStep>& steps, const FlashJob& job, FlashJobResult& result);
  void program_directly(const FlashStep& step);
  bool reads_as(const Bytes& wanted, const Sector& sector);

  unsigned granule_ = 1;
};

// The writes (sorted, not overlapping) extended with erased cells to multiples of `granule`; those that
// share a granule, or touch, become one.
std::vector<FlashWrite> in_whole_granules(const std::vector<FlashWrite>& writes, unsigned granule,
                                          std::uint8_t erased_value);
// What must be in the sector after the step, all of it: the writes, and the erased value elsewhere.
Bytes final_content(const FlashStep& step, const Sector& sector, std::uint8_t erased_value);
// The writes without runs of the erased value, which need no programming in an erased sector; what is left
// begins and ends at multiples of `granule`.
std::vector<FlashWrite> without_blank_runs(const std::vector<FlashWrite>& writes, unsigned granule,
                                           std::uint8_t erased_value);

}  // namespace probity::stm32
