// The operations on files and console, carried out by GDB (GDB manual, E.13).
#include <cerrno>

#include "target/semihosting/semihosting.hpp"

namespace probity {

namespace {

// E.13.8.1: flags of open; E.13.8.4: origins of lseek.
constexpr std::uint32_t kReadOnly = 0, kWriteOnly = 1, kReadWrite = 2, kAppend = 8, kCreate = 0x200,
                        kTruncate = 0x400;
constexpr std::uint32_t kFromStart = 0, kFromHere = 1, kFromEnd = 2;
constexpr std::uint32_t kPermissions = 0644;
constexpr std::uint32_t kOut = 1;  // GDB's own console

std::uint32_t flags_of(std::uint32_t mode) {
  const std::uint32_t access = (mode & 2) != 0 ? kReadWrite : mode < 4 ? kReadOnly : kWriteOnly;
  return access | (mode < 4 ? 0 : kCreate | (mode < 8 ? kTruncate : kAppend));
}

// The program counts a string without the 0 behind it, GDB with it.
FileIoRequest::Parameter string_at(std::uint32_t address, std::uint32_t length) {
  return {address, length + 1};
}

}  // namespace

Semihosting::Answer Semihosting::request(std::string call, std::vector<FileIoRequest::Parameter> parameters,
                                         Continuation then) {
  if (env_.debugger_connected && !env_.debugger_connected()) {
    env_.log.warn("semihosting fileio is enabled, but no GDB is connected: the program stays halted in '{}'",
                  call);
  }
  pending_ = Pending{{std::move(call), std::move(parameters)}, std::move(then)};
  return {Next::stay};
}

Semihosting::Answer Semihosting::gdb_open(const Arguments& arguments) {
  const auto name_at = arguments.word(0), mode = arguments.word(1), length = arguments.word(2);
  if (!name_at || !mode || !length) return bad_pointer(arguments.block());
  if (*mode >= semihosting::kModes) return failed(EINVAL);
  if (*length > semihosting::kLongestName) return failed(ENAMETOOLONG);
  const auto name = arguments.text(*name_at, *length, semihosting::kLongestName);
  if (!name) return bad_pointer(*name_at);
  if (*name == ":semihosting-features") return open(arguments);
  if (*name == ":tt") return value(*mode < 4 ? 0 : *mode < 8 ? 1 : 2);
  return request("open", {string_at(*name_at, *length), {flags_of(*mode)}, {kPermissions}},
                 [](const FileIoReply& reply) { return value(reply.result); });
}

Semihosting::Answer Semihosting::gdb_close(const Arguments& arguments) {
  const auto handle = arguments.word(0);
  if (!handle || files_.is_features(*handle)) return close(arguments);
  if (*handle <= 2) return value(0);  // GDB's own
  return request("close", {{*handle}}, [](const FileIoReply& reply) { return value(reply.result); });
}

Semihosting::Answer Semihosting::gdb_writec(const Arguments& arguments) {
  return request("write", {{kOut}, {arguments.block()}, {1}}, [](const FileIoReply&) { return Answer{}; });
}

Semihosting::Answer Semihosting::gdb_write0(const Arguments& arguments) {
  const auto text = arguments.zero_ended(arguments.block());
  if (!text) return bad_pointer(arguments.block());
  if (text->empty()) return {};
  return request("write", {{kOut}, {arguments.block()}, {static_cast<std::uint32_t>(text->size())}},
                 [](const FileIoReply&) { return Answer{}; });
}

// What was not written: all of it where GDB failed.
Semihosting::Answer Semihosting::gdb_write(const Arguments& arguments) {
  const auto handle = arguments.word(0), buffer = arguments.word(1), length = arguments.word(2);
  if (!handle || !buffer || !length) return bad_pointer(arguments.block());
  return request("write", {{*handle}, {*buffer}, {*length}}, [length](const FileIoReply& reply) {
    const std::int64_t written = reply.result < 0 ? 0 : reply.result;
    return value(written > *length ? 0 : *length - written);
  });
}

Semihosting::Answer Semihosting::gdb_read(const Arguments& arguments) {
  const auto handle = arguments.word(0), buffer = arguments.word(1), length = arguments.word(2);
  if (!handle || !buffer || !length) return bad_pointer(arguments.block());
  if (files_.is_features(*handle)) return read(arguments);
  return request("read", {{*handle}, {*buffer}, {*length}}, [length](const FileIoReply& reply) {
    if (reply.result < 0) return value(-1);
    return value(reply.result > std::int64_t{*length} ? 0 : *length - std::int64_t{reply.result});
  });
}

Semihosting::Answer Semihosting::gdb_readc(const Arguments&) {
  env_.log.error("SYS_READC not supported by semihosting fileio");  // it has no buffer in the target
  return failed(ENOTSUP);
}

Semihosting::Answer Semihosting::gdb_istty(const Arguments& arguments) {
  const auto handle = arguments.word(0);
  if (!handle || files_.is_features(*handle)) return istty(arguments);
  return request("isatty", {{*handle}}, [](const FileIoReply& reply) { return value(reply.result); });
}

Semihosting::Answer Semihosting::gdb_seek(const Arguments& arguments) {
  const auto handle = arguments.word(0), position = arguments.word(1);
  if (!handle || !position || files_.is_features(*handle)) return seek(arguments);
  return request("lseek", {{*handle}, {*position}, {kFromStart}},
                 [](const FileIoReply& reply) { return value(reply.result < 0 ? -1 : 0); });
}

// GDB has no call for it: where the end is, and back to where the file was.
Semihosting::Answer Semihosting::gdb_flen(const Arguments& arguments) {
  const auto file = arguments.word(0);
  if (!file || files_.is_features(*file)) return flen(arguments);
  const auto handle = *file;
  return request("lseek", {{handle}, {0}, {kFromHere}}, [this, handle](const FileIoReply& here) -> Answer {
    if (here.result < 0) return value(-1);
    return request(
        "lseek", {{handle}, {0}, {kFromEnd}}, [this, handle, here](const FileIoReply& end) -> Answer {
          if (end.result < 0) return value(-1);
          return request("lseek", {{handle}, {static_cast<std::uint32_t>(here.result)}, {kFromStart}},
                         [end](const FileIoReply&) { return value(end.result); });
        });
  });
}

Semihosting::Answer Semihosting::gdb_remove(const Arguments& arguments) {
  const auto name = arguments.word(0), length = arguments.word(1);
  if (!name || !length) return bad_pointer(arguments.block());
  return request("unlink", {string_at(*name, *length)},
                 [](const FileIoReply& reply) { return value(reply.result); });
}

Semihosting::Answer Semihosting::gdb_rename(const Arguments& arguments) {
  const auto from = arguments.word(0), from_length = arguments.word(1);
  const auto to = arguments.word(2), to_length = arguments.word(3);
  if (!from || !from_length || !to || !to_length) return bad_pointer(arguments.block());
  return request("rename", {string_at(*from, *from_length), string_at(*to, *to_length)},
                 [](const FileIoReply& reply) { return value(reply.result); });
}

Semihosting::Answer Semihosting::gdb_system(const Arguments& arguments) {
  const auto command = arguments.word(0), length = arguments.word(1);
  if (!command || !length) return bad_pointer(arguments.block());
  return request("system", {string_at(*command, *length)},
                 [](const FileIoReply& reply) { return value(reply.result); });
}

}  // namespace probity
