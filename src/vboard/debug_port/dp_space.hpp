// The address space behind a debug port of ADIv6 (IHI 0074): a CoreSight ROM table at BASEPTR, which lists
// the access ports, and the 4 KiB of each: its registers from 0xD00 on, and those that identify it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "vboard/debug_port/mem_ap.hpp"

namespace probity::vboard {

class DpSpace {
 public:
  // `targetid` says whose ROM table it is.
  DpSpace(std::uint32_t rom_table, std::uint32_t targetid, const std::vector<MemApFacts>& access_ports);

  // The access port whose frame an address lies in, by MemApFacts::number, and its register (0x00-0xFC);
  // nothing where that is no register of the port.
  struct Register {
    unsigned port = 0;
    std::uint32_t offset = 0;
  };
  static std::optional<Register> port_register(std::uint32_t address);
  // All other words; those that are not there read 0.
  std::uint32_t read(std::uint32_t address) const;

 private:
  std::uint32_t rom_table_, targetid_;
  std::vector<std::uint32_t> ports_;  // their frames
};

}  // namespace probity::vboard
