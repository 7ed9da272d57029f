// The block-based memory protection controller of one SRAM (GTZC's MPCBB; RM0438 5.6, RM0456 5.7,
// RM0481 5.7): which of its blocks are Secure. With TrustZone all of them are after a reset. Its registers
// are the Secure world's, and read 0 for everybody where there is none. Privilege attributes are kept and
// change nothing.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class Mpcbb final : public RegisterBlock {
 public:
  // `changed`: what is open to whom has changed.
  Mpcbb(const SramGuard& facts, std::function<void()> changed);

  const SramGuard& facts() const { return facts_; }
  bool covers(std::uint32_t address) const { return address - facts_.base < facts_.kib * 1024; }
  // `address` as of the Non-secure alias, covered.
  Passage passage(Master master, Security security, std::uint32_t address) const;

  // For the next reset().
  void set_trust_zone(bool present) { present_ = present; }
  void reset() override;
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  BusStatus read_as(Security security, std::uint32_t offset, Lanes lanes, std::uint32_t& value) override;
  BusStatus write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) override;

 private:
  std::uint32_t* word(std::uint32_t offset);
  bool locked(std::uint32_t offset) const;

  SramGuard facts_;
  std::function<void()> changed_;
  bool present_ = false;
  std::uint32_t cr_ = 0;
  std::array<std::uint32_t, 2> locks_{};
  std::vector<std::uint32_t> secure_, privileged_;  // a bit a block
};

}  // namespace probity::vboard
