#include "commands/flash_support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/errors.hpp"
#include "commands/args.hpp"

namespace probity::flash_support {

std::string Stopwatch::seconds() const {
  return fmt::format("{:f}s", std::chrono::duration<double>(clock_.now() - start_).count());
}

std::string Stopwatch::rate(std::uint64_t bytes) const {
  const double passed = std::chrono::duration<double>(clock_.now() - start_).count();
  const double kib = static_cast<double>(bytes) / 1024;
  return fmt::format("in {:f}s ({:.3f} KiB/s)", passed, passed > 0 ? kib / passed : 0);
}

NamedBank bank_of(Session& session, const std::string& word) {
  FlashBank& bank = session.flash_bank(word);
  const auto entry =
      std::ranges::find_if(session.flash_banks, [&](const FlashEntry& e) { return e.bank.get() == &bank; });
  if (!bank.probed()) bank.probe();
  return {bank, static_cast<std::size_t>(entry - session.flash_banks.begin())};
}

Image image_from(std::span<const std::string> words) {
  args::expect(words, 1, 3);
  std::uint64_t offset = 0;
  if (words.size() > 1) {
    const bool negative = words[1].starts_with('-');
    offset = args::number(std::string_view(words[1]).substr(negative ? 1 : 0));
    if (negative) offset = 0 - offset;
  }
  std::optional<ImageFormat> format;
  if (words.size() > 2) {
    format = image_format_named(words[2]);
    if (!format) throw UsageError(fmt::format("image type '{}' is none of bin, ihex, elf, s19", words[2]));
  }
  return load_image(words[0], format, offset);
}

void fail_verify(Session& session, const Image& image, const Mismatch& mismatch) {
  std::size_t number = 0;
  for (const auto& [address, bytes] : mismatch.first) {
    session.log().user("diff {} address 0x{:08x}. Was 0x{:02x} instead of 0x{:02x}", number++, address,
                       bytes.second, bytes.first);
  }
  if (mismatch.different > mismatch.first.size()) {
    session.log().user("More than {} errors, the rest are not printed.", mismatch.first.size());
  }
  throw FlashError(fmt::format("{}: {}", image.path, describe(mismatch, image)), {}, mismatch.address);
}

Bytes read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  Bytes content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) {
    throw ImageError(fmt::format("couldn't open {}: {}", path, std::strerror(errno)), path);
  }
  return content;
}

void write_file(const std::string& path, ByteView content) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) throw ImageError(fmt::format("couldn't write {}: {}", path, std::strerror(errno)), path);
}

}  // namespace probity::flash_support
