// FlashInterface: what an STM32's flash registers can be told to do, one class per generation. It knows
// addresses and the bank's sector numbers; cutting jobs and choosing between loader and register writes is
// MainFlash's.
#pragma once

#include <string>

#include "base/units.hpp"
#include "flash/reading.hpp"
#include "flash/stream.hpp"

namespace probity::stm32 {

// Between two looks at a status register.
inline constexpr Nanoseconds kStatusPause = Milliseconds(1);

class FlashInterface {
 public:
  virtual ~FlashInterface() = default;

  // Bytes that are programmed at once (1, 2, 4, 8, 16, 32, a half-page …); writes begin and end at multiples
  // of it.
  virtual unsigned granule() const = 0;

  // What is programmed in as little time as a granule where all of it is erased: in a blank sector writes
  // begin and end at multiples of it. A multiple of granule().
  virtual unsigned burst() const { return granule(); }

  // False where a flash word that was programmed with the erased value reads like an erased one and yet must
  // not be programmed again (ECC of its own: H7, H5, U5): a blank-looking sector is erased all the same.
  virtual bool blank_is_erased() const { return true; }

  // True where erase_all() takes little longer than one sector, so that it is the way to erase many.
  virtual bool erases_all_at_once() const { return false; }

  // Whatever the firmware left behind is put right: HSI on, an operation under way waited for, error flags
  // and PG/PER/MER cleared, caches that do not notice an erase off; then the key sequence, and LOCK seen
  // clear. FlashError or TimeoutError.
  virtual void open() = 0;
  // Locks again and gives emptied caches back. Safe at any time after open().
  virtual void close() = 0;

  // Outside open() and close(); the core is halted. Null where nothing is needed.
  virtual std::unique_ptr<FlashReading> reading() { return nullptr; }

  // By plain register writes, to the end. Between open() and close(). FlashError as check(), TimeoutError.
  virtual void erase(unsigned sector) = 0;
  virtual void erase_all() = 0;
  // `address` and the size of `data` are multiples of granule().
  virtual void program(Address address, ByteView data) = 0;

  // The same through the RAM loader, which gets on by itself: what it is told at its start, and script
  // commands.
  virtual LoaderChip loader_chip() const = 0;
  virtual void add_erase(LoaderScript& script, unsigned sector) const = 0;
  virtual void add_program(LoaderScript& script, Address address, ByteView data) const = 0;

  // For pauses and deadlines: typical time to program one byte, the longest a granule may take, the longest
  // the erase of a sector may take (twice the data sheet's typical, or its maximum).
  virtual Nanoseconds program_per_byte() const = 0;
  virtual Nanoseconds program_limit() const = 0;
  virtual Milliseconds erase_limit(unsigned sector) const = 0;

  // "FLASH_SR=0x00010000" for messages; says so where it cannot be read any more. Never throws.
  virtual std::string status_text() = 0;
  // Throws FlashError naming the flags, their meaning and the register when `status` (as the loader read it)
  // has any.
  virtual void check(std::uint32_t status, Address address) const = 0;
};

// open() … close(), whichever way the scope is left.
class OpenFlash {
 public:
  explicit OpenFlash(FlashInterface& flash) : flash_(flash) { flash_.open(); }
  ~OpenFlash();
  OpenFlash(const OpenFlash&) = delete;
  OpenFlash& operator=(const OpenFlash&) = delete;

 private:
  FlashInterface& flash_;
};

}  // namespace probity::stm32
