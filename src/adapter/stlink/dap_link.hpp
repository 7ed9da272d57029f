// StlinkDapLink: the debug port behind an ST-LINK. On the dapdirect transports raw transfers become the
// probe's register commands; on the hla transports only memory can be reached, as with firmware that has
// nothing else.
#pragma once

#include <map>
#include <memory>

#include "adapter/dap_link.hpp"
#include "adapter/stlink/memory.hpp"

namespace probity::stlink {

class StlinkDapLink final : public DapLink {
 public:
  // `entered`: what the probe said when it entered debug mode for this link.
  StlinkDapLink(Probe& probe, bool registers, Status entered);

  std::size_t run(std::span<DapTransfer> transfers) override;
  std::uint32_t reconnect() override;
  std::vector<std::uint32_t> idcodes() override;
  bool reaches_registers() const override { return registers_; }
  bool carries_adiv6() const override { return false; }
  MemPort* native_memory(unsigned ap) override;

 private:
  Status run_one(DapTransfer& transfer);
  Status read_dp(DapTransfer& transfer);
  Status write_dp(const DapTransfer& transfer);
  Status run_ap(DapTransfer& transfer);
  std::uint16_t dp_register(std::uint8_t a) const;

  Probe& probe_;
  bool registers_;
  bool fresh_;  // entered just now, nothing done since
  bool connected_ = false;
  std::uint32_t select_ =
      0;  // DP SELECT as the layer above believes it; the firmware keeps the real one to itself
  std::map<unsigned, std::unique_ptr<StlinkMemory>> memories_;
};

}  // namespace probity::stlink
