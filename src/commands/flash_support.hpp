// What flash and image commands share: timing lines, banks by the user's words, files in and out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "commands/row.hpp"
#include "session/session.hpp"

namespace probity::flash_support {

// Measures from its construction; text as OpenOCD 0.12.0 prints it.
class Stopwatch {
 public:
  explicit Stopwatch(Session& session) : clock_(session.clock()), start_(clock_.now()) {}
  std::string seconds() const;                  // "0.512345s"
  std::string rate(std::uint64_t bytes) const;  // "in 0.512345s (31.250 KiB/s)"

 private:
  Clock& clock_;
  Nanoseconds start_;
};

// By number or name, probed. `number` is what messages call it.
struct NamedBank {
  FlashBank& bank;
  std::size_t number;
};
NamedBank bank_of(Session& session, const std::string& word);

// `bank` as its driver's class for main flash; UsageError where it is another bank.
template <typename Bank>
Bank& as_main_flash(FlashBank& bank, std::string_view driver) {
  if (auto* main = dynamic_cast<Bank*>(&bank)) return *main;
  throw UsageError("bank " + bank.config().name + " is not the main flash of driver " + std::string(driver));
}

// "FILE [OFFSET [TYPE]]" → the image; UsageError where the words are others.
Image image_from(std::span<const std::string> words);

// Lists the differences as OpenOCD does and throws FlashError with describe(mismatch).
[[noreturn]] void fail_verify(Session& session, const Image& image, const Mismatch& mismatch);

// A whole file; ImageError where it can't be read or written.
Bytes read_file(const std::string& path);
void write_file(const std::string& path, ByteView content);

}  // namespace probity::flash_support
