#include "flash/bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/holes.hpp"

namespace probity {

FlashJobResult FlashBank::run(const FlashJob& job) {
  FlashJobResult result;
  for (const unsigned sector : job.erase) {
    erase({sector, sector});
    ++result.sectors_erased;
  }
  for (const FlashWrite& piece : job.writes) {
    write(piece.offset, piece.data);
    result.bytes_written += piece.data.size();
  }
  return result;
}

void FlashBank::check_erased() {
  if (!probed_) probe();
  for (Sector& sector : sectors_) {
    Bytes content(sector.size);
    read(sector.offset, content);
    sector.erased = std::all_of(content.begin(), content.end(),
                                [&](std::uint8_t byte) { return byte == erased_value(); });
  }
}

void FlashBank::read(std::uint32_t offset, ByteSpan data) {
  if (!probed_) probe();
  if (offset > size_ || data.size() > size_ - offset) {
    throw FlashError(fmt::format("{} bytes at offset 0x{:08x} lie beyond the end of bank {} (0x{:x} bytes)",
                                 data.size(), offset, config_.name, size_),
                     config_.name, base_ + offset);
  }
  const auto open = reading();
  for (const BankPiece& piece : pieces_of(sectors_, offset, static_cast<std::uint32_t>(data.size()))) {
    const ByteSpan part = data.subspan(piece.offset - offset, piece.size);
    if (piece.hole) {
      std::ranges::fill(part, erased_value());  // there is nothing, and the bus may say so with a fault
    } else {
      target_.memory().read_bytes(base_ + piece.offset, part);
    }
  }
}

std::optional<Address> watchdog_of(std::span<FlashBank* const> banks) {
  for (const FlashBank* bank : banks) {
    if (const auto watchdog = bank->watchdog()) return watchdog;
  }
  return {};
}

std::unique_ptr<FlashReading> reading_of(std::span<FlashBank* const> banks) {
  for (FlashBank* bank : banks) {
    if (auto reading = bank->reading()) return reading;
  }
  return nullptr;
}

void FlashBank::require(SectorRange range, const std::vector<Sector>& units, std::string_view unit) const {
  if (range.first > range.last) throw UsageError(fmt::format("ERROR: first {} must be <= last", unit));
  if (range.last >= units.size()) {
    throw UsageError(fmt::format("ERROR: last {} must be <= {}", unit, units.size() - 1));
  }
}

void FlashBank::require_halted() const {
  if (target_.state() != TargetState::halted) {
    throw TargetError("Target not halted", std::string(name_of(target_.state())));
  }
}

}  // namespace probity
