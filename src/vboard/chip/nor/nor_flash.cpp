#include "vboard/chip/nor/nor_flash.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

// Status register, all makers.
constexpr Field WIP{"WIP", 0}, WEL{"WEL", 1};
// Micron's flag status register.
constexpr Field kReady{"P/E controller ready", 7}, kFourByte{"addressing", 0};
// MX25LM51245G's dummy cycles by CR2's DC.
constexpr std::array<std::uint8_t, 8> kOctalDummies{20, 18, 16, 14, 12, 10, 8, 6};

unsigned lines_of(NorProtocol protocol) {
  constexpr std::array<unsigned, 4> kLines{1, 4, 8, 8};
  return kLines[static_cast<std::size_t>(protocol)];
}
bool is_octal(NorProtocol protocol) { return protocol >= NorProtocol::octal; }

}  // namespace

// --- selected, clocked, deselected ---------------------------------------------------------------------

void NorFlash::select() {
  settle();
  frame_protocol_ = protocol();
  phase_ = Phase::opcode;
  command_ = nullptr;
  shifted_ = 0;
  bits_ = given_ = out_bits_ = wait_ = mode_bits_ = 0;
  address_ = 0;
  taken_.clear();
  if (continued_ == nullptr) return;
  command_ = continued_;
  phase_ = Phase::address;
}

IoClock NorFlash::clock(IoClock driven) {
  const bool both_edges = frame_protocol_ == NorProtocol::octal_dtr;
  switch (phase_) {
    case Phase::deaf:
      return {};
    case Phase::dummies:
      if (mode_bits_ != 0) take_mode_bits(driven.first);
      if (--wait_ == 0) begin_data();
      return {};
    case Phase::data_out:
      return give();
    default:
      break;
  }
  const unsigned lines =
      phase_ == Phase::opcode ? lines_of(frame_protocol_)
      : phase_ == Phase::address
          ? (frame_protocol_ == NorProtocol::spi ? command_->address_lines : lines_of(frame_protocol_))
          : data_lines();
  take(driven.first, lines);
  if (both_edges) take(driven.second, lines);
  return {};
}

// The part's own input on `lines` lines in one half of a clock, or a whole one.
void NorFlash::take(std::uint8_t io, unsigned lines) {
  shifted_ = shifted_ << lines | (io & ((1u << lines) - 1u));
  bits_ += lines;
  if (phase_ == Phase::opcode && bits_ == (is_octal(frame_protocol_) ? 16u : 8u)) {
    opcode_complete();
  } else if (phase_ == Phase::address && bits_ == 8 * address_bytes()) {
    address_complete();
  } else if (phase_ == Phase::data_in && bits_ == 8) {
    taken_.push_back(static_cast<std::uint8_t>(shifted_));
    bits_ = 0;
  }
}

// In OPI the opcode is followed by its complement.
void NorFlash::opcode_complete() {
  const bool octal = is_octal(frame_protocol_);
  const auto opcode = static_cast<std::uint8_t>(octal ? shifted_ >> 8 : shifted_);
  bits_ = 0;
  command_ = octal && (opcode ^ 0xFF) != (shifted_ & 0xFF) ? nullptr : find_command(opcode);
  if (command_ == nullptr || !accepts(*command_)) {
    command_ = nullptr;
    phase_ = Phase::deaf;
    return;
  }
  shifted_ = 0;
  if (address_bytes() != 0) {
    phase_ = Phase::address;
  } else {
    address_complete();
  }
}

const NorCommand* NorFlash::find_command(std::uint8_t opcode) {
  const auto row = std::find_if(part_.commands.begin(), part_.commands.end(), [&](const NorCommand& c) {
    const bool here = frame_protocol_ == NorProtocol::spi   ? c.spi
                      : frame_protocol_ == NorProtocol::qpi ? c.qpi
                                                            : c.octal;
    return here && c.opcode == opcode;
  });
  return row == part_.commands.end() ? nullptr : &*row;
}

// While it programs or erases only its status can be read, and reset is heard. Four lines want the QE bit.
bool NorFlash::accepts(const NorCommand& command) {
  using enum NorAction;
  const auto which = static_cast<NorRegister>(command.argument);
  const bool status = command.action == read_register && which <= NorRegister::flags;
  if (busy() && !status && command.action != enable_reset && command.action != NorAction::reset) return false;
  const bool quad = frame_protocol_ == NorProtocol::spi && command.four_lines();
  return !quad || part_.quad_enable.field.width == 0 || field(part_.quad_enable) != 0;
}

unsigned NorFlash::address_bytes() {
  if (command_->address != kAddressByMode) return command_->address;
  return four_byte_ ? 4 : 3;
}

unsigned NorFlash::data_lines() {
  return frame_protocol_ == NorProtocol::spi ? command_->data_lines : lines_of(frame_protocol_);
}

