// What Armv8-M mainline adds or does otherwise, a core without Security Extension presumed: always in
// Non-secure state (DDI 0553, C2.4). Load-acquire and store-release are in load_store_multiple.cpp.
#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

constexpr std::uint32_t kReadable = 1u << 18, kWritable = 1u << 19;  // TT_RESP

void test_target_operands(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.imm = bits(op.raw, 6, 6);  // T: as for unprivileged code
}

void test_target(Machine& m, const Op& op) { set_register(m, op.rd, m.test_target(m.r[op.rn], op.imm != 0)); }

// SG is a gate where Secure memory is; elsewhere it does nothing.
void secure_gateway(Machine&, const Op&) {}

constexpr Row kThumb16Rows[] = {
    {0xFF87, 0x4704, nullptr, execute_undefined},  // BXNS: for Secure state
    {0xFF87, 0x4784, nullptr, execute_undefined},  // BLXNS
};
constexpr Row kRows[] = {
    {0xFFFFFFFF, 0xE97FE97F, nullptr, secure_gateway},
    {0xFFF0F0BF, 0xE840F000, test_target_operands, test_target},
    {0xFFF0F0BF, 0xE840F080, nullptr, execute_undefined},  // TTA, TTAT: for Secure state
};

}  // namespace

std::span<const Row> v8m_thumb16_rows() { return kThumb16Rows; }
std::span<const Row> v8m_rows() { return kRows; }

std::uint32_t Machine::test_target(std::uint32_t address, bool as_unprivileged) const {
  const bool user = as_unprivileged || !privileged();
  const auto region = mpu.enabled() ? mpu.region_of(address) : std::nullopt;
  std::uint32_t response = region ? 1u << 16 | *region : 0u;  // MRVALID, MREGION
  if (!mpu_forbids(address, MpuAccess::read, user)) response |= kReadable;
  if (!mpu_forbids(address, MpuAccess::write, user)) response |= kWritable;
  return response;
}

}  // namespace probity::vboard::armv7m
