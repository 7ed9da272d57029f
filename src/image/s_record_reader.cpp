// Motorola S-record. Source: M68000 Family Programmer's Reference Manual, appendix C.
#include <fmt/format.h>

#include <numeric>

#include "base/errors.hpp"
#include "image/text_records.hpp"

namespace probity {

namespace {

// Bytes of address behind the type digit; 0: no such record type (S4).
constexpr unsigned kAddressBytes[10] = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};

struct SRecord {
  unsigned type = 0;
  std::uint64_t address = 0;
  Bytes data;
};

class SRecordReader {
 public:
  explicit SRecordReader(const std::string& path) : path_(path) {}

  // Returns false after a termination record.
  bool take(std::string_view line, unsigned number) {
    line_ = number;
    const SRecord record = parse(line);
    if (record.type >= 1 && record.type <= 3) {
      add_record(image_, record.address, record.data, line_);
      ++data_records_;
    } else if (record.type == 5 || record.type == 6) {
      check_count(record.address);
    } else if (record.type >= 7) {
      image_.entry = static_cast<Address>(record.address);
      ended_ = true;
      return false;
    }
    return true;
  }

  RawImage finish() {
    if (!ended_) fail("no termination record (S7, S8 or S9): the file is not complete");
    return std::move(image_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ImageError(fmt::format("{}: line {}: {}", path_, line_, what), path_, line_);
  }

  void check_count(std::uint64_t count) const {
    if (count != data_records_) {
      fail(fmt::format("the count record says {} data records, there are {}", count, data_records_));
    }
  }

  SRecord parse(std::string_view line) const {
    if (line.size() < 2 || line[0] != 'S' || line[1] < '0' || line[1] > '9') {
      fail("a record must begin with S and a digit");
    }
    SRecord record;
    record.type = static_cast<unsigned>(line[1] - '0');
    const std::size_t address_bytes = kAddressBytes[record.type];
    if (address_bytes == 0) fail(fmt::format("unknown record type S{}", record.type));
    const auto bytes = parse_hex_digits(line.substr(2));
    if (!bytes) fail("not pairs of hexadecimal digits");
    if (bytes->size() < 1 + address_bytes + 1) fail("record is too short");
    if (bytes->size() != std::size_t{1} + (*bytes)[0]) {
      fail(fmt::format("record says {} bytes follow but has {}", (*bytes)[0], bytes->size() - 1));
    }
    const auto sum = std::accumulate(bytes->begin(), bytes->end() - 1, std::uint8_t{0});
    const auto expected = static_cast<std::uint8_t>(~sum);
    if (bytes->back() != expected) {
      fail(fmt::format("incorrect record checksum: 0x{:02x} found, 0x{:02x} expected", bytes->back(),
                       expected));
    }
    for (std::size_t i = 1; i <= address_bytes; ++i) record.address = record.address * 256 + (*bytes)[i];
    record.data.assign(bytes->begin() + 1 + static_cast<std::ptrdiff_t>(address_bytes), bytes->end() - 1);
    return record;
  }

  const std::string& path_;
  unsigned line_ = 0;
  std::uint64_t data_records_ = 0;
  bool ended_ = false;
  RawImage image_;
};

}  // namespace

RawImage read_s_record(ByteView content, const std::string& path) {
  SRecordReader reader(path);
  for_each_record_line(content,
                       [&](std::string_view line, unsigned number) { return reader.take(line, number); });
  return reader.finish();
}

bool looks_like_s_record(ByteView content) {
  const std::string_view line = first_record_line(content);
  return line.size() >= 10 && line[0] == 'S' && line[1] >= '0' && line[1] <= '9' &&
         parse_hex_digits(line.substr(2, 8)).has_value();
}

}  // namespace probity
