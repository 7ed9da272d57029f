// A memory that belongs to a peripheral and is seen on the bus as bytes.
#pragma once

#include "base/bytes.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class ByteRam final : public RegisterBlock {
 public:
  // `bytes`, a multiple of 4, must outlive it. No reset changes them.
  explicit ByteRam(Bytes& bytes) : bytes_(bytes) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    value = load_le32(bytes_, offset);
    return BusStatus::ok;
  }
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override {
    store_le32(bytes_, offset, lanes.merge(load_le32(bytes_, offset), value));
    return BusStatus::ok;
  }
  void reset() override {}

 private:
  Bytes& bytes_;
};

}  // namespace probity::vboard
