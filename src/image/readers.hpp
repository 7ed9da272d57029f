// One reader per format: file content in, raw pieces out, in the file's own order and with the file's own
// addresses. image.cpp adds the offset, sorts, merges and checks. All throw ImageError with `path` in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

struct RawSegment {
  std::uint64_t address = 0;  // not yet known to fit into 32 bits
  Bytes data;
  std::string name;
};

struct RawImage {
  std::vector<RawSegment> segments;
  std::optional<Address> entry;
};

RawImage read_binary(ByteView content, const std::string& path);
RawImage read_elf(ByteView content, const std::string& path);
RawImage read_intel_hex(ByteView content, const std::string& path);
RawImage read_s_record(ByteView content, const std::string& path);

// What detect_format() asks.
bool looks_like_intel_hex(ByteView content);
bool looks_like_s_record(ByteView content);

}  // namespace probity
