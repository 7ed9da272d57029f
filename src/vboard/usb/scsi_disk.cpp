#include "vboard/usb/scsi_disk.hpp"

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"
#include "vboard/usb/fat12.hpp"

namespace probity::vboard {

namespace {

// Operation codes: SPC-2, annex C.
enum class Operation : std::uint8_t {
  test_unit_ready = 0x00,
  request_sense = 0x03,
  inquiry = 0x12,
  mode_sense_6 = 0x1A,
  start_stop_unit = 0x1B,
  prevent_allow_removal = 0x1E,
  read_capacity = 0x25,
  read_10 = 0x28,
  write_10 = 0x2A,
  verify_10 = 0x2F,
  synchronize_cache = 0x35,
  mode_sense_10 = 0x5A,
};

constexpr std::uint8_t kWriteProtect = 0x80;  // device-specific parameter of a mode header (SBC-2, 6.3.1)

ScsiDisk::Result answer(Bytes data, std::size_t allocated) {
  data.resize(std::min(data.size(), allocated));
  return {.good = true, .data = std::move(data)};
}

}  // namespace

// Key, additional code and qualifier: SPC-2, tables 107 and 108.
const ScsiDisk::Sense ScsiDisk::kNoSense = {0x0, 0x00, 0x00};
const ScsiDisk::Sense ScsiDisk::kUnknownCommand = {0x5, 0x20, 0x00};
const ScsiDisk::Sense ScsiDisk::kBadField = {0x5, 0x24, 0x00};
const ScsiDisk::Sense ScsiDisk::kOutOfRange = {0x5, 0x21, 0x00};
const ScsiDisk::Sense ScsiDisk::kWriteProtected = {0x7, 0x27, 0x00};

ScsiDisk::Result ScsiDisk::fail(const Sense& sense) {
  sense_ = sense;
  return {.good = false, .data = {}};
}

ScsiDisk::Result ScsiDisk::run(ByteView block) {
  Bytes whole(block.begin(), block.end());
  whole.resize(16);
  const auto operation = static_cast<Operation>(whole[0]);
  if (operation != Operation::request_sense) sense_ = kNoSense;
  switch (operation) {
    case Operation::test_unit_ready:
    case Operation::start_stop_unit:
    case Operation::prevent_allow_removal:
    case Operation::verify_10:
    case Operation::synchronize_cache:
      return {};
    case Operation::request_sense:
      return request_sense(whole);
    case Operation::inquiry:
      return inquiry(whole);
    case Operation::mode_sense_6:
      return mode_sense_6(whole);
    case Operation::mode_sense_10:
      return mode_sense_10(whole);
    case Operation::read_capacity:
      return read_capacity();
    case Operation::read_10:
      return read_10(whole);
    case Operation::write_10:
      return fail(kWriteProtected);
  }
  return fail(kUnknownCommand);
}

// SPC-2, 7.3. The names are those that ST-LINK/V2-1 and STLINK-V3 show ("Direct-Access MBED
// microcontroller 1.0 ... ANSI: 2" in Linux' log).
ScsiDisk::Result ScsiDisk::inquiry(ByteView block) {
  if ((block[1] & 0x03) != 0 || block[2] != 0) return fail(kBadField);  // no vital product data pages
  constexpr std::uint8_t kDirectAccess = 0x00, kRemovable = 0x80, kScsi2 = 2, kFormat = 2, kMoreBytes = 31;
  Bytes data = {kDirectAccess, kRemovable, kScsi2, kFormat, kMoreBytes, 0, 0, 0};
  constexpr std::string_view kNames = "MBED    microcontroller 1.0 ";
  data.insert(data.end(), kNames.begin(), kNames.end());
  return answer(std::move(data), block[4]);
}

// SPC-2, 7.20: fixed format. Telling clears it.
ScsiDisk::Result ScsiDisk::request_sense(ByteView block) {
  Bytes data(18);
  data[0] = 0x70;
  data[2] = sense_.key;
  data[7] = 10;  // bytes that follow
  data[12] = sense_.code;
  data[13] = sense_.qualifier;
  sense_ = kNoSense;
  return answer(std::move(data), block[4]);
}

ScsiDisk::Result ScsiDisk::read_capacity() const {
  Bytes data(8);
  store_be32(data, 0, static_cast<std::uint32_t>(sectors_.size() / kSectorSize - 1));
  store_be32(data, 4, kSectorSize);
  return {.good = true, .data = std::move(data)};
}

// The header alone (SPC-2, 8.3.3): the disk has no mode pages to tell.
ScsiDisk::Result ScsiDisk::mode_sense_6(ByteView block) { return answer({3, 0, kWriteProtect, 0}, block[4]); }

ScsiDisk::Result ScsiDisk::mode_sense_10(ByteView block) {
  return answer({0, 6, 0, kWriteProtect, 0, 0, 0, 0}, load_be16(block, 7));
}

ScsiDisk::Result ScsiDisk::read_10(ByteView block) {
  const std::size_t first = std::size_t{load_be32(block, 2)} * kSectorSize;
  const std::size_t size = std::size_t{load_be16(block, 7)} * kSectorSize;
  if (first > sectors_.size() || sectors_.size() - first < size) return fail(kOutOfRange);
  const auto begin = sectors_.begin() + static_cast<std::ptrdiff_t>(first);
  return {.good = true, .data = Bytes(begin, begin + static_cast<std::ptrdiff_t>(size))};
}

}  // namespace probity::vboard
