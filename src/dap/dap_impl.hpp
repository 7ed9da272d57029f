// The state of a Dap, and what its two halves share: dap.cpp (transfers) and dap_connection.cpp (from silence
// to a port that is powered up, alone or on a multi-drop wire).
#pragma once

#include <map>

#include "dap/dap.hpp"
#include "dap/dp_registers.hpp"
#include "dap/mem_ap.hpp"

namespace probity {

namespace dp {
inline constexpr std::uint32_t kClearAll =
    STKCMPCLR.mask() | STKERRCLR.mask() | WDERRCLR.mask() | ORUNERRCLR.mask();  // of ABORT
inline constexpr std::uint32_t kSticky =
    STICKYERR.mask() | WDATAERR.mask() | STICKYORUN.mask() | STICKYCMP.mask();
inline constexpr std::uint32_t kPowerRequest = CDBGPWRUPREQ.mask() | CSYSPWRUPREQ.mask();
}  // namespace dp

// "CTRL/STAT=0x…: " and the sticky flags in it.
std::string sticky_text(std::uint32_t ctrl_stat);

struct Dap::Impl {
  // A wire transfer made for access `source`; SELECT writes that were put in count for the access behind
  // them.
  struct Compiled {
    std::vector<DapTransfer> transfers;
    std::vector<std::size_t> source;
  };

  Impl(Dap& dap) : dap(dap) {}

  std::optional<std::uint32_t> select_for(const DapAccess& access) const;
  Compiled compile(std::span<const DapAccess> batch);
  std::size_t attempt(std::span<DapAccess> batch, Ack& ack);
  [[noreturn]] void refused(const DapAccess& access, Ack ack);
  std::uint32_t read_ctrl_stat();
  void clear_sticky();
  void check_jtag_sticky(const DapAccess& last);
  void abort_access();
  void forget();
  void power_up();
  bool powered(std::uint32_t ctrl_stat) const {
    return dp::CDBGPWRUPACK.is_set(ctrl_stat) &&
           (dap.options_.ignore_system_power || dp::CSYSPWRUPACK.is_set(ctrl_stat));
  }
  // Multi-drop:
  void call();
  void require_instance();
  void address();
  void readdress();
  [[noreturn]] void wake_up();

  Dap& dap;
  bool jtag = false;
  std::optional<std::uint32_t> select;  // as the DP has it, while known
  std::map<unsigned, std::unique_ptr<MemAp>> mem_aps;
};

}  // namespace probity
