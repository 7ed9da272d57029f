#include "commands/debug_channel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "target/target.hpp"

namespace probity {

namespace {

constexpr Address kDCRDR = 0xE000EDF8;    // Armv7-M ARM (DDI 0403), C1.6.4
constexpr std::uint32_t kBusy = 1u << 0;  // libdcc's: a byte is there and not yet taken
constexpr Nanoseconds kWordLimit = std::chrono::milliseconds(100);

// The requests of libdcc, in bits 7:0.
enum class Request : std::uint8_t { trace_point = 0, message = 1, character = 2 };

}  // namespace

void TracePoints::hit(std::uint32_t number) {
  for (Point& point : points) point.hits += point.number == number ? 1 : 0;
  if (!history_size) return;
  history.push_back(number);
  while (history.size() > *history_size) history.pop_front();
}

void DebugChannel::set_mode(Mode mode, TargetEntry& entry) {
  mode_ = mode;
  entry_ = &entry;
}

void DebugChannel::look(Session& session) {
  if (mode_ == Mode::off || !entry_->target || !entry_->target->examined()) return;
  if (entry_->target->state() != TargetState::running) return;
  MemPort& memory = entry_->target->memory();
  if (const auto request = take_word(session, memory)) answer(session, memory, *request);
}

std::optional<std::uint8_t> DebugChannel::take_byte(MemPort& memory) {
  // Words, which every bus takes; the upper half is nobody's.
  const std::uint32_t there = memory.read32(kDCRDR);
  if ((there & kBusy) == 0) return {};
  memory.write32(kDCRDR, 0);
  return static_cast<std::uint8_t>(there >> 8);
}

// Nothing where there is none; what has begun to come is waited for.
std::optional<std::uint32_t> DebugChannel::take_word(Session& session, MemPort& memory) {
  std::uint32_t word = 0;
  const Nanoseconds begin = session.clock().now();
  for (unsigned bytes = 0; bytes < 4;) {
    const auto byte = take_byte(memory);
    if (byte) {
      word |= std::uint32_t{*byte} << (8 * bytes++);
    } else if (bytes == 0 || session.clock().now() - begin > kWordLimit) {
      return {};
    }
  }
  return word;
}

void DebugChannel::answer(Session& session, MemPort& memory, std::uint32_t request) {
  if (mode_ == Mode::characters) {
    session.log().raw(std::string(1, static_cast<char>(request & 0xFF)));
    return;
  }
  switch (static_cast<Request>(request & 0xFF)) {
    case Request::trace_point:
      trace_.hit(request >> 8);
      break;
    case Request::message: {
      const std::size_t size = (request >> 8) & 0xFF, count = request >> 16;
      size == 0 ? show_text(session, memory, count) : show_numbers(session, memory, size, count);
      break;
    }
    case Request::character:
      session.log().raw(std::string(1, static_cast<char>((request >> 16) & 0xFF)));
      break;
  }
}

void DebugChannel::show_text(Session& session, MemPort& memory, std::size_t length) {
  std::string text;
  while (text.size() < length) {
    const auto word = take_word(session, memory);
    if (!word) break;
    for (unsigned i = 0; i < 4 && text.size() < length; ++i) {
      text += static_cast<char>((*word >> (8 * i)) & 0xFF);
    }
  }
  session.log().raw(text);  // its ends of lines are its own
}

// As OpenOCD shows them: each with a blank behind it, and no end of line.
void DebugChannel::show_numbers(Session& session, MemPort& memory, std::size_t size, std::size_t count) {
  std::string text;
  std::optional<std::uint32_t> word;
  const std::size_t in_word = std::max<std::size_t>(1, 4 / size);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % in_word == 0) word = take_word(session, memory);
    if (!word) break;
    const std::size_t shift = 8 * size * (i % in_word);
    const std::uint32_t mask = size >= 4 ? UINT32_MAX : (1u << (8 * size)) - 1;
    text += fmt::format("{:0{}x} ", (*word >> shift) & mask, 2 * size);
  }
  session.log().raw(text);
}

}  // namespace probity
