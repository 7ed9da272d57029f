// A read-only removable disk as SCSI commands see it (SPC-2, SBC-2): the subset that operating systems ask of
// a USB stick. Everything else ends in a check condition that says what was wrong.
#pragma once

#include "base/units.hpp"

namespace probity::vboard {

class ScsiDisk {
 public:
  // `sectors`: the whole medium, in blocks of 512 bytes.
  explicit ScsiDisk(Bytes sectors) : sectors_(std::move(sectors)) {}

  struct Result {
    bool good = true;  // else REQUEST SENSE tells why
    Bytes data;        // for the host
  };
  // `block`: the command descriptor block.
  Result run(ByteView block);

 private:
  struct Sense {
    std::uint8_t key, code, qualifier;
  };
  Result fail(const Sense& sense);
  Result inquiry(ByteView block);
  Result request_sense(ByteView block);
  Result read_capacity() const;
  Result mode_sense_6(ByteView block);
  Result mode_sense_10(ByteView block);
  Result read_10(ByteView block);

  static const Sense kNoSense, kUnknownCommand, kBadField, kOutOfRange, kWriteProtected;

  Bytes sectors_;
  Sense sense_ = kNoSense;
};

}  // namespace probity::vboard
