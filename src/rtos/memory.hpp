// Structures of a real-time operating system in the target's memory. Every read says what it is for, so that
// an error names the structure: "FreeRTOS: reading xSuspendedTaskList at 0x20000010".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/units.hpp"

namespace probity::rtos {

class StructureReader {
 public:
  // `system` is the name in front of each error. `memory` must outlive the reader.
  StructureReader(std::string_view system, MemPort& memory) : system_(system), memory_(memory) {}

  // In one transfer. MemoryFault where the memory is not there; TargetError for a null pointer.
  Bytes read(Address address, std::size_t size, std::string_view what);
  std::uint32_t word(Address address, std::string_view what);
  // Pieces that lie apart, in the order asked for. Those that are near each other (a system's variables
  // mostly are) come in one transfer.
  struct Piece {
    Address address = 0;
    std::size_t size = 4;
  };
  std::vector<Bytes> pieces(const std::vector<Piece>& wanted, std::string_view what);
  std::vector<std::uint32_t> words(const std::vector<Address>& addresses, std::string_view what);
  // Up to a NUL, at most `longest` bytes; characters that no terminal should get are shown as '?'. Never
  // reads beyond an aligned block of 32 bytes that holds part of the text, and so not beyond the end of a
  // memory.
  std::string text(Address address, std::string_view what, std::size_t longest = kLongestName);

  // A structure of `size` bytes and the text that begins in or behind it at `text_offset`; the text's
  // beginning comes with the structure's bytes.
  struct WithText {
    Bytes bytes;
    std::string text;
  };
  WithText read_with_text(Address address, std::size_t size, std::size_t text_offset, std::string_view what);

  // TargetError "FreeRTOS: " + message.
  [[noreturn]] void fail(const std::string& message) const;

  static constexpr std::size_t kLongestName = 64;

 private:
  std::string system_;
  MemPort& memory_;
};

}  // namespace probity::rtos
