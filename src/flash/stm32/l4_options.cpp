#include "flash/stm32/l4_options.hpp"

#include <fmt/format.h>

#include <bit>

#include "base/errors.hpp"
#include "flash/stm32/l4_option_tables.hpp"
#include "flash/stm32/option_load.hpp"

namespace probity::stm32 {

namespace {

constexpr Milliseconds kResetLimit{2000};

unsigned width(unsigned bits, const L4Part& part, const L4Geometry& geometry) {
  if (bits == kPageBits) return static_cast<unsigned>(std::bit_width(geometry.wrp_mask));
  if (bits != kPcropBits) return bits;
  const std::uint32_t units =
      (geometry.wrp_mask + 1) * (geometry.page_size / l4_pcrop_unit(part.family, geometry.dual_bank));
  return static_cast<unsigned>(std::bit_width(units - 1));
}

}  // namespace

void L4Options::configure(const L4Part& part, const L4Geometry& geometry, std::uint32_t optr) {
  registers_.clear();
  fields_.clear();
  names_.clear();
  const bool secure = part.trust_zone && L4OPTR::TZEN.is_set(optr);
  std::vector<const L4OptionRegister*> rows;
  for (const L4OptionRegister& row : l4_option_registers(part.family)) {
    if (row.second_bank && !part.two_banks()) continue;
    if (row.secure && !secure) continue;
    rows.push_back(&row);
    names_.push_back(fmt::format("FLASH_{}", row.name));
  }
  for (unsigned i = 0; i < rows.size(); ++i) {
    const Address address = controller_.address_of(rows[i]->offset);
    registers_.push_back({names_[i], address, address});
    for (const auto& group : {rows[i]->fields, rows[i]->more}) {
      for (const L4OptionField& f : group) {
        fields_.push_back({f.name, i, f.lsb, width(f.bits, part, geometry), f.meaning, f.risk});
      }
    }
  }
}

std::vector<std::uint32_t> L4Options::read() {
  std::vector<WordAccess> access;
  for (const OptionRegister& row : registers_) access.push_back(WordAccess::load(row.read));
  controller_.run(access);
  std::vector<std::uint32_t> values;
  for (const WordAccess& word : access) values.push_back(word.value);
  return values;
}

void L4Options::write(std::span<const std::uint32_t> values) {
  const std::vector<std::uint32_t> before = read();
  std::vector<L4OptionWrite> writes;
  for (std::size_t i = 0; i < registers_.size(); ++i) {
    if (values[i] != before[i])
      writes.push_back({registers_[i].write - controller_.address_of(0), values[i]});
  }
  if (!writes.empty()) controller_.write_options(writes);
}

bool L4Options::load() {
  controller_.launch_options();
  reloaded_();
  wait_until_reloaded(target_, clock_, kResetLimit, [] {});
  return true;
}

}  // namespace probity::stm32
