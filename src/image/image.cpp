#include "image/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "image/readers.hpp"

namespace probity {

namespace {

constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;

struct FormatRow {
  ImageFormat format;
  std::string_view name;  // as OpenOCD's commands take it
  RawImage (*read)(ByteView content, const std::string& path);
};
constexpr std::array<FormatRow, 4> kFormats{{
    {ImageFormat::binary, "bin", read_binary},
    {ImageFormat::intel_hex, "ihex", read_intel_hex},
    {ImageFormat::elf, "elf", read_elf},
    {ImageFormat::s_record, "s19", read_s_record},
}};

const FormatRow& row_of(ImageFormat format) {
  return *std::find_if(kFormats.begin(), kFormats.end(),
                       [&](const FormatRow& r) { return r.format == format; });
}

Bytes read_file(const std::string& path) {
  std::error_code status;
  const auto kind = std::filesystem::status(path, status).type();
  if (kind == std::filesystem::file_type::directory) {
    throw ImageError(fmt::format("couldn't open {}: it is a directory", path), path);
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ImageError(fmt::format("couldn't open {}: {}", path, std::strerror(errno)), path);
  if (kind == std::filesystem::file_type::regular &&
      std::filesystem::file_size(path, status) > kAddressSpace) {
    throw ImageError(fmt::format("{} is larger than 4 GiB: no such image fits the target", path), path);
  }
  Bytes content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) throw ImageError(fmt::format("couldn't read {}: {}", path, std::strerror(errno)), path);
  if (content.empty()) throw ImageError(fmt::format("{} is empty (0 bytes)", path), path);
  return content;
}

Segment placed(RawSegment& raw, std::uint64_t offset, const std::string& path) {
  const std::uint64_t address = raw.address + offset;  // a negative offset wraps round to below
  if (address >= kAddressSpace || raw.data.size() > kAddressSpace - address) {
    throw ImageError(fmt::format("{}: {} (0x{:08x}, {} bytes) lies beyond 32-bit addresses", path, raw.name,
                                 address, raw.data.size()),
                     path);
  }
  return {static_cast<Address>(address), std::move(raw.data), std::move(raw.name)};
}

std::string described(const Segment& s) {
  return fmt::format("{} (0x{:08x}-0x{:08x})", s.name, s.address, s.range().end() - 1);
}

// Puts `next` behind or over the end of `last`; both are known to touch or overlap, `next` not beginning
// first.
void merge(Segment& last, const Segment& next, const std::string& path) {
  const std::size_t shared_from = next.address - last.address;
  const std::size_t shared = std::min(last.data.size() - shared_from, next.data.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (last.data[shared_from + i] == next.data[i]) continue;
    throw ImageError(
        fmt::format("{}: {} and {} overlap with different content at 0x{:08x} (0x{:02x} and 0x{:02x})", path,
                    described(last), described(next), next.address + i, last.data[shared_from + i],
                    next.data[i]),
        path);
  }
  append(last.data, ByteView(next.data).subspan(shared));
  last.name = last.name.substr(0, last.name.find(" to ")) + " to " + next.name;
}

std::vector<Segment> normalised(std::vector<Segment> segments, const std::string& path) {
  std::stable_sort(segments.begin(), segments.end(),
                   [](const Segment& a, const Segment& b) { return a.address < b.address; });
  std::vector<Segment> result;
  for (Segment& segment : segments) {
    if (!result.empty() && segment.address <= result.back().range().end()) {
      merge(result.back(), segment, path);
    } else {
      result.push_back(std::move(segment));
    }
  }
  return result;
}

}  // namespace

std::string_view name_of(ImageFormat format) { return row_of(format).name; }

std::optional<ImageFormat> image_format_named(std::string_view name) {
  for (const FormatRow& row : kFormats) {
    if (row.name == name) return row.format;
  }
  return {};
}

std::uint64_t Image::size() const {
  std::uint64_t total = 0;
  for (const Segment& segment : segments) total += segment.data.size();
  return total;
}

RawImage read_binary(ByteView content, const std::string&) {
  return {{{0, Bytes(content.begin(), content.end()), "binary"}}, {}};
}

ImageFormat detect_format(ByteView content) {
  constexpr std::array<std::uint8_t, 4> kElfMagic{0x7F, 'E', 'L', 'F'};
  if (content.size() >= kElfMagic.size() && std::equal(kElfMagic.begin(), kElfMagic.end(), content.begin())) {
    return ImageFormat::elf;
  }
  if (looks_like_intel_hex(content)) return ImageFormat::intel_hex;
  if (looks_like_s_record(content)) return ImageFormat::s_record;
  return ImageFormat::binary;
}

Image load_image(const std::string& path, std::optional<ImageFormat> format, std::uint64_t offset) {
  return parse_image(read_file(path), path, format, offset);
}

Image parse_image(ByteView content, const std::string& path, std::optional<ImageFormat> format,
                  std::uint64_t offset) {
  Image image;
  image.path = path;
  image.format = format.value_or(detect_format(content));
  if (image.format == ImageFormat::elf && detect_format(content) != ImageFormat::elf) {
    throw ImageError(fmt::format("{} is not an ELF file", path), path);
  }
  RawImage raw = row_of(image.format).read(content, path);
  std::vector<Segment> segments;
  for (RawSegment& segment : raw.segments) segments.push_back(placed(segment, offset, path));
  image.segments = normalised(std::move(segments), path);
  image.entry = raw.entry;
  if (image.segments.empty()) {
    throw ImageError(fmt::format("{} has nothing to load: no data records", path), path);
  }
  return image;
}

}  // namespace probity
