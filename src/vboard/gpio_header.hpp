// GPIO chips whose lines are wired to boards' debug connectors: what a host with a GPIO header sees.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "transport/gpio.hpp"
#include "vboard/board.hpp"

namespace probity::vboard {

// Each chip has 54 lines, wired as a Raspberry Pi's 40-pin header commonly is: SWCLK/TCK on line 11,
// SWDIO/TMS 25, TDI 10, TDO 9, nRST 24, nTRST 7; the others lead nowhere. Each call costs a microsecond of
// virtual time.
class GpioHeader final : public GpioChips {
 public:
  // `before_use` is called before each use of a line.
  explicit GpioHeader(std::function<void()> before_use);
  ~GpioHeader() override;

  // The next chip is wired to `board`, which must outlive the header.
  void add(Board& board);
  // What no program should do to the lines of `board`, in words: TMS, TDI or SWDIO changing with the rising
  // clock.
  std::vector<std::string> errors(const Board& board) const;

  std::unique_ptr<GpioLines> request(unsigned chip, const std::string& user,
                                     std::span<const GpioLineConfig> lines) override;

 private:
  class Chip;
  class Lines;
  std::function<void()> before_use_;
  std::vector<std::unique_ptr<Chip>> chips_;
};

}  // namespace probity::vboard
