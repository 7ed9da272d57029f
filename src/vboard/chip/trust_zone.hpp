// What ST puts around an Armv8-M core with the Security Extension: the IDAU, and the guards of the SRAMs.
// Whether it is in force says TZEN, an option that the flash interface loads. (Flash guards itself:
// FlashController.) Not there: the security of peripherals other than these (GTZC's TZSC, RCC, GPIO …), which
// everybody reaches.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/peripherals/mpcbb.hpp"

namespace probity::vboard {

class ChipBus;

class TrustZone {
 public:
  // `changed`: an SRAM [begin, begin + size) is open to others than before.
  using Changed = std::function<void(std::uint32_t begin, std::uint32_t size)>;
  TrustZone(const ChipLine& line, const Changed& changed);
  void add_to(ChipBus& bus);

  // A system reset, with TrustZone or without.
  void reset(bool present);
  bool present() const { return present_; }

  // Of an SRAM's byte, by its address in the Non-secure alias; and how many bytes from `begin` on around it
  // are treated alike at least.
  Passage sram(Master master, Security security, std::uint32_t address) const;
  std::uint32_t block_around(std::uint32_t address, std::uint32_t& begin) const;

  // RM0438 2.2, RM0456 2.2, RM0481 2.2: the aliases with address bit 28 set, and 0x0C000000 of the code
  // region, are Secure, and Non-secure callable as far as the SAU wants it.
  static IdauRegion idau(std::uint32_t address);

 private:
  const Mpcbb* guard(std::uint32_t address) const;

  std::vector<std::unique_ptr<Mpcbb>> guards_;
  bool present_ = false;
};

}  // namespace probity::vboard
