// Images: what a file says should be in memory. Readers for ELF (by physical address, libelf), Intel HEX,
// Motorola S-record and raw binary; detected by content, or named as OpenOCD names them ("bin", "ihex",
// "elf", "s19").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity {

enum class ImageFormat { binary, intel_hex, elf, s_record };
std::string_view name_of(ImageFormat format);  // "bin" "ihex" "elf" "s19"
std::optional<ImageFormat> image_format_named(std::string_view name);

struct Segment {
  Address address = 0;
  Bytes data;
  std::string name;  // for messages: "segment 2", "line 17"
  AddressRange range() const { return {address, data.size()}; }
};

struct Image {
  std::string path;
  ImageFormat format = ImageFormat::binary;
  std::vector<Segment> segments;  // sorted by address, not overlapping; touching ones are merged
  std::optional<Address> entry;
  std::uint64_t size() const;  // bytes in all segments
};

// Reads a file. `format` overrides detection. `offset` is added to every address (`program FILE OFFSET`): for
// a binary, whose own address is 0, it is the load address. Throws ImageError naming path and line or
// segment: missing, unreadable, empty, no loadable content, truncated, bad checksum, bad record, addresses
// beyond 32 bits, overlapping segments with different content (same content is merged).
Image load_image(const std::string& path, std::optional<ImageFormat> format, std::uint64_t offset);
// The same of content that was read already; `path` is its name in messages.
Image parse_image(ByteView content, const std::string& path, std::optional<ImageFormat> format,
                  std::uint64_t offset);
// What the content looks like; binary where nothing else fits.
ImageFormat detect_format(ByteView content);

}  // namespace probity
