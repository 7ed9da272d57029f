// The debug-port layer inside an ST-LINK's firmware: bank selection, posted reads, WAIT retries, and memory
// access through a MEM-AP (ADIv5.2, parts B and C). Works over SWD or JTAG.
#pragma once

#include <memory>
#include <optional>

#include "base/units.hpp"
#include "vboard/probe/jtag_port.hpp"
#include "vboard/probe/swd_port.hpp"

namespace probity::vboard {

// One raw transfer with SWD's semantics: an AP read returns the result of the previous AP read, which DP
// RDBUFF gives for the last one.
class DpWire {
 public:
  virtual ~DpWire() = default;
  virtual WireAck transfer(const WireRequest& request, std::uint32_t& data) = 0;
  // Wakes the port up and returns its DPIDR (SWD) or IDCODE (JTAG); nothing where none answers.
  virtual std::optional<std::uint32_t> connect() = 0;
  // True where an error can be seen in CTRL/STAT only, and is cleared there (JTAG-DP).
  virtual bool faults_are_silent() const = 0;
  virtual void idle(unsigned cycles) = 0;
  // Identities on the wire, nearest TDO first; for SWD the one DPIDR.
  virtual std::vector<std::uint32_t> idcodes() const = 0;
};
std::unique_ptr<DpWire> make_swd_wire(Pins& pins);
std::unique_ptr<DpWire> make_jtag_wire(Pins& pins);

struct MemoryAccess {
  unsigned ap = 0;
  std::uint32_t protection = 0;  // CSW bits 31:8; 0: the firmware's default
  std::uint32_t address = 0;     // aligned to `size`
  unsigned size = 4;             // bytes an access: 1, 2 or 4
  bool increment = true;
  bool split = true;  // TAR is set anew at each 1 KiB; else the access port counts on, and may wrap
};

struct MemoryResult {
  WireAck ack = WireAck::ok;
  std::uint32_t address = 0;  // where it stopped, if not ok
};

class DapClient {
 public:
  // The firmware repeats a transfer that was answered WAIT this often before it reports it.
  static constexpr unsigned kWaitRetries = 100;

  explicit DapClient(DpWire& wire) : wire_(wire) {}

  // Connects the wire, clears sticky errors and powers the debug domain up. Nothing where no port answers;
  // WireAck::wait/none as `power_up` result where the power-up was not acknowledged.
  std::optional<std::uint32_t> connect();

  // `address` is the register's: for a DP bits 7:4 are the bank, for an AP they go to SELECT.APBANKSEL.
  WireAck read_dp(std::uint8_t address, std::uint32_t& value);
  WireAck write_dp(std::uint8_t address, std::uint32_t value);
  WireAck read_ap(unsigned ap, std::uint8_t address, std::uint32_t& value);
  WireAck write_ap(unsigned ap, std::uint8_t address, std::uint32_t value);

  // Whole accesses of `access.size`; a sticky error is cleared before returning.
  MemoryResult read(const MemoryAccess& access, ByteSpan into);
  MemoryResult write(const MemoryAccess& access, ByteView from);

 private:
  WireAck transfer(const WireRequest& request, std::uint32_t& data);
  WireAck select(std::uint32_t value);
  WireAck read_ap_register(std::uint8_t a, std::uint32_t& value);
  WireAck start_memory(const MemoryAccess& access, std::uint32_t address);
  WireAck read_chunk(const MemoryAccess& access, std::uint32_t address, ByteSpan into);
  WireAck write_chunk(const MemoryAccess& access, std::uint32_t address, ByteView from);
  WireAck settle();
  void clear_sticky();

  DpWire& wire_;
  std::optional<std::uint32_t> select_;  // what DP SELECT holds, if known
};

}  // namespace probity::vboard
