// The non-volatile memory controller of Nordic's nRF51 and nRF52 (nRF51 RM v3.0 6, nRF52832 PS v1.4 11),
// strict: CONFIG says whether the next thing is a write or an erase, whatever else is tried is an error. It
// has no keys and no error flags. NonVolatile::otp is the UICR, which ERASEALL and ERASEUICR erase.
#pragma once

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

struct NvmcFacts {
  std::uint32_t page_size = 4096;  // bytes
  Microseconds word_time{0}, page_time{0}, all_time{0};
  bool regions = false;    // nRF51: UICR has CLENR0 and RBPCONF
  bool approtect = false;  // nRF52: UICR has APPROTECT
};

// Its registers from 0x4001E400 on: below are only reserved places.
inline constexpr std::uint32_t kNvmcRegisters = 0x4001E400;

class NvmcFlash final : public FlashController {
 public:
  NvmcFlash(const NvmcFacts& line, NonVolatile& memory, FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override { reset(); }
  void debugger_attached() override {}
  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  // The UICR.
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;
  void settle() override;
  std::optional<Nanoseconds> busy_until() const override;
  unsigned rdp_level() const override { return 0; }
  // UICR.APPROTECT, as it was at the last reset: nothing but the CTRL-AP answers then.
  bool memory_ports_closed() const override { return closed_; }
  std::optional<std::uint32_t> closed_port_value() const override;
  // The CTRL-AP's ERASEALL: code and UICR; and the AHB-AP is open afterwards, until a reset finds it closed.
  void erase_everything();
  bool watchdog_in_hardware() const override { return false; }

 private:
  bool busy() { return code_.busy() || uicr_.busy(); }
  std::uint32_t all() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  BusStatus refuse();
  BusStatus program(FlashEngine& engine, std::uint32_t offset, unsigned size, std::uint32_t value);
  BusStatus erase_page(std::uint32_t address);
  bool hidden_from_debugger(std::uint32_t offset) const;
  void erase_code(CellRange range, Microseconds time);
  void erase_uicr(Microseconds time);

  const NvmcFacts line_;
  NonVolatile& memory_;
  FlashSurroundings around_, uicr_around_;
  FlashEngine code_, uicr_;
  std::uint32_t config_ = 0;
  // As UICR had them at the last reset.
  std::uint32_t region0_ = 0;  // CLENR0: bytes of code region 0
  bool hides_region0_ = false, hides_all_ = false, closed_ = false;
};

}  // namespace probity::vboard
