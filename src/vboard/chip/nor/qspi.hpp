// QUADSPI (RM0385 14, RM0351 17, RM0433 23): its registers.
#pragma once

#include <array>

#include "vboard/chip/nor/qspi_controller.hpp"

namespace probity::vboard {

class Quadspi final : public QspiController {
 public:
  // `fifo_size` 32, or 16 (L4, G4, WB: FTHRES has four bits).
  Quadspi(QspiSurroundings around, std::size_t fifo_size);

 private:
  QspiSettings settings() const override;
  QspiCommand command(std::uint32_t address) const override;
  std::optional<QspiCommand> window_write_command(std::uint32_t address) const override;
  std::uint32_t data_register() const override;
  std::uint32_t get(std::uint32_t offset) override;
  void put(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset_registers() override;
  std::uint32_t address() const override;
  std::uint32_t data_length() const override;
  std::uint32_t at(std::uint32_t offset) const { return words_[offset / 4]; }

  const std::uint32_t threshold_mask_;
  std::array<std::uint32_t, 0x34 / 4> words_{};
};

}  // namespace probity::vboard
