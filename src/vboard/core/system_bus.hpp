// What the core and the debug access port see of the chip's bus.
#pragma once

#include <cstdint>

namespace probity::vboard {

enum class Master : std::uint8_t { fetch, data, debug };
// HNONSEC of an access. A core without the Security Extension makes Non-secure ones only.
enum class Security : std::uint8_t { non_secure, secure };
// stalled: try again later (flash busy); time has to pass
enum class BusStatus : std::uint8_t { ok, error, stalled };

// What the chip's IDAU says of the addresses [begin, begin + size) (Armv8-M ARM, DDI 0553, "Security
// attribution"; `size` 0 with `begin` 0: all 4 GiB). `callable`: Non-secure callable, of Secure memory only;
// `exempt`: the address has no attribution, everybody's accesses pass with the security of their state.
struct IdauRegion {
  bool secure = false, callable = false, exempt = false;
  std::uint32_t begin = 0, size = 0;
};

// `size` is 1, 2 or 4 and divides `address`. A read fills `value`, zero-extended.
class SystemBus {
 public:
  static constexpr std::uint64_t kEventUnknown = 0, kNoEvent = ~std::uint64_t{0};

  virtual ~SystemBus() = default;
  virtual BusStatus read(Master master, Security security, std::uint32_t address, unsigned size,
                         std::uint32_t& value) = 0;
  virtual BusStatus write(Master master, Security security, std::uint32_t address, unsigned size,
                          std::uint32_t value) = 0;
  // The core has just written this: would the same write once more, now or later, change nothing at all? (A
  // key for a watchdog that does not run.) It does not end a polling loop then.
  virtual bool write_repeats(std::uint32_t /*address*/, std::uint32_t /*value*/) { return false; }

  // Fast path for plain memory: a pointer to the byte at `address`, inside the window [window_begin,
  // window_begin + window_size), or null (peripherals, busy flash). The core decodes instructions from it and
  // may read data through it without asking again, until Core::memory_changed() names the window: call that,
  // for every alias of the address, when the content changes other than by the core's own store to that
  // address, when the window moves, and when it stops being plain memory (flash becomes busy).
  virtual const std::uint8_t* fetch_window(Security security, std::uint32_t address,
                                           std::uint32_t& window_begin, std::uint32_t& window_size) = 0;

  // The same for plain RAM the core may also write through the pointer without read() or write() being
  // called. Null where writes are to be seen.
  virtual std::uint8_t* data_window(Security /*security*/, std::uint32_t /*address*/,
                                    std::uint32_t& /*window_begin*/, std::uint32_t& /*window_size*/) {
    return nullptr;
  }

  // The attribution of the address by the chip alone; the core combines it with its SAU. Constant between two
  // resets of the core.
  virtual IdauRegion idau(std::uint32_t /*address*/) { return {}; }

  // The first Core::cycle() from now on at which anything the core can read may change by itself (a busy flag
  // falls, a ready flag rises, a stall ends). kNoEvent: nothing will before the next access. kEventUnknown
  // (also right while a register counts, or while reading has side effects): the core then executes every
  // turn of a polling loop instead of skipping those that cannot differ.
  virtual std::uint64_t next_event_cycle() { return kEventUnknown; }
};

}  // namespace probity::vboard
