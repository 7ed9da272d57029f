// FlashBank: one bank of flash, as `flash bank` declares it. Drivers implement it; one row per driver in
// registry.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "flash/reading.hpp"
#include "target/target.hpp"

namespace probity {

struct Sector {
  std::uint32_t offset = 0;          // from the bank's base, bytes
  std::uint32_t size = 0;            // bytes
  std::optional<bool> erased;        // as of the last check
  std::optional<bool> is_protected;  // as of the last protect check
};

// Sectors first..last, both included, as `flash erase_sector` counts them.
struct SectorRange {
  unsigned first = 0, last = 0;
};

// What `flash bank NAME driver base size chip_width bus_width target [options]` said.
struct FlashBankConfig {
  std::string name;
  std::string driver;
  Address base = 0;
  std::uint32_t size = 0;  // 0: the driver finds it
  unsigned chip_width = 0, bus_width = 0;
  std::string target;
  std::vector<std::string> options;
};

// A piece of data to be in the bank: `offset` from the bank's base.
struct FlashWrite {
  std::uint32_t offset = 0;
  Bytes data;
};

// A whole job, so that a driver can overlap erase, transfer and program. `erase` lists sectors to erase
// first; sectors whose final content is already there may be left alone when `skip_unchanged`.
struct FlashJob {
  std::vector<unsigned> erase;
  std::vector<FlashWrite> writes;  // sorted, not overlapping
  bool skip_unchanged = true;
};
struct FlashJobResult {
  std::uint64_t bytes_written = 0;  // of the job, in flash now; what was there already counts
  unsigned sectors_erased = 0, sectors_unchanged = 0;
};

// What a bank may do with the list it is in, when its chip turns out to have more banks than were declared.
struct BankList {
  std::function<void(FlashBankConfig)> add;      // one more, at the end, for the same target
  std::function<void(std::string name)> rename;  // itself
};

// Errors of all calls: FlashError with register and raw value, TargetError when the core is not halted,
// TimeoutError.
class FlashBank {
 public:
  explicit FlashBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
      : config_(std::move(config)), target_(target), clock_(clock), log_(log) {}
  virtual ~FlashBank() = default;

  const FlashBankConfig& config() const { return config_; }
  Target& target() { return target_; }

  // False: there is no driver for it, and all calls below throw FlashError. GDB is told nothing of such a
  // bank.
  virtual bool usable() const { return true; }
  // Reads the chip and fills geometry; `force` does it again. Everything below probes first where needed.
  virtual void probe(bool force = false) = 0;
  bool probed() const { return probed_; }
  Address base() const { return base_; }
  std::uint32_t size() const { return size_; }  // bytes; 0 before probe
  const std::vector<Sector>& sectors() const { return sectors_; }
  // Units of protect() where the chip protects in other pieces than sectors; else the sectors themselves.
  const std::vector<Sector>& protection_blocks() const { return blocks_.empty() ? sectors_ : blocks_; }
  virtual std::uint8_t erased_value() const { return 0xFF; }
  // What gaps within an image are filled with (`flash padded_value`).
  std::uint8_t padded_value() const { return padded_value_; }
  void set_padded_value(std::uint8_t value) { padded_value_ = value; }
  // Programming granule in bytes that data must be padded to (1 where any length goes).
  virtual unsigned write_alignment() const { return 1; }

  virtual void erase(SectorRange range) = 0;
  virtual void write(std::uint32_t offset, ByteView data) = 0;
  // Default: erase() and write() one after another.
  virtual FlashJobResult run(const FlashJob& job);
  // `range` counts protection_blocks().
  virtual void protect(SectorRange range, bool on) = 0;
  virtual void check_protection() = 0;  // fills Sector::is_protected of sectors and blocks
  virtual void check_erased();          // fills Sector::erased; default reads all
  virtual void mass_erase() = 0;
  virtual void lock() = 0;    // read-out protection level 1
  virtual void unlock() = 0;  // back to level 0 (erases the chip)
  // Reads flash content; default through target memory.
  virtual void read(std::uint32_t offset, ByteSpan data);
  // Null where nothing is needed, or nothing can be done as the bank is not probed or the core runs.
  virtual std::unique_ptr<FlashReading> reading() { return nullptr; }
  // Key register of the independent watchdog, where the chip has one that a long algorithm must feed with
  // 0xAAAA.
  virtual std::optional<Address> watchdog() const { return {}; }
  // Once all banks of a session exist; a bank that stands for another one (driver `virtual`) finds it here.
  virtual void resolve(const std::function<FlashBank&(std::string_view name)>& bank_named) {
    (void)bank_named;
  }
  // Once all banks of a session exist: those declared for the same target, this one among them; a chip with
  // two banks learns here whether the second one is declared, too.
  virtual void meet(std::span<FlashBank* const> banks) { (void)banks; }
  // Once all banks of a session exist; the list outlives the bank.
  virtual void offer(const BankList& list) { (void)list; }
  // `flash info`: OpenOCD's words for this driver ("STM32F4xx - Rev: unknown (0x1007)" …).
  virtual std::string describe() = 0;

 protected:
  FlashBankConfig config_;
  Target& target_;
  Clock& clock_;
  Log& log_;
  bool probed_ = false;
  Address base_ = 0;
  std::uint32_t size_ = 0;
  std::uint8_t padded_value_ = 0xFF;
  std::vector<Sector> sectors_;
  std::vector<Sector> blocks_;  // only where protection has other units than sectors

  // Throws UsageError naming the bank's last sector where `range` is empty or too high.
  void require(SectorRange range, const std::vector<Sector>& units, std::string_view unit) const;
  // Throws TargetError when the core is not halted.
  void require_halted() const;
};

// Of all banks of one chip: the first that has one.
std::optional<Address> watchdog_of(std::span<FlashBank* const> banks);
std::unique_ptr<FlashReading> reading_of(std::span<FlashBank* const> banks);

struct FlashDriver {
  std::string_view name;
  std::function<std::unique_ptr<FlashBank>(const FlashBankConfig&, Target&, Clock&, Log&)> make;
  // At `flash bank`: ConfigError where the driver cannot do with these words; may fill in what the driver
  // knows without the chip. Empty: any will do.
  std::function<void(FlashBankConfig&)> check = nullptr;
};
const std::vector<FlashDriver>& flash_drivers();
// Throws ConfigError that lists the known names.
const FlashDriver& flash_driver(std::string_view name);

}  // namespace probity
