// OCTOSPI (RM0432 19, RM0468 25, RM0455 24): its registers. HyperBus (MTYP 4, 5), the wrap registers and
// refresh are storage.
#pragma once

#include <array>

#include "vboard/chip/nor/qspi_controller.hpp"

namespace probity::vboard {

class Octospi final : public QspiController {
 public:
  explicit Octospi(QspiSurroundings around);

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
  void put_control(std::uint32_t word);
  // CCR, TCR, IR and ABR from `first` on: read or write ones.
  QspiCommand decode(std::uint32_t first, std::uint32_t address) const;

  std::array<std::uint32_t, 0x400 / 4> words_{};
};

}  // namespace probity::vboard
