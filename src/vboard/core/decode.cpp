#include "vboard/core/machine.hpp"
#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {
namespace {

struct Table {
  std::span<const Row> (*rows)();
  Architecture since;
};

using enum Architecture;

// Of Armv8-M first what it does otherwise than those before it.
constexpr Table kThumb16[] = {{v8m_thumb16_rows, v8m},
                              {thumb16_rows, v6m},
                              {thumb16_load_store_rows, v7m},
                              {thumb16_aligned_rows, v6m}};
constexpr Table kThumb32[] = {{v8m_rows, v8m},
                              {load_store_rows, v7m},
                              {data_processing_rows, v7m},
                              {branch_and_system_rows, v6m},
                              {load_store_multiple_rows, v7m},
                              {multiply_rows, v7m},
                              {saturating_rows, v7m},
                              {parallel_rows, v7em},
                              {vfp_transfer_rows, v7em},
                              {vfp_single_rows, v7em},
                              {vfp_double_rows, v7em},
                              {vfp_single_conversion_rows, v7em},
                              {vfp_double_conversion_rows, v7em},
                              {vfp_between_conversion_rows, v7em}};

const Row* find(std::span<const Table> tables, std::uint32_t raw, Architecture architecture) {
  for (const Table& table : tables) {
    if (architecture < table.since) continue;
    for (const Row& row : table.rows()) {
      if ((raw & row.mask) == row.value && architecture >= row.since) return &row;
    }
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

void decode(Op& op, Architecture architecture) {
  const Row* row = op.size == 2 ? find(kThumb16, op.raw, architecture) : find(kThumb32, op.raw, architecture);
  if (row == nullptr) {
    op.execute = execute_undefined;
    return;
  }
  op.cycles = row->cycles;
  op.execute = row->execute;
  if (row->operands != nullptr) row->operands(op);
}

}  // namespace probity::vboard::armv7m