unsigned NorFlash::dummies() {
  const unsigned clocks = command_->dummies[field(part_.dummy_code) & 3];
  if (clocks == 0 || command_->action != NorAction::read) return clocks;
  if (is_octal(frame_protocol_)) return kOctalDummies[reg(NorRegister::octal_dummy) & 7];
  if (part_.dummy_clocks.field.width == 0) return clocks;
  const unsigned chosen = field(part_.dummy_clocks);
  constexpr unsigned kDefault = 15, kInQpi = 10;
  if (chosen != 0 && chosen != kDefault) return chosen;
  return frame_protocol_ == NorProtocol::qpi ? kInQpi : clocks;
}

void NorFlash::address_complete() {
  address_ = static_cast<std::uint32_t>(shifted_);
  bits_ = 0;
  wait_ = dummies();
  const bool has_mode =
      part_.continues_reads && command_->action == NorAction::read && command_->address_lines > 1;
  mode_bits_ = has_mode ? 8 : 0;
  shifted_ = 0;
  phase_ = Phase::dummies;
  if (wait_ == 0) begin_data();
}

// M7-0 follow the address on the same lines: with M5-4 = 10 the next frame has no opcode (W25Q16JV 8.2.12,
// "Fast Read Quad I/O").
void NorFlash::take_mode_bits(std::uint8_t io) {
  constexpr Field kContinue{"M5-4", 4, 2};
  constexpr std::uint32_t kOn = 2;
  const unsigned lines = command_->address_lines;
  shifted_ = shifted_ << lines | (io & ((1u << lines) - 1u));
  mode_bits_ -= lines;
  if (mode_bits_ == 0)
    continued_ = kContinue.get(static_cast<std::uint32_t>(shifted_)) == kOn ? command_ : nullptr;
}

void NorFlash::begin_data() {
  using enum NorAction;
  const NorAction action = command_->action;
  const bool gives = action == read || action == read_register || action == read_id || action == read_sfdp;
  phase_ = gives ? Phase::data_out : Phase::data_in;
  shifted_ = 0;
  bits_ = 0;
}

void NorFlash::deselect() {
  settle();
  const bool whole = phase_ == Phase::data_in && bits_ == 0;
  if (command_ != nullptr && whole) execute();
  if (command_ != nullptr && command_->action != NorAction::enable_reset) reset_enabled_ = false;
  command_ = nullptr;
  phase_ = Phase::deaf;
}

// --- what it gives ---------------------------------------------------------------------------------------

// One line: SO, which is IO1.
IoClock NorFlash::give() {
  const unsigned lines = data_lines();
  const auto half = [&] {
    if (out_bits_ == 0) {
      out_ = next_byte();
      out_bits_ = 8;
    }
    out_bits_ -= lines;
    const unsigned bits = out_ >> out_bits_ & ((1u << lines) - 1u);
    const unsigned place = lines == 1 ? 1 : 0;
    const unsigned mask = ((1u << lines) - 1u) << place;
    return static_cast<std::uint8_t>((0xFFu & ~mask) | bits << place);
  };
  IoClock out;
  out.first = half();
  out.strobe = is_octal(frame_protocol_);
  if (frame_protocol_ != NorProtocol::octal_dtr) {
    out.second = out.first;
  } else if (command_->action == NorAction::read || command_->action == NorAction::read_sfdp) {
    out.second = half();
    if (part_.swaps_dtr_bytes && command_->action == NorAction::read) std::swap(out.first, out.second);
  } else {
    out.second = out.first;  // a register's byte is there for a whole clock
  }
  return out;
}

std::uint8_t NorFlash::next_byte() {
  const std::uint32_t index = given_++;
  switch (command_->action) {
    case NorAction::read:
      return cells_.read((address_ + index) % part_.size);
    case NorAction::read_sfdp: {
      const std::uint32_t place = address_ + index;
      return place < part_.sfdp.size() ? part_.sfdp[place] : 0xFF;
    }
    case NorAction::read_id: {
      const auto length = static_cast<std::uint32_t>(part_.id.size());
      if (part_.id_repeats) return part_.id[index % length];
      return index < length ? part_.id[index] : 0;
    }
    default:
      return register_byte(index);
  }
}

// A register is given over again; those that are written with one command follow each other (NVCR, CR of
// MX25R).
std::uint8_t NorFlash::register_byte(std::uint32_t index) {
  settle();
  auto which = static_cast<NorRegister>(command_->argument);
  if (which == NorRegister::flags) return flag_status();
  if (which == NorRegister::octal_mode && address_ == kCr2Dummy) which = NorRegister::octal_dummy;
  if (which == NorRegister::status) {
    const std::uint32_t status = WEL.set(reg(which), write_enabled_ ? 1 : 0);
    return static_cast<std::uint8_t>(WIP.set(status, running_ ? 1 : 0));
  }
  for (const std::vector<NorRegister>& together : part_.written_together) {
    const auto first = std::find(together.begin(), together.end(), which);
    const auto length = static_cast<std::uint32_t>(together.end() - first);
    if (length != 0) return reg(first[index % length]);
  }
  return reg(which);
}

std::uint8_t NorFlash::flag_status() {
  const std::uint32_t flags = kFourByte.set(kReady.set(errors_, running_ ? 0 : 1), four_byte_ ? 1 : 0);
  return static_cast<std::uint8_t>(flags);
}

}  // namespace probity::vboard
