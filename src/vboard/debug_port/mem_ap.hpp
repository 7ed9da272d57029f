// The memory access port (AHB-AP): ADIv5.2 (IHI 0031) chapter C2, Cortex-M4 TRM (DDI 0439) 8.3.
#pragma once

#include <cstdint>
#include <optional>

#include "vboard/core/system_bus.hpp"

namespace probity::vboard {

struct MemApFacts {
  unsigned number = 0;  // APSEL
  std::uint32_t idr = 0, base = 0;
  std::uint32_t tar_wrap = 0x400;  // bytes: auto-increment wraps at the next multiple
  bool core = true;                // a core and its private bus are behind it …
  unsigned cpu = 0;                // … that one
  bool trust_zone = false;         // an AHB5-AP: CSW has HNONSEC and SPIDEN
  bool vendor = false;             // no MEM-AP: its registers but IDR are DebugBus's affair
};

// The buses behind the access ports.
class DebugBus {
 public:
  virtual ~DebugBus() = default;
  virtual BusStatus debug_read(const MemApFacts& port, Security security, std::uint32_t address,
                               unsigned size, std::uint32_t& value) = 0;
  virtual BusStatus debug_write(const MemApFacts& port, Security security, std::uint32_t address,
                                unsigned size, std::uint32_t value) = 0;
  // SPIDEN, as CSW shows it: a debugger may make Secure accesses at this moment. Without, what it asks for as
  // Secure goes out as Non-secure (ADIv5.2 C2.6.4, "SPIDEN").
  virtual bool secure_debug_allowed() const = 0;
  // The request for power-up of a rescue port.
  virtual void rescue(bool requested) = 0;
  // A vendor's port.
  virtual std::uint32_t vendor_read(std::uint32_t offset) = 0;
  virtual void vendor_write(std::uint32_t offset, std::uint32_t value) = 0;
  // While the chip hides its MEM-APs: what each of their registers reads as. Writes are lost then.
  virtual std::optional<std::uint32_t> hidden_port_value() const = 0;
};

class MemAp {
 public:
  MemAp(const MemApFacts& facts, DebugBus& bus) : facts_(facts), bus_(bus) { reset(); }
  void reset();
  unsigned number() const { return facts_.number; }

  // One access at a time: begins one to register `offset` (0x00-0xFC) and tries to complete it. Only when
  // poll() said `done` or `fault` may the next begin.
  void begin_read(std::uint32_t offset);
  void begin_write(std::uint32_t offset, std::uint32_t value);
  enum class Progress { done, stalled, fault };
  // Goes on with the access where the bus stalled. `fault` is reported once.
  Progress poll();
  // The value of the last completed read.
  std::uint32_t result() const { return result_; }
  // DAPABORT: forgets the access under way.
  void abort() { access_.reset(); }

 private:
  struct Access {
    bool write = false, increment = false;
    std::uint32_t address = 0, value = 0;
    unsigned size = 4, beats = 1;
  };
  void begin_transfer(Access access);
  Access data_access(bool write, std::uint32_t value) const;
  Access banked_access(std::uint32_t offset, bool write, std::uint32_t value) const;
  BusStatus transfer_beat(Access& access);
  void increment_tar(unsigned size);

  Security security() const;
  bool is_elsewhere(std::uint32_t offset, std::uint32_t& value);

  MemApFacts facts_;
  DebugBus& bus_;
  std::uint32_t csw_ = 0, tar_ = 0, result_ = 0;
  std::optional<Access> access_;
};

}  // namespace probity::vboard
