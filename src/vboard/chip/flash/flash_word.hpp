// What flash interfaces with ECC over a wide flash word share (H5, H7, H7R/S): the buffer that collects one,
// the queue and the engine behind it, which flash words cannot be read because their ECC does not fit, and
// the one-time programmable area with its 16-bit words.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "base/units.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class FlashWordBuffer {
 public:
  // Of the flash word of `size` bytes (at most 32) at `offset` of the cells. What is not written is ones.
  FlashWordBuffer(std::uint32_t offset, std::uint32_t size) : offset_(offset), bytes_(size, 0xFF) {}
  // False: one of the bytes had been written before. `place`, an offset of the cells, is inside the word.
  bool put(std::uint32_t place, unsigned size, std::uint32_t value);
  bool full() const;
  // Has the byte at `index` of the word been written?
  bool has(std::uint32_t index) const { return (written_ >> index & 1) != 0; }
  std::uint32_t offset() const { return offset_; }
  const Bytes& bytes() const { return bytes_; }

 private:
  std::uint32_t offset_;
  std::uint32_t written_ = 0;  // one bit a byte
  Bytes bytes_;
};

class EccErrors {
 public:
  // Flash words are `size` bytes.
  explicit EccErrors(std::uint32_t size) : size_(size) {}
  void add(std::uint32_t word) { words_.insert(word); }  // its offset
  void erased(CellRange range);
  // Is a flash word of which `range` has a part among them?
  bool in(CellRange range) const;

 private:
  std::uint32_t size_;
  std::set<std::uint32_t> words_;
};

// The OTP area of these interfaces: words of 16 bits, each with an ECC of its own that a word which was never
// written does not have either (RM0481 7.3.9); blocks of 64 bytes, each with a lock bit in an option word
// (FLASH_OTPBLR, FLASH_OTPBL, FLASH_OTPLSR).
class OtpArea {
 public:
  static constexpr std::uint32_t kWord = 2, kBlock = 64;
  enum class Content { good, virgin, corrupt };

  // `bytes` (NonVolatile::otp) must outlive it.
  explicit OtpArea(Bytes& bytes) : bytes_(bytes), ecc_(kWord) {}
  // What reading [offset, offset + size) finds; a virgin word among others makes them virgin.
  Content content(std::uint32_t offset, unsigned size) const;
  std::uint32_t read(std::uint32_t offset, unsigned size) const;
  // Clears bits of `size` bytes, one word or two. One that is not virgin has an ECC error from then on.
  void program(std::uint32_t offset, unsigned size, std::uint32_t value);
  static bool locked(std::uint32_t locks, std::uint32_t offset) {
    return (locks >> offset / kBlock & 1) != 0;
  }

 private:
  bool virgin(std::uint32_t word) const;
  Bytes& bytes_;
  EccErrors ecc_;
};

// How flash words get into the cells: one that is collected, one that waits, one that is programmed.
class FlashWordWriter {
 public:
  // Of one operation: how long it takes, and of which cells the reads stall meanwhile.
  struct Cost {
    CellRange blocked;
    Nanoseconds duration;
  };
  struct Facts {
    std::uint32_t word = 16;  // bytes
    std::uint32_t base = 0;   // address of offset 0 of the cells
    std::function<Cost(std::uint32_t offset)>
        cost;                        // of programming the flash word there, asked when it starts
    std::function<void()> finished;  // after each operation and its effect: EOP
  };
  // The references must outlive it.
  FlashWordWriter(Facts facts, NonVolatile& memory, EccErrors& ecc, FlashSurroundings& around);
  FlashWordWriter(const FlashWordWriter&) = delete;
  FlashWordWriter& operator=(const FlashWordWriter&) = delete;

  bool collects() const { return buffer_.has_value(); }  // WBNE
  // The flash word that is collected is another one than that at `word`.
  bool collects_elsewhere(std::uint32_t word) const { return buffer_ && buffer_->offset() != word; }
  // Of a flash word that begins here if none is collected; when it is full it goes into the queue, which must
  // be empty. False: one of the bytes was written twice; the new one counts.
  bool collect(std::uint32_t place, unsigned size, std::uint32_t value);
  void force();  // what was collected goes into the queue as it is (FW)
  void drop() { buffer_.reset(); }
  bool queued() const { return queued_.has_value(); }

  void erase(CellRange range, Cost cost);
  // An operation that does nothing to the cells: `effect` runs when it ends.
  void start(std::function<void()> effect, Cost cost);
  // A reset: what is under way is cut short, everything else forgotten.
  void reset();

  void settle() { engine_.settle(); }
  bool busy() { return engine_.busy(); }
  bool affects(std::uint32_t offset, std::uint32_t size) { return engine_.affects(offset, size); }
  std::optional<Nanoseconds> busy_until() const { return engine_.busy_until(); }
  // H7's BSY "is automatically reset by hardware every time a step in a write, erase or option byte change
  // operation completes" (RM0433 FLASH_SR), QW only with the last: here an operation has two steps, with a
  // tenth of its time between them.
  bool between_steps();
  // busy_until(), or before it when between_steps() changes.
  std::optional<Nanoseconds> next_change() const;

 private:
  void send();
  void program_next();
  void start(FlashOperation operation, Cost cost);
  Nanoseconds moment(unsigned tenths) const { return begin_ + duration_ * tenths / 10; }

  Facts facts_;
  NonVolatile& memory_;
  EccErrors& ecc_;
  FlashSurroundings& around_;
  FlashEngine engine_;
  std::optional<FlashWordBuffer> buffer_ = {}, queued_ = {};
  std::optional<std::uint32_t> in_flight_ = {};  // flash word being programmed
  Nanoseconds begin_{0}, duration_{0};           // of the operation that runs
};

}  // namespace probity::vboard
