// Work that code in the chip's RAM does a block at a time: while the core is busy with one block, the bytes
// of the next one travel into the other buffer.
#pragma once

#include <functional>
#include <memory>

#include "target/target.hpp"

namespace probity {

class BlockRunner {
 public:
  struct Needs {
    ByteView code;            // goes to the work area's begin; a multiple of 4 bytes, or none
    std::uint32_t stack;      // bytes, a multiple of 8, behind the code
    std::uint32_t unit;       // all blocks but the last are multiples of it, itself a multiple of 4
    std::uint32_t largest;    // bytes of a block, a multiple of `unit`
    std::uint32_t spare = 0;  // bytes at the work area's end that are left alone
  };
  // Null where the work area does not hold even one unit. With room for one only there is one buffer.
  static std::unique_ptr<BlockRunner> load(Target& target, const Needs& needs);

  Address code() const { return area_->address(); }
  Address stack_top() const { return stack_top_; }
  std::uint32_t block_size() const { return block_size_; }

  struct Block {
    Address buffer;      // where its bytes are
    std::size_t at;      // its place in the data
    std::uint32_t size;  // bytes
  };
  // How to start the work on a block, and what to make of r0 at its end (registers can still be read then).
  using Call = std::function<Algorithm(const Block&)>;
  using Check = std::function<void(const Block&, std::uint32_t r0)>;
  // `data` is a multiple of 4 bytes. `limit` holds for one block. The core is halted at every way out, with
  // its registers as they were. TimeoutError and TargetError as Target::wait_algorithm says, and what `check`
  // throws.
  void run(ByteView data, Milliseconds limit, Clock& clock, const Call& call, const Check& check);

 private:
  BlockRunner(Target& target, std::unique_ptr<WorkArea> area) : target_(target), area_(std::move(area)) {}

  Target& target_;
  std::unique_ptr<WorkArea> area_;
  Address stack_top_ = 0;
  Address buffers_[2] = {};
  std::uint32_t block_size_ = 0;
};

}  // namespace probity
