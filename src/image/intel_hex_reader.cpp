// Intel HEX. Source: Intel, "Hexadecimal Object File Format Specification", Revision A, 1988.
#include <fmt/format.h>

#include <numeric>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "image/text_records.hpp"

namespace probity {

namespace {

enum RecordType : std::uint8_t {
  kData = 0,
  kEndOfFile = 1,
  kExtendedSegmentAddress = 2,
  kStartSegmentAddress = 3,
  kExtendedLinearAddress = 4,
  kStartLinearAddress = 5,
};

constexpr std::size_t kHeaderSize = 4;  // length, address (2), type; the checksum follows the data

struct IntelHexRecord {
  std::uint16_t address = 0;
  std::uint8_t type = 0;
  Bytes data;
};

class IntelHexReader {
 public:
  explicit IntelHexReader(const std::string& path) : path_(path) {}

  // Returns false after the end-of-file record.
  bool take(std::string_view line, unsigned number) {
    line_ = number;
    const IntelHexRecord record = parse(line);
    switch (record.type) {
      case kData:
        add_record(image_, base_ + record.address, record.data, line_);
        return true;
      case kEndOfFile:
        ended_ = true;
        return false;
      case kExtendedSegmentAddress:
        base_ = std::uint64_t{load_be16(payload(record, 2))} * 16;
        return true;
      case kExtendedLinearAddress:
        base_ = std::uint64_t{load_be16(payload(record, 2))} * 0x10000;
        return true;
      case kStartSegmentAddress:
        payload(record, 4);  // CS:IP of an 8086: no meaning here
        return true;
      case kStartLinearAddress:
        image_.entry = load_be32(payload(record, 4));
        return true;
      default:
        fail(fmt::format("unknown record type 0x{:02x}", record.type));
    }
  }

  RawImage finish() {
    if (!ended_) fail("no end-of-file record: the file is not complete");
    return std::move(image_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ImageError(fmt::format("{}: line {}: {}", path_, line_, what), path_, line_);
  }

  IntelHexRecord parse(std::string_view line) const {
    if (line.front() != ':') fail("a record must begin with ':'");
    const auto bytes = parse_hex_digits(line.substr(1));
    if (!bytes) fail("not pairs of hexadecimal digits");
    if (bytes->size() < kHeaderSize + 1) fail("record is too short");
    const std::size_t length = (*bytes)[0];
    if (bytes->size() != kHeaderSize + length + 1) {
      fail(fmt::format("record says {} data bytes but has {}", length, bytes->size() - kHeaderSize - 1));
    }
    const auto sum = std::accumulate(bytes->begin(), bytes->end() - 1, std::uint8_t{0});
    const auto expected = static_cast<std::uint8_t>(-sum);
    if (bytes->back() != expected) {
      fail(fmt::format("incorrect record checksum: 0x{:02x} found, 0x{:02x} expected", bytes->back(),
                       expected));
    }
    return {load_be16(*bytes, 1), (*bytes)[3], Bytes(bytes->begin() + kHeaderSize, bytes->end() - 1)};
  }

  const Bytes& payload(const IntelHexRecord& record, std::size_t size) const {
    if (record.data.size() != size) {
      fail(fmt::format("record type {} needs {} data bytes, it has {}", record.type, size,
                       record.data.size()));
    }
    return record.data;
  }

  const std::string& path_;
  unsigned line_ = 0;
  std::uint64_t base_ = 0;
  bool ended_ = false;
  RawImage image_;
};

}  // namespace

RawImage read_intel_hex(ByteView content, const std::string& path) {
  IntelHexReader reader(path);
  for_each_record_line(content,
                       [&](std::string_view line, unsigned number) { return reader.take(line, number); });
  return reader.finish();
}

bool looks_like_intel_hex(ByteView content) {
  const std::string_view line = first_record_line(content);
  return line.size() >= 1 + 2 * (kHeaderSize + 1) && line.front() == ':' &&
         parse_hex_digits(line.substr(1, 2 * kHeaderSize)).has_value();
}

}  // namespace probity
