#include "server/gdb/file_io.hpp"

#include "server/gdb/text.hpp"
#include "target/semihosting/semihosting.hpp"

namespace probity::server::gdb {

FileIo* file_io_of(Context& context) { return context.entry.semihosting.get(); }

FileIoReply parse_file_io_reply(std::string_view text) {
  Fields fields(text);
  FileIoReply reply;
  const bool negative = fields.skip("-");
  const std::uint32_t value = fields.length();
  reply.result = static_cast<std::int32_t>(negative ? 0 - value : value);
  if (!fields.skip(",")) return reply;
  reply.error = fields.length();
  if (fields.skip(",")) reply.ctrl_c = fields.skip("C");
  return reply;
}

}  // namespace probity::server::gdb
