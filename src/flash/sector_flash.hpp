// The flash of a chip whose driver has no RAM loader of its own generation (flash/stm32 has): what is alike
// in them. Jobs leave sectors alone that a checksum on the chip finds right; data goes through
// unit_loader.hpp, or register by register where there is no room for it. A driver derives from it and says
// which chip it is, what is protected, and how its registers are used.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "flash/bank.hpp"
#include "flash/unit_loader.hpp"

namespace probity {

class SectorFlash : public FlashBank {
 public:
  SectorFlash(FlashBankConfig config, Target& target, Clock& clock, Log& log);

  void probe(bool force = false) final;
  unsigned write_alignment() const override { return 4; }
  void erase(SectorRange range) override;
  void write(std::uint32_t offset, ByteView data) override;
  FlashJobResult run(const FlashJob& job) override;
  void check_erased() override;
  // Sector by sector where the chip has no other way.
  void mass_erase() override;
  // Always FlashError: none of these chips has STM32's read-out protection levels.
  void lock() override;
  void unlock() override;

 protected:
  // Reads the chip, fills base_, size_ and sectors_, logs what OpenOCD logs. FlashError for a chip that is
  // none of this driver's.
  virtual void identify() = 0;
  // FlashError when one of `sectors` (rising, not empty) must not be changed; `verb` is what was to be done
  // ("erase", "write"). Nothing was changed by then.
  virtual void require_allowed(std::span<const unsigned> sectors, std::string_view verb) = 0;
  // Around all that changes flash; close() also after an error.
  virtual void open() = 0;
  virtual void close() = 0;
  // open() came before these; FlashError with register and raw value. `words`: whole write_alignment()s.
  virtual void erase_sector(unsigned sector) = 0;
  // Where all sectors are to be erased. False, and nothing done: the chip has no way, or none that is faster.
  virtual bool erase_all() { return false; }
  virtual void program_directly(Address address, ByteView words) = 0;
  // For a stretch of whole units; what lies before and behind them goes through program_directly().
  virtual UnitRoutine routine() = 0;
  // Of what routine()'s code gave up with.
  [[noreturn]] virtual void explain(const UnitFailure& failure) = 0;
  // Which way lock and unlock go here, for their errors.
  virtual std::string_view locking() const = 0;
  // What is written in place of the job's writes (a field that must not be programmed as it stands in an
  // image), in rising order; FlashError where it must not be.
  virtual std::vector<FlashWrite> vetted(const FlashJob& job) { return job.writes; }
  virtual void program_write(const FlashWrite& write) { program_padded(write); }

  void need_probe();
  // Sectors of `size` bytes each, `count` of them; size_ as well.
  void fill_sectors(std::uint32_t size, unsigned count);
  // With the controller open; closed however it is left.
  template <typename Work>
  void opened(Work work) {
    open();
    try {
      work();
    } catch (...) {
      close_after_error();
      throw;
    }
    close();
  }
  // In whole write_alignment()s, the controller being open.
  void program(Address address, ByteView words);
  // Through the loader or directly, with the erased value around it where it begins or ends within a
  // write_alignment().
  void program_padded(const FlashWrite& write);

 private:
  void erase_sectors(const std::vector<unsigned>& sectors);
  void close_after_error();
  void require_within(std::uint32_t offset, std::size_t size) const;
  std::vector<unsigned> sectors_of(const std::vector<FlashWrite>& writes) const;
};

}  // namespace probity
