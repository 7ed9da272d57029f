#include "vboard/chip/nor/nor_flash_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/errors.hpp"
#include "vboard/chip/replace_file.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kPiece = 0x10000;
constexpr std::uint8_t kErased = 0xFF;

bool is_erased(const Bytes& piece) {
  return std::all_of(piece.begin(), piece.end(), [](std::uint8_t b) { return b == kErased; });
}

}  // namespace

NorCells::NorCells(std::uint32_t size, std::string file)
    : size_(size), file_(std::move(file)), pieces_(size / kPiece) {
  if (file_.empty() || !std::filesystem::exists(file_)) return;
  const auto found = std::filesystem::file_size(file_);
  if (found != size_) {
    throw ConfigError(
        fmt::format("the external flash's file '{}' has {} bytes, the part {}", file_, found, size_));
  }
  std::ifstream in(file_, std::ios::binary);
  Bytes piece(kPiece);
  for (Bytes& place : pieces_) {
    in.read(reinterpret_cast<char*>(piece.data()), kPiece);
    if (!in) throw ConfigError(fmt::format("cannot read the external flash's file '{}'", file_));
    if (!is_erased(piece)) place = piece;
  }
  changed_ = false;
}

NorCells::NorCells(Bytes& cells) : size_(static_cast<std::uint32_t>(cells.size())), elsewhere_(&cells) {}

std::uint8_t NorCells::read(std::uint32_t offset) const {
  if (elsewhere_ != nullptr) return (*elsewhere_)[offset];
  const Bytes& piece = pieces_[offset / kPiece];
  return piece.empty() ? kErased : piece[offset % kPiece];
}

void NorCells::program(std::uint32_t offset, std::uint8_t value) {
  if (elsewhere_ != nullptr) {
    (*elsewhere_)[offset] &= value;
    return;
  }
  Bytes& piece = pieces_[offset / kPiece];
  if (piece.empty()) piece.assign(kPiece, kErased);
  piece[offset % kPiece] &= value;
  changed_ = true;
}

void NorCells::erase(std::uint32_t offset, std::uint32_t size) {
  if (elsewhere_ != nullptr) {
    std::fill_n(elsewhere_->begin() + offset, size, kErased);
    return;
  }
  changed_ = true;
  for (const std::uint32_t end = offset + size; offset < end;) {
    const std::uint32_t stop = std::min(end, (offset / kPiece + 1) * kPiece);
    Bytes& piece = pieces_[offset / kPiece];
    if (!piece.empty()) std::fill_n(piece.begin() + offset % kPiece, stop - offset, kErased);
    offset = stop;
  }
}

void NorCells::save() {
  if (file_.empty() || !changed_) return;
  const Bytes erased(kPiece, kErased);
  replace_file(file_, [&](std::ofstream& out) {
    for (const Bytes& piece : pieces_) {
      out.write(reinterpret_cast<const char*>(piece.empty() ? erased.data() : piece.data()), kPiece);
    }
  });
  changed_ = false;
}

}  // namespace probity::vboard
