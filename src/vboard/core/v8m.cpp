// What Armv8-M mainline adds or does otherwise (DDI 0553, C2.4), the instructions of the Security Extension
// among it: without the extension they are undefined, but for SG, which does nothing. Load-acquire and
// store-release are in load_store_multiple.cpp.
#include "vboard/core/alu.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

// TT_RESP
constexpr std::uint32_t kMrValid = 1u << 16, kSrValid = 1u << 17, kReadable = 1u << 18, kWritable = 1u << 19,
                        kNsReadable = 1u << 20, kNsWritable = 1u << 21, kSecureMemory = 1u << 22;

void test_target_operands(Op& op) {
  op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16));
  op.rd = static_cast<std::uint8_t>(bits(op.raw, 11, 8));
  op.imm = bits(op.raw, 7, 6);  // A: of Non-secure state; T: as for unprivileged code
}

void test_target(Machine& m, const Op& op) {
  const bool alternate = (op.imm & 2) != 0;
  if (alternate && !m.secure) return execute_undefined(m, op);
  set_register(m, op.rd, m.test_target(m.r[op.rn], alternate, (op.imm & 1) != 0));
}

void secure_gateway(Machine& m, const Op&) { m.secure_gateway(); }

void register_in_low_byte(Op& op) { op.rm = static_cast<std::uint8_t>(bits(op.raw, 6, 3)); }
void bxns(Machine& m, const Op& op) {
  if (!m.secure) return execute_undefined(m, op);
  m.branch_non_secure(m.r[op.rm]);
}
void blxns(Machine& m, const Op& op) {
  if (!m.secure) return execute_undefined(m, op);
  m.call_non_secure(m.r[op.rm]);
}

void base_register(Op& op) { op.rn = static_cast<std::uint8_t>(bits(op.raw, 19, 16)); }
void vlstm(Machine& m, const Op& op) { m.lazy_store_multiple(m.r[op.rn], op); }
void vlldm(Machine& m, const Op& op) { m.lazy_load_multiple(m.r[op.rn], op); }

constexpr Row kThumb16Rows[] = {
    {0xFF87, 0x4704, register_in_low_byte, bxns},
    {0xFF87, 0x4784, register_in_low_byte, blxns},
};
constexpr Row kRows[] = {
    {0xFFFFFFFF, kSecureGateway, nullptr, secure_gateway},
    {0xFFF0F03F, 0xE840F000, test_target_operands, test_target},
    {0xFFF0FFFF, 0xEC200A00, base_register, vlstm, 17},
    {0xFFF0FFFF, 0xEC300A00, base_register, vlldm, 17},
};

}  // namespace

std::span<const Row> v8m_thumb16_rows() { return kThumb16Rows; }
std::span<const Row> v8m_rows() { return kRows; }

// TTResp(): the MPU's part is for privileged code, or for Secure code that asks of Non-secure state.
std::uint32_t Machine::test_target(std::uint32_t address, bool alternate, bool as_unprivileged) {
  const bool of_secure = secure && !alternate;
  std::uint32_t response = 0;
  bool non_secure_memory = false;
  if (secure) {
    const Attribution at = attribution(address, false);
    if (at.region) response |= kSrValid | *at.region << 8;
    non_secure_memory = !at.secure && !at.exempt;
    if (!non_secure_memory) response |= kSecureMemory;
  }
  if (!privileged() && !alternate) return response;
  const bool user = as_unprivileged || (!in_handler() && unprivileged_of(of_secure));
  const Mpu& unit = mpu_of(of_secure);
  if (const auto region = unit.enabled() ? unit.region_of(address) : std::nullopt)
    response |= kMrValid | *region;
  const bool readable = !mpu_forbids(address, MpuAccess::read, user, of_secure);
  const bool writable = !mpu_forbids(address, MpuAccess::write, user, of_secure);
  response |= (readable ? kReadable : 0u) | (writable ? kWritable : 0u);
  if (non_secure_memory) response |= (readable ? kNsReadable : 0u) | (writable ? kNsWritable : 0u);
  return response;
}

}  // namespace probity::vboard::armv7m
