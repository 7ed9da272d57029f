// SEGGER RTT's control block in the target's memory (SEGGER UM08001, chapter 16; the target's own
// SEGGER_RTT.h): 16 bytes of id, two counts, then a descriptor a ring. All of it is written by the program,
// or is whatever lies in RAM: nothing is believed that was not checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/units.hpp"

namespace probity {

enum class RttDirection { up, down };  // from the target, to the target

// As it was when it was read.
struct RttRing {
  RttDirection direction = RttDirection::up;
  unsigned number = 0;
  Address descriptor = 0;  // of this ring, in the target
  Address name = 0;        // a string; 0: none
  Address buffer = 0;
  std::uint32_t size = 0;  // 0: the channel is not in use
  std::uint32_t write_offset = 0, read_offset = 0;
  std::uint32_t flags = 0;  // bits 1:0: what the target does with a full ring (skip, trim, block)

  bool in_use() const { return size != 0; }
  // What makes it impossible to use, naming field and value: "up-channel 1: WrOff 0x99 is not below …".
  // Nothing: it is sound.
  std::optional<std::string> trouble(const AddressRange& control_block) const;
};

struct RttControlBlock {
  AddressRange range;
  std::vector<RttRing> up, down;
};

// Where the id stands within `range`, in rising order; stops at the first memory that cannot be read.
std::vector<Address> find_rtt_ids(MemPort& memory, const AddressRange& range, const std::string& id);
// Reads the block at `address`. Nothing where the id is not there (any more); TargetError, naming the field,
// where what follows the id cannot be. The rings are not checked.
std::optional<RttControlBlock> read_rtt_control_block(MemPort& memory, Address address,
                                                      const std::string& id);
// What is in an up ring, at most `limit` bytes, which are taken out of it. The ring must be sound.
Bytes take_from_rtt(MemPort& memory, const RttRing& ring, std::size_t limit);
// Free room of a sound ring.
std::size_t room_in_rtt(const RttRing& ring);
// Puts bytes into a sound down ring that has room for them.
void put_into_rtt(MemPort& memory, const RttRing& ring, ByteView bytes);
// The name, cut after 31 characters; empty where it cannot be read.
std::string rtt_ring_name(MemPort& memory, const RttRing& ring);

}  // namespace probity
