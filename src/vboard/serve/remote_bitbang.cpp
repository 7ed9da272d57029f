#include "vboard/serve/remote_bitbang.hpp"

#include <fmt/format.h>

namespace probity::vboard {

RemoteBitbangConnection::RemoteBitbangConnection(Board& board) : board_(board), pins_(board) {
  pins_.set_frequency(kClock);
}

bool RemoteBitbangConnection::serve(Bytes& input, Bytes& output) {
  board_.begin_transaction();
  board_.stats().usb_bytes_out += input.size();
  bool goes_on = true;
  for (std::size_t i = 0; i < input.size() && goes_on; ++i)
    goes_on = run(static_cast<char>(input[i]), output);
  input.clear();
  board_.stats().usb_bytes_in += output.size();
  return goes_on;
}

void RemoteBitbangConnection::cycle() {
  if (wire_ == Wire::jtag) {
    level_ = pins_.jtag_cycle(data_, tdi_);
  } else {
    level_ = pins_.swd_cycle(drives_ ? std::optional<bool>(data_) : std::nullopt);
  }
}

void RemoteBitbangConnection::jtag_write(bool tck, bool tms, bool tdi) {
  wire_ = Wire::jtag;
  if (cycle_done_ && tck && (tms != data_ || tdi != tdi_)) {
    throw ProtocolError("TMS or TDI changed between reading TDO and the rising edge of TCK");
  }
  data_ = tms;
  tdi_ = tdi;
  if (tck && !clock_ && !cycle_done_) cycle();
  if (tck) cycle_done_ = false;
  clock_ = tck;
}

void RemoteBitbangConnection::swd_write(bool swclk, bool swdio) {
  wire_ = Wire::swd;
  if (cycle_done_ && swclk && drives_ && swdio != data_) {
    throw ProtocolError("SWDIO changed between reading it and the rising edge of SWCLK");
  }
  data_ = swdio;
  if (swclk && !clock_ && !cycle_done_) cycle();
  if (swclk) cycle_done_ = false;
  clock_ = swclk;
}

// False: the client quits.
bool RemoteBitbangConnection::run(char request, Bytes& output) {
  if (request >= '0' && request <= '7') {
    const int bits = request - '0';
    jtag_write((bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0);
    return true;
  }
  if (request >= 'd' && request <= 'g') {
    const int bits = request - 'd';
    swd_write((bits & 2) != 0, (bits & 1) != 0);
    return true;
  }
  if (request >= 'r' && request <= 'u') {
    const int bits = request - 'r';
    pins_.set_ntrst((bits & 2) != 0);
    pins_.set_nrst((bits & 1) != 0);
    return true;
  }
  switch (request) {
    case 'R':
    case 'c':
      if (!clock_ && !cycle_done_) {
        cycle();
        cycle_done_ = true;
      }
      output.push_back(level_ ? '1' : '0');
      return true;
    case 'O':
    case 'o':
      drives_ = request == 'O';
      return true;
    case 'B':
    case 'b':
      return true;
    case 'Z':
      pins_.wait(Milliseconds(1));
      return true;
    case 'z':
      pins_.wait(Microseconds(1));
      return true;
    case 'Q':
      return false;
    default:
      throw ProtocolError(fmt::format("unknown request 0x{:02x}", static_cast<unsigned char>(request)));
  }
}

}  // namespace probity::vboard
