// Where a program's characters go and come from.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace probity {

class SemihostingConsole {
 public:
  virtual ~SemihostingConsole() = default;
  enum class Stream { out, err };
  // False: nobody takes it.
  virtual bool write(Stream stream, ByteView bytes) = 0;
  // Never waits. Nothing: nothing there yet; empty: there will be no more.
  virtual std::optional<Bytes> read(std::size_t limit) = 0;
};

// The program's own standard streams, as OpenOCD uses them.
class StandardConsole final : public SemihostingConsole {
 public:
  bool write(Stream stream, ByteView bytes) override;
  std::optional<Bytes> read(std::size_t limit) override;
};

}  // namespace probity
