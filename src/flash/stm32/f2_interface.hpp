// The flash interface of STM32 F2/F4/F7, one method an operation of the manual (RM0090), over plain
// register accesses, and the same as commands for the loader.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "flash/stm32/f2_parts.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

// Bytes programmed at once, and with them FLASH_CR.PSIZE.
enum class ProgramWidth : unsigned { x8 = 1, x16 = 2, x32 = 4 };
constexpr unsigned bytes_of(ProgramWidth width) { return static_cast<unsigned>(width); }
// The widest that `millivolts` allow (RM0090, program parallelism): x32 from 2.7 V, x16 from 2.1 V, else x8.
// Without a measurement x16, which OpenOCD 0.12.0 programs with at any voltage.
ProgramWidth program_width(std::optional<unsigned> millivolts);

// Twice the typical times of the data sheets (DS8626 table 39 and alike), which is more than their maxima.
Milliseconds sector_erase_limit(std::uint32_t sector_size, ProgramWidth width);

// FLASH_CR values; an erase begins with STRT on top.
std::uint32_t cr_for_erase(unsigned snb, ProgramWidth width);
std::uint32_t cr_for_program(ProgramWidth width);

// Data cut into pieces that one program width can carry: bytes up to the first boundary, whole units, bytes.
struct F2ProgramPiece {
  Address address = 0;
  ByteView data;
  ProgramWidth width = ProgramWidth::x8;
};
std::vector<F2ProgramPiece> program_pieces(Address address, ByteView data, ProgramWidth width);

class F2Interface final : public FlashInterface {
 public:
  F2Interface(Target& target, Clock& clock, Log& log, std::string bank)
      : target_(target), memory_(target.memory()), clock_(clock), log_(log), bank_(std::move(bank)) {}

  // What erase() and add_erase() need to know; programming works without.
  void set_geometry(F2Geometry geometry, Address base);

  unsigned granule() const override { return 1; }
  // The program width follows the supply measured here.
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  void erase_all() override;
  void program(Address address, ByteView data) override;
  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;
  Nanoseconds program_per_byte() const override;
  Nanoseconds program_limit() const override;
  Milliseconds erase_limit(unsigned sector) const override;
  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override;

  // `address` and size must be multiples of the width.
  void program(Address address, ByteView data, ProgramWidth width);

  // Programs FLASH_OPTCR and as many of its neighbours as there are `values`; OPTLOCK and OPTSTRT of the
  // first do not count. Needs no open().
  void write_options(std::span<const std::uint32_t> values);

 private:
  ProgramWidth measured_width();
  void wait_idle(Nanoseconds limit, std::string_view what);
  void switch_on_hsi();
  void start(std::uint32_t cr, Milliseconds limit, std::string_view what, Address address);
  Address address_of(unsigned sector) const { return base_ + geometry_.sectors[sector].offset; }
  std::uint32_t flash_size() const;

  Target& target_;
  MemPort& memory_;
  Clock& clock_;
  Log& log_;
  std::string bank_;
  F2Geometry geometry_;
  Address base_ = 0;
  ProgramWidth width_ = ProgramWidth::x8;
  std::optional<std::uint32_t> saved_acr_;
};

}  // namespace probity::stm32
