#include "adapter/jtag_scans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "base/errors.hpp"
#include "wire/jtag_scan.hpp"

namespace probity::jtag_scans {

namespace {

using jtag::TapState;

constexpr std::size_t kCyclesAtOnce = 4096;

// What OpenOCD calls the states of IEEE 1149.1's figure 6-1, and the standard's own short words for them.
struct StateName {
  std::string_view name;
  TapState state;
};
constexpr StateName kStates[] = {
    {"RESET", TapState::test_logic_reset}, {"RUN/IDLE", TapState::run_test_idle},
    {"DRSELECT", TapState::select_dr},     {"DRCAPTURE", TapState::capture_dr},
    {"DRSHIFT", TapState::shift_dr},       {"DREXIT1", TapState::exit1_dr},
    {"DRPAUSE", TapState::pause_dr},       {"DREXIT2", TapState::exit2_dr},
    {"DRUPDATE", TapState::update_dr},     {"IRSELECT", TapState::select_ir},
    {"IRCAPTURE", TapState::capture_ir},   {"IRSHIFT", TapState::shift_ir},
    {"IREXIT1", TapState::exit1_ir},       {"IRPAUSE", TapState::pause_ir},
    {"IREXIT2", TapState::exit2_ir},       {"IRUPDATE", TapState::update_ir},
    {"IDLE", TapState::run_test_idle},
};

TapState state_named(const std::string& word) {
  const auto same = [&](const StateName& s) {
    return std::ranges::equal(
        s.name, word, [](char a, char b) { return a == std::toupper(static_cast<unsigned char>(b)); });
  };
  const auto found = std::ranges::find_if(kStates, same);
  if (found == std::end(kStates)) throw UsageError(fmt::format("endstate: {} invalid", word));
  return found->state;
}

// In which a TAP can rest (IEEE 1149.1, 6.1.1.2): those an -endstate may name.
bool is_stable(TapState state) {
  return state == TapState::test_logic_reset || state == TapState::run_test_idle ||
         state == TapState::pause_dr || state == TapState::pause_ir;
}

TapState end_state(const std::string& word) {
  if (word.empty()) return TapState::run_test_idle;
  const TapState end = state_named(word);
  if (!is_stable(end)) throw UsageError(fmt::format("endstate: {} is no stable state", word));
  return end;
}

// The chain as it is wired, seen from the TAP of this name.
jtag::Chain chain_of(std::span<const JtagTap> taps, const std::string& name) {
  std::vector<unsigned> lengths;
  std::optional<std::size_t> index;
  for (const JtagTap& tap : taps) {
    if (!tap.enabled) continue;
    if (tap.name == name) index = lengths.size();
    lengths.push_back(tap.ir_length);
  }
  if (!index) throw UsageError(fmt::format("Tap: {} unknown", name));
  return jtag::Chain(std::move(lengths), *index);
}

std::uint64_t number(const std::string& word) {
  const bool hexadecimal = word.starts_with("0x");
  const char *first = word.data() + (hexadecimal ? 2 : 0), *last = word.data() + word.size();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(first, last, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != last) throw UsageError(fmt::format("'{}' is not a number", word));
  return value;
}

// A number of any length: hexadecimal digits where it has more than 64 bits.
BitVector bits_of(const std::string& word, std::size_t count) {
  constexpr std::size_t kWord = 64;
  if (count <= kWord || !word.starts_with("0x")) {
    BitVector bits = BitVector::of(number(word), std::min(count, kWord));
    bits.append(BitVector::repeat(false, count - bits.size()));
    return bits;
  }
  BitVector bits;
  for (std::size_t at = word.size(); at > 2 && bits.size() < count; --at) {
    bits.push(number("0x" + word.substr(at - 1, 1)), std::min<std::size_t>(4, count - bits.size()));
  }
  bits.append(BitVector::repeat(false, count - bits.size()));
  return bits;
}

// Whole bytes, as OpenOCD shows what came out of a scan.
std::string hex(const BitVector& bits) {
  std::string text;
  for (const std::uint8_t byte : bits.bytes()) text.insert(0, fmt::format("{:02x}", byte));
  return text;
}

BitVector clock_scan(JtagPins& pins, const jtag::Scan& scan, std::size_t begin, std::size_t count,
                     TapState end) {
  jtag::Stretch stretch = scan.stretch;
  if (end == TapState::test_logic_reset) {
    stretch.append(jtag::move(TapState::run_test_idle, end));
    stretch.append(jtag::move(end, TapState::run_test_idle));
  }
  return pins.clock_pins(stretch, begin, count);
}

}  // namespace

void shift_instruction(JtagPins& pins, std::span<const JtagTap> taps, const std::string& tap,
                       std::uint64_t instruction, const std::string& end) {
  const TapState state = end_state(end);
  const jtag::Chain chain = chain_of(taps, tap);
  const unsigned length = chain.ir_lengths()[chain.index()];
  const std::uint64_t mask = length >= 64 ? UINT64_MAX : (std::uint64_t{1} << length) - 1;
  clock_scan(pins, jtag::scan_ir(chain.ir(instruction & mask)), 0, 0, state);
}

std::vector<std::string> shift_data(JtagPins& pins, std::span<const JtagTap> taps, const std::string& tap,
                                    std::span<const Field> fields, const std::string& end) {
  const TapState state = end_state(end);
  const jtag::Chain chain = chain_of(taps, tap);
  BitVector own;
  for (const Field& field : fields) own.append(bits_of(field.value, field.bits));
  const jtag::Scan scan = jtag::scan_dr(chain.dr(own));
  const BitVector tdo = clock_scan(pins, scan, scan.first_shift + chain.dr_offset(), own.size(), state);
  std::vector<std::string> out;
  std::size_t at = 0;
  for (const Field& field : fields) {
    out.push_back(hex(tdo.slice(at, field.bits)));
    at += field.bits;
  }
  return out;
}

void run_idle(JtagPins& pins, std::size_t cycles) {
  while (cycles > 0) {
    const std::size_t now = std::min(cycles, kCyclesAtOnce);
    pins.clock_pins({BitVector::repeat(false, now), BitVector::repeat(true, now)}, 0, 0);
    cycles -= now;
  }
}

void move_along(JtagPins& pins, std::span<const std::string> words) {
  std::vector<TapState> states;
  for (const std::string& word : words) states.push_back(state_named(word));
  jtag::Stretch stretch = jtag::move(TapState::run_test_idle, states.front());
  for (std::size_t i = 1; i < states.size(); ++i) {
    const bool by_0 = jtag::next(states[i - 1], false) == states[i];
    if (!by_0 && jtag::next(states[i - 1], true) != states[i]) {
      throw UsageError(fmt::format("{} -> {} isn't a valid TAP transition", words[i - 1], words[i]));
    }
    stretch.append({BitVector::repeat(!by_0, 1), BitVector::repeat(true, 1)});
  }
  stretch.append(jtag::move(states.back(), TapState::run_test_idle));
  pins.clock_pins(stretch, 0, 0);
}

}  // namespace probity::jtag_scans
