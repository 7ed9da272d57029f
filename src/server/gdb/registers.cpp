#include "server/gdb/registers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/gdb/target_description.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

// Unless `gdb_report_register_access_error` says otherwise, a register that cannot be had reads as 0, as with
// OpenOCD: GDB asks for them of a running core, too, when it attaches without halting.
std::string Registers::value_of(const CoreRegister& r) {
  const unsigned size = bytes_of(r);
  if (const auto saved = threads_.saved_register(r.name)) return to_hex_le(*saved, size);
  try {
    return to_hex_le(context_.target().read_register(r.name), size);
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    if (context_.settings.report_register_access_error) throw;
    context_.session.log().debug("gdb: {} reads as 0: {}", r.name, e.message());
    return to_hex_le(0, size);
  }
}

void Registers::write(const CoreRegister& r, std::string_view hex) {
  if (hex.size() != 2 * bytes_of(r)) {
    throw BadRequest(fmt::format("{} bits for the {}-bit register {}", 4 * hex.size(), r.bits, r.name));
  }
  if (threads_.saved_register(r.name)) {
    throw TargetError(fmt::format("register {} of a thread that does not run cannot be changed", r.name));
  }
  std::uint64_t value = from_hex_le(hex);
  if (r.bits < 64) value &= (std::uint64_t{1} << r.bits) - 1;
  context_.target().write_register(r.name, value);
}

std::string Registers::read_general() {
  const auto& registers = context_.target().registers();
  std::string text;
  for (unsigned number = 0; number < kGeneralRegisters; ++number) {
    if (const CoreRegister* r = register_numbered(registers, number)) text += value_of(*r);
  }
  return text;
}

std::string Registers::write_general(std::string_view hex) {
  const auto& registers = context_.target().registers();
  for (unsigned number = 0; number < kGeneralRegisters && !hex.empty(); ++number) {
    const CoreRegister* r = register_numbered(registers, number);
    if (!r) continue;
    const std::size_t size = std::min<std::size_t>(2 * bytes_of(*r), hex.size());
    write(*r, hex.substr(0, size));
    hex.remove_prefix(size);
  }
  return "OK";
}

namespace {

const CoreRegister& asked(const Target& target, Fields& fields) {
  const std::uint64_t number = fields.number();
  const CoreRegister* r = register_numbered(target.registers(), number);
  if (!r) throw BadRequest(fmt::format("gdb requested a non-existing register (reg_num={})", number));
  return *r;
}

}  // namespace

std::string Registers::read_one(std::string_view number) {
  Fields fields(number);
  return value_of(asked(context_.target(), fields));
}

std::string Registers::write_one(std::string_view assignment) {
  Fields fields(assignment);
  const CoreRegister& r = asked(context_.target(), fields);
  fields.expect('=');
  write(r, fields.rest());
  return "OK";
}

std::string Registers::expedited() {
  if (!context_.settings.target_description) return {};  // GDB would take other numbers
  std::string text;
  for (unsigned number = 0; number < kGeneralRegisters; ++number) {
    const CoreRegister* r = register_numbered(context_.target().registers(), number);
    if (r) text += fmt::format("{:02x}:{};", number, value_of(*r));
  }
  return text;
}

}  // namespace probity::server::gdb
