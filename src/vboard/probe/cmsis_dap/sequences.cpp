// Commands that move the pins themselves.
#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/cmsis_dap/protocol.hpp"

namespace probity::vboard::cmsis_dap {

namespace {
// SWJ_Pins bits.
constexpr std::uint8_t kTck = 0x01, kTms = 0x02, kTdi = 0x04, kTdo = 0x08, kNtrst = 0x20, kNreset = 0x80;
constexpr auto kPinPoll = Microseconds(10);
constexpr std::uint32_t kLongestPinWait = 3'000'000;  // us, the reference's limit

bool bit(ByteView bits, std::size_t i) { return (bits[i / 8] >> (i % 8) & 1) != 0; }
}  // namespace

std::uint8_t Firmware::pin_levels() const {
  return static_cast<std::uint8_t>((tck_ ? kTck : 0) | (tms_ ? kTms : 0) | (tdi_ ? kTdi : 0) |
                                   (tdo_ ? kTdo : 0) | (ntrst_ ? kNtrst : 0) | (board_.nrst() ? 0 : kNreset));
}

void Firmware::drive_pins(std::uint8_t levels, std::uint8_t select) {
  if ((select & kTms) != 0) tms_ = (levels & kTms) != 0;
  if ((select & kTdi) != 0) tdi_ = (levels & kTdi) != 0;
  if ((select & kNtrst) != 0) {
    ntrst_ = (levels & kNtrst) != 0;
    pins_.set_ntrst(!ntrst_);
  }
  if ((select & kNreset) != 0) pins_.set_nrst((levels & kNreset) == 0);
  if ((select & kTck) != 0) {
    const bool rises = !tck_ && (levels & kTck) != 0;
    tck_ = (levels & kTck) != 0;
    if (rises && selected_ == Selected::jtag) tdo_ = pins_.jtag_cycle(tms_, tdi_);
    if (rises && selected_ != Selected::jtag) pins_.swd_cycle(tms_);
  }
}

void Firmware::swj_pins(Request& request, Bytes& response) {
  const std::uint8_t levels = request.u8(), select = request.u8();
  const Nanoseconds limit = Microseconds(std::min(request.u32(), kLongestPinWait));
  drive_pins(levels, select);
  for (Nanoseconds waited{0}; waited < limit && ((pin_levels() ^ levels) & select) != 0; waited += kPinPoll) {
    pins_.wait(kPinPoll);
  }
  append_u8(response, pin_levels());
}

void Firmware::swj_clock(Request& request, Bytes& response) {
  const std::uint32_t hertz = request.u32();
  pins_.set_frequency(Hertz{hertz});
  append_u8(response, hertz != 0 ? kOk : kError);
}

void Firmware::swj_sequence(Request& request, Bytes& response) {
  const std::uint8_t announced = request.u8();
  const std::size_t count = announced == 0 ? 256 : announced;
  const ByteView bits = request.bytes((count + 7) / 8);
  for (std::size_t i = 0; i < count; ++i) {
    tms_ = bit(bits, i);
    if (selected_ == Selected::jtag) {
      tdo_ = pins_.jtag_cycle(tms_, tdi_);
    } else {
      pins_.swd_cycle(tms_);
    }
  }
  append_u8(response, kOk);
}

void Firmware::swd_configure(Request& request, Bytes& response) {
  const std::uint8_t bits = request.u8();
  swd_.settings.turnaround = (bits & 3u) + 1;
  swd_.settings.data_phase = (bits & 4) != 0;
  append_u8(response, kOk);
}

void Firmware::swd_sequence(Request& request, Bytes& response) {
  append_u8(response, selected_ == Selected::swd ? kOk : kError);
  const std::size_t status_at = response.size() - 1;
  for (unsigned left = request.u8(); left > 0; --left) {
    const std::uint8_t how = request.u8();
    const std::size_t count = (how & 0x3F) == 0 ? 64 : how & 0x3F;
    const bool in = (how & 0x80) != 0;
    const ByteView out = in ? ByteView() : request.bytes((count + 7) / 8);
    if (response[status_at] != kOk) continue;
    if (in) {
      append(response, swd_.receive(count));
    } else {
      swd_.send(out, count);
    }
  }
}

void Firmware::jtag_sequence(Request& request, Bytes& response) {
  append_u8(response, selected_ == Selected::jtag ? kOk : kError);
  const std::size_t status_at = response.size() - 1;
  for (unsigned left = request.u8(); left > 0; --left) {
    const std::uint8_t how = request.u8();
    const std::size_t count = (how & 0x3F) == 0 ? 64 : how & 0x3F;
    const ByteView out = request.bytes((count + 7) / 8);
    if (response[status_at] != kOk) continue;
    Bytes captured((count + 7) / 8);
    for (std::size_t i = 0; i < count; ++i) {
      tms_ = (how & 0x40) != 0;
      tdi_ = bit(out, i);
      tdo_ = pins_.jtag_cycle(tms_, tdi_);
      captured[i / 8] = static_cast<std::uint8_t>(captured[i / 8] | (tdo_ ? 1 : 0) << (i % 8));
    }
    if ((how & 0x80) != 0) append(response, captured);
  }
}

void Firmware::jtag_configure(Request& request, Bytes& response) {
  std::vector<unsigned> lengths(request.u8());
  for (unsigned& length : lengths) length = request.u8();
  jtag_.set_chain(std::move(lengths));
  append_u8(response, kOk);
}

void Firmware::jtag_idcode(Request& request, Bytes& response) {
  constexpr std::uint32_t kIdCodeInstruction = 0xE;  // JTAG-DP (ADIv5.2, B3.2)
  const std::uint8_t index = request.u8();
  if (selected_ != Selected::jtag || index >= jtag_.device_count()) {
    append_u8(response, kError);
    append_le32(response, 0);
    return;
  }
  jtag_.select_device(index);
  jtag_.load_ir(kIdCodeInstruction);
  append_u8(response, kOk);
  append_le32(response, jtag_.read_dr32());
}

}  // namespace probity::vboard::cmsis_dap
