// What a semihosting call passes: words at r1, strings and buffers that they point to. The program decides
// all of it, so every length has a bound here, and what cannot be read is nothing rather than an exception.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapter/mem_port.hpp"
#include "base/units.hpp"

namespace probity::semihosting {

constexpr std::size_t kLongestName = 4096;
constexpr std::size_t kLongestText = 1u << 20;  // of SYS_WRITE0 and of a user operation
constexpr std::size_t kPiece = 4096;            // of a buffer of the program's that is moved at once

class Arguments {
 public:
  Arguments(MemPort& memory, Address block) : memory_(memory), block_(block) {}

  Address block() const { return block_; }
  // The n-th word at r1.
  std::optional<std::uint32_t> word(unsigned n) const;
  std::optional<std::uint8_t> byte() const;
  // False: the memory cannot be written.
  bool set_word(unsigned n, std::uint32_t value) const;
  bool write(Address address, ByteView bytes) const;
  std::optional<Bytes> read(Address address, std::size_t size) const;
  // `length` bytes, or what is before a 0 among them. Nothing where it is longer than `most`.
  std::optional<std::string> text(Address address, std::size_t length, std::size_t most) const;
  // Up to its 0; nothing where there is none within kLongestText.
  std::optional<std::string> zero_ended(Address address) const;

 private:
  MemPort& memory_;
  Address block_;
};

}  // namespace probity::semihosting
