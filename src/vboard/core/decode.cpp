#include <array>

#include "vboard/core/machine.hpp"
#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {
namespace {

const Row* find(std::span<const Row> rows, std::uint32_t raw) {
  for (const Row& row : rows) {
    if ((raw & row.mask) == row.value) return &row;
  }
  return nullptr;
}

const Row* find(const Op& op) {
  if (op.size == 2) {
    const Row* row = find(thumb16_rows(), op.raw);
    return row != nullptr ? row : find(thumb16_load_store_rows(), op.raw);
  }
  for (const auto rows :
       {load_store_rows(), data_processing_rows(), branch_and_system_rows(), load_store_multiple_rows(),
        multiply_rows(), saturating_rows(), parallel_rows(), vfp_transfer_rows(), vfp_single_rows(),
        vfp_double_rows(), vfp_single_conversion_rows(), vfp_double_conversion_rows(),
        vfp_between_conversion_rows()}) {
    if (const Row* row = find(rows, op.raw); row != nullptr) return row;
  }
  return nullptr;
}

}  // namespace

// Coprocessor encodings 111x 11xx without an enabled coprocessor are NOCP (A5.3.18).
void execute_undefined(Machine& m, const Op& op) {
  const bool coprocessor = op.size == 4 && (op.raw & 0xEC000000) == 0xEC000000;
  const bool enabled = (bits(op.raw, 11, 8) & ~1u) == 10 && m.fpu_enabled();
  m.usage_fault(coprocessor && !enabled ? kNoCp : kUndefInstr);
}

void decode(Op& op) {
  const Row* row = find(op);
  if (row == nullptr) {
    op.execute = execute_undefined;
    return;
  }
  op.cycles = row->cycles;
  op.execute = row->execute;
  if (row->operands != nullptr) row->operands(op);
}

}  // namespace probity::vboard::armv7m
