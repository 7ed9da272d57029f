#include "wire/jtag_scan.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity::jtag {

namespace {

Scan scan(TapState shift, const BitVector& bits) {
  Scan result;
  result.stretch = move(TapState::run_test_idle, shift);
  result.first_shift = result.stretch.size();
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const bool last = i + 1 == bits.size();  // the last bit is shifted on the edge that leaves Shift
    result.stretch.tms.push(last);
    result.stretch.tdi.push(bits[i]);
  }
  result.stretch.append(move(next(shift, true), TapState::run_test_idle));
  return result;
}

}  // namespace

void Stretch::append(const Stretch& more) {
  tms.append(more.tms);
  tdi.append(more.tdi);
}

Stretch move(TapState from, TapState to) {
  Stretch stretch{path(from, to), {}};
  stretch.tdi = BitVector::repeat(true, stretch.tms.size());
  return stretch;
}

Scan scan_ir(const BitVector& bits) { return scan(TapState::shift_ir, bits); }
Scan scan_dr(const BitVector& bits) { return scan(TapState::shift_dr, bits); }

Chain::Chain(std::vector<unsigned> ir_lengths, std::size_t index)
    : ir_lengths_(std::move(ir_lengths)), index_(index) {
  if (index_ >= ir_lengths_.size()) {
    throw ConfigError(fmt::format("JTAG chain of {} TAPs has no TAP {}; declare it with: jtag newtap",
                                  ir_lengths_.size(), index_));
  }
}

BitVector Chain::ir(std::uint64_t instruction) const {
  BitVector bits;
  for (std::size_t i = 0; i < ir_lengths_.size(); ++i) {
    if (i == index_) {
      bits.push(instruction, ir_lengths_[i]);
    } else {
      bits.append(BitVector::repeat(true, ir_lengths_[i]));
    }
  }
  return bits;
}

BitVector Chain::dr(const BitVector& own) const {
  BitVector bits = BitVector::repeat(true, index_);
  bits.append(own);
  bits.append(BitVector::repeat(true, ir_lengths_.size() - index_ - 1));
  return bits;
}

BitVector access(bool read, std::uint8_t a, std::uint32_t value) {
  BitVector bits;
  bits.push(read);
  bits.push(a >> 2, 2);
  bits.push(value, 32);
  return bits;
}

AccessResult access_result(const BitVector& bits, std::size_t offset) {
  return {static_cast<std::uint8_t>(bits.value(offset, 3)),
          static_cast<std::uint32_t>(bits.value(offset + 3, 32))};
}

std::optional<std::vector<std::uint32_t>> parse_idcodes(const BitVector& tdo) {
  std::vector<std::uint32_t> ids;
  std::size_t at = 0;
  while (at < tdo.size()) {
    if (!tdo[at]) {
      ids.push_back(0);
      ++at;
      continue;
    }
    if (tdo.size() - at < 32) return {};
    const auto id = static_cast<std::uint32_t>(tdo.value(at, 32));
    if (id == 0xFFFFFFFFu) return ids;
    ids.push_back(id);
    at += 32;
  }
  return {};
}

}  // namespace probity::jtag
