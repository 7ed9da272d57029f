// The main flash of an STM32 F2/F4/F7 (driver `stm32f2x`): probing, jobs through the RAM loader or by plain
// register writes, protection, read-out level and option bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flash/bank.hpp"
#include "flash/stm32/f2_controller.hpp"
#include "flash/stm32/f2_identity.hpp"
#include "flash/stm32/f2_parts.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

// What `stm32f2x options_read` prints.
struct F2UserOptions {
  std::uint32_t user_options = 0;  // OPTCR bits 7:2, and bits 31:28 as 11:8 where the part has them
  bool extra = false;              // it has them
  std::optional<std::uint16_t> boot_add0, boot_add1;
  std::optional<std::uint32_t> optcr2;
};

// One step of a job: erase a sector, or program a piece that lies within one sector.
struct F2Step {
  unsigned sector = 0;
  bool erase = false;
  std::vector<FlashWrite> writes;
};

class F2Bank final : public FlashBank {
 public:
  F2Bank(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) override;
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  FlashJobResult run(const FlashJob& job) override;
  void protect(SectorRange range, bool on) override;
  void check_protection() override;
  void check_erased() override;
  void mass_erase() override;
  void lock() override;
  void unlock() override;
  std::optional<Address> watchdog() const override;
  std::string describe() override;

  F2UserOptions read_options();
  // UsageError for bits that the part does not have, or boot addresses where it has none (or lacks them).
  void write_options(std::uint32_t user_options, std::optional<std::uint16_t> boot_add0,
                     std::optional<std::uint16_t> boot_add1);
  // UsageError where the part has no FLASH_OPTCR2.
  void write_optcr2(std::uint32_t value);

 private:
  unsigned read_size_kib(const F2Part& part);
  void fill_sectors(unsigned kib);
  void need_probe();
  F2Controller::Options option_registers();
  bool block_protected(const F2Controller::Options& options, unsigned block) const;
  void require_readable(const F2Controller::Options& options) const;
  void require_unprotected(const F2Controller::Options& options, const std::vector<F2Step>& steps) const;
  std::string protection_hint(const F2Controller::Options& options,
                              const std::vector<unsigned>& blocks) const;

  ProgramWidth width();
  std::vector<F2Step> steps_of(const FlashJob& job) const;
  Address address_of(const F2Step& step) const { return base_ + sectors_[step.sector].offset; }
  FlashJobResult carry_out(std::vector<F2Step> steps, const FlashJob& job);
  bool stream(std::vector<F2Step>& steps, const FlashJob& job, FlashJobResult& result);
  void program_directly(const F2Step& step, ProgramWidth width);
  void run_directly(std::vector<F2Step>& steps, const FlashJob& job, FlashJobResult& result);
  bool survey(StreamLoader& loader, std::vector<F2Step>& steps, const FlashJob& job, FlashJobResult& result);
  bool unchanged_by_reading(const Bytes& wanted, const Sector& sector);

  F2Controller controller_;
  const F2Part* part_ = nullptr;
  F2Identity identity_;
  F2Geometry geometry_;
};

// What must be in the sector after the step, all of it: the writes, and the erased value elsewhere.
Bytes final_content(const F2Step& step, const Sector& sector);
// The writes without runs of the erased value, which need no programming in an erased sector.
std::vector<FlashWrite> without_blank_runs(const std::vector<FlashWrite>& writes);

// A write cut into pieces that one program width can carry: bytes up to the first boundary, whole units,
// bytes.
struct F2ProgramPiece {
  std::uint32_t offset = 0;
  ByteView data;
  ProgramWidth width = ProgramWidth::x8;
};
std::vector<F2ProgramPiece> program_pieces(const FlashWrite& write, ProgramWidth width);

}  // namespace probity::stm32
