// MemPort: memory of the target behind one access port, the waist between "how the probe reaches memory" and
// everything above. Implemented by MemAp (dap/, over DAP transfers) and StlinkMemory (adapter/stlink, the
// probe's own commands).
#pragma once

#include <optional>
#include <span>

#include "base/units.hpp"

namespace probity {

enum class Width : std::uint8_t { byte = 1, half = 2, word = 4 };

// One aligned 32-bit access in a batch; a read fills `value`.
struct WordAccess {
  Address address = 0;
  bool read = false;
  std::uint32_t value = 0;

  static WordAccess load(Address a) { return {a, true, 0}; }
  static WordAccess store(Address a, std::uint32_t v) { return {a, false, v}; }
};

// Errors: MemoryFault with the first address known to be bad where the probe tells, else the block's first;
// AdapterError, DapError or TimeoutError when the way to the target fails. After a MemoryFault the port is
// usable again.
class MemPort {
 public:
  virtual ~MemPort() = default;

  // `address` and the size of `data` must be multiples of `width`. Every access on the target's bus has
  // exactly that width (peripheral registers depend on it), in rising order.
  virtual void read(Address address, ByteSpan data, Width width) = 0;
  virtual void write(Address address, ByteView data, Width width) = 0;

  // Word accesses in order, in as few round trips as the probe allows; stops at the first fault. The default
  // goes one by one.
  virtual void run(std::span<WordAccess> batch);

  // The bus attributes that accesses go out with: CSW of the MEM-AP without Size and AddrInc (HPROT; with
  // TrustZone bit 30, clear asks for Secure). Nothing where the probe chooses them by itself and was not told
  // otherwise.
  virtual std::optional<std::uint32_t> csw() { return {}; }
  // The bits of `mask` from now on. False: the probe cannot be told.
  virtual bool set_csw(std::uint32_t value, std::uint32_t mask) {
    (void)value, (void)mask;
    return false;
  }

  // Any address, any size: the widest aligned accesses that cover exactly the range.
  void read_bytes(Address address, ByteSpan data);
  void write_bytes(Address address, ByteView data);

  std::uint32_t read32(Address address);
  std::uint16_t read16(Address address);
  std::uint8_t read8(Address address);
  void write32(Address address, std::uint32_t value);
  void write16(Address address, std::uint16_t value);
  void write8(Address address, std::uint8_t value);
};

// While it lives, and where it is wanted, accesses ask for Secure, whatever `apcsw` chose (CSW.HNONSEC = 0).
// Where the probe cannot be told they are what they were.
class SecureAccess {
 public:
  explicit SecureAccess(MemPort& memory, bool wanted = true);
  ~SecureAccess();
  SecureAccess(const SecureAccess&) = delete;
  SecureAccess& operator=(const SecureAccess&) = delete;

 private:
  MemPort& memory_;
  std::optional<std::uint32_t> before_;
};

}  // namespace probity
