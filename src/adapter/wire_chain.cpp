#include "adapter/wire_chain.hpp"

#include "base/errors.hpp"

namespace probity {

jtag::Chain wire_chain(const JtagChain& declared) {
  if (declared.dap >= declared.taps.size() || !declared.taps[declared.dap].enabled) {
    throw ConfigError("no enabled JTAG TAP is declared for the debug port; declare it with: jtag newtap");
  }
  std::vector<unsigned> ir_lengths;
  std::size_t index = 0;
  for (std::size_t i = 0; i < declared.taps.size(); ++i) {
    if (!declared.taps[i].enabled) continue;
    if (i == declared.dap) index = ir_lengths.size();
    ir_lengths.push_back(declared.taps[i].ir_length);
  }
  return jtag::Chain(std::move(ir_lengths), index);
}

}  // namespace probity
