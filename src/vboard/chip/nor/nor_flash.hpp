// A SPI NOR flash, clock by clock: it knows only its chip select and what is on its lines. Wrong lines,
// edges, dummy clocks or opcodes therefore give what they give on a board: wrong data, or nothing.
//
// Left out: continuous ("XIP", "performance enhance") reads but Winbond's, so mode bits of others are dummy
// clocks; WP# and HOLD#, so the status register's write protection; suspend and resume; OTP areas; deep
// power-down; what Micron's NVCR says at power-on.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "vboard/chip/nor/nor_flash_cells.hpp"
#include "vboard/chip/nor/nor_flash_facts.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

// IO7..IO0 in the two halves of one clock; with single transfer rate both have the same. A line that nobody
// drives is pulled up.
struct IoClock {
  std::uint8_t first = 0xFF, second = 0xFF;
  bool strobe = false;  // DQS goes with it
};

class NorFlash {
 public:
  // `part` and `time`, the wire's own, must outlive it. `file` (may be empty) keeps the cells and, with
  // ".registers" behind its name, the registers. ConfigError: not readable or not of this part.
  NorFlash(const NorPart& part, const TimeSource& time, const std::string& file);
  // Its cells are somebody else's, its registers in no file.
  NorFlash(const NorPart& part, const TimeSource& time, Bytes& cells);

  const NorPart& part() const { return part_; }

  void select();
  // One clock while selected: what the part drives meanwhile.
  IoClock clock(IoClock driven);
  // Ends the command; programming and erasing begin here.
  void deselect();

  // Cuts what is under way short (half of an erase, every other bit of a program) and forgets volatile
  // registers and modes.
  void power_cycle();
  // Carries out what is due.
  void settle();
  std::optional<Nanoseconds> busy_until() const;
  std::uint8_t content(std::uint32_t offset);
  // Finishes nothing: what is under way is not in the file. ConfigError where writing fails.
  void save();

 private:
  enum class Phase { opcode, address, dummies, data_in, data_out, deaf };
  struct Operation {
    Nanoseconds end{0};
    std::uint32_t erase_offset = 0, erase_size = 0;
    std::uint32_t page = 0;  // offset of `programmed`
    Bytes programmed;
    std::vector<std::pair<NorRegister, std::uint8_t>> registers;
  };

  std::uint8_t& reg(NorRegister which) { return registers_[static_cast<std::size_t>(which)]; }
  std::uint32_t field(const NorField& place);
  void load_registers();
  const NorPart::RegisterFacts* register_facts(NorRegister which) const;
  NorProtocol protocol();
  bool busy();

  // A frame
  void take(std::uint8_t lines, unsigned count);
  void opcode_complete();
  const NorCommand* find_command(std::uint8_t opcode);
  bool accepts(const NorCommand& command);
  unsigned data_lines();
  unsigned address_bytes();
  unsigned dummies();
  void address_complete();
  void take_mode_bits(std::uint8_t io);
  void begin_data();
  IoClock give();
  std::uint8_t next_byte();
  std::uint8_t register_byte(std::uint32_t index);
  std::uint8_t flag_status();

  // What a frame does when it ends
  void execute();
  void set_qpi(bool on);
  void start_program();
  void start_erase(std::uint32_t offset, std::uint32_t size, Nanoseconds duration);
  void write_registers();
  void store_register(NorRegister which, std::uint8_t value);
  bool is_protected(std::uint32_t offset, std::uint32_t size);
  void refuse(std::uint8_t flag);
  void start(Operation operation, Nanoseconds duration);
  void apply(const Operation& operation, bool half);
  void reset();

  const NorPart& part_;
  const TimeSource& time_;
  NorCells cells_;
  std::string registers_file_;

  std::array<std::uint8_t, static_cast<std::size_t>(NorRegister::count)> registers_{};
  std::uint8_t errors_ = 0;  // of Micron's flag status register
  bool write_enabled_ = false, four_byte_ = false, qpi_ = false, reset_enabled_ = false;
  const NorCommand* continued_ = nullptr;  // the read that frames without opcode go on with
  std::optional<Operation> running_;

  // The frame under way
  Phase phase_ = Phase::deaf;
  NorProtocol frame_protocol_ = NorProtocol::spi;
  const NorCommand* command_ = nullptr;
  std::uint64_t shifted_ = 0;
  unsigned bits_ = 0;       // of shifted_ that count
  unsigned wait_ = 0;       // dummy clocks to come …
  unsigned mode_bits_ = 0;  // … of whose first these many bits are to be taken as mode bits
  std::uint32_t address_ = 0;
  std::uint32_t given_ = 0;  // bytes
  Bytes taken_;
  std::uint8_t out_ = 0;
  unsigned out_bits_ = 0;  // of out_ still to be shown
};

}  // namespace probity::vboard
