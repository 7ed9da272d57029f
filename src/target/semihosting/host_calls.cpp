// The operations on files and console, carried out on this machine.
#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "target/semihosting/semihosting.hpp"

namespace probity {

using semihosting::HostFiles;
using semihosting::kLongestName;
using semihosting::kPiece;
using Stream = SemihostingConsole::Stream;

Semihosting::Answer Semihosting::open(const Arguments& arguments) {
  const auto name_at = arguments.word(0), mode = arguments.word(1), length = arguments.word(2);
  if (!name_at || !mode || !length) return bad_pointer(arguments.block());
  if (*mode >= semihosting::kModes) return failed(EINVAL);
  if (*length > kLongestName) return failed(ENAMETOOLONG);
  const auto name = arguments.text(*name_at, *length, kLongestName);
  if (!name) return bad_pointer(*name_at);
  if (*name == ":semihosting-features") return *mode < 4 ? answer(files_.open_features()) : failed(EACCES);
  if (*name != ":tt") return answer(files_.open(*name, *mode));
  return answer(files_.open_console(*mode < 4   ? HostFiles::Console::input
                                    : *mode < 8 ? HostFiles::Console::output
                                                : HostFiles::Console::errors));
}

Semihosting::Answer Semihosting::close(const Arguments& arguments) {
  const auto handle = arguments.word(0);
  return handle ? answer(files_.close(*handle)) : bad_pointer(arguments.block());
}

Semihosting::Answer Semihosting::writec(const Arguments& arguments) {
  const auto character = arguments.byte();
  if (!character) return bad_pointer(arguments.block());
  print(Redirected::debug, Stream::out, {&*character, 1});
  return {};
}

Semihosting::Answer Semihosting::write0(const Arguments& arguments) {
  const auto text = arguments.zero_ended(arguments.block());
  if (!text) return bad_pointer(arguments.block());
  print(Redirected::debug, Stream::out, {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
  return {};
}

// What could not be written, or -1 where nothing can, as OpenOCD 0.12.0.
Semihosting::Answer Semihosting::write(const Arguments& arguments) {
  const auto handle = arguments.word(0), buffer = arguments.word(1), length = arguments.word(2);
  if (!handle || !buffer || !length) return bad_pointer(arguments.block());
  const HostFiles::Console* console = files_.console(*handle);
  if (console && *console == HostFiles::Console::input) return failed(EBADF);
  const Stream stream = console && *console == HostFiles::Console::errors ? Stream::err : Stream::out;
  std::uint32_t done = 0;
  do {
    // Up to the next multiple of a piece, where memories end: what there is is written.
    const Address at = *buffer + done;
    const auto piece = arguments.read(at, std::min<std::size_t>(*length - done, kPiece - at % kPiece));
    if (!piece) {
      const Answer bad = bad_pointer(at);
      return done == 0 ? bad : Answer{Next::run, *length - done, bad.error};
    }
    if (console) {
      if (!print(Redirected::stdio, stream, *piece)) return failed(EIO);
      done += static_cast<std::uint32_t>(piece->size());
      continue;
    }
    const auto written = files_.write(*handle, *piece);
    if (written.value < 0)
      return done == 0 ? answer(written) : Answer{Next::run, *length - done, written.error};
    done += static_cast<std::uint32_t>(written.value);
    if (static_cast<std::size_t>(written.value) < piece->size()) break;
  } while (done < *length);
  return value(*length - done);
}

// What was not read, or -1.
Semihosting::Answer Semihosting::read(const Arguments& arguments) {
  const auto handle = arguments.word(0), buffer = arguments.word(1), length = arguments.word(2);
  if (!handle || !buffer || !length) return bad_pointer(arguments.block());
  if (const HostFiles::Console* console = files_.console(*handle)) {
    if (*console != HostFiles::Console::input) return failed(EBADF);
    return read_console(arguments, *buffer, *length);
  }
  Bytes piece(std::min<std::size_t>(*length, kPiece));
  std::uint32_t done = 0;
  do {
    const std::size_t wanted = std::min<std::size_t>(*length - done, piece.size());
    const auto got = files_.read(*handle, ByteSpan(piece).first(wanted));
    if (got.value < 0) return answer(got);
    const auto count = static_cast<std::size_t>(got.value);
    if (count == 0) break;
    if (!arguments.write(*buffer + done, ByteView(piece).first(count))) return bad_pointer(*buffer + done);
    done += static_cast<std::uint32_t>(count);
  } while (done < *length);
  return value(*length - done);
}

Semihosting::Answer Semihosting::read_console(const Arguments& arguments, Address buffer,
                                              std::uint32_t length) {
  if (length == 0) return value(0);
  const auto bytes = console(Redirected::stdio).read(std::min<std::size_t>(length, kPiece));
  if (!bytes) return {Next::wait};
  if (!arguments.write(buffer, *bytes)) return bad_pointer(buffer);
  return value(length - static_cast<std::uint32_t>(bytes->size()));
}

Semihosting::Answer Semihosting::readc(const Arguments&) {
  const auto bytes = console(Redirected::debug).read(1);
  if (!bytes) return {Next::wait};
  return value(bytes->empty() ? -1 : bytes->front());
}

Semihosting::Answer Semihosting::istty(const Arguments& arguments) {
  const auto handle = arguments.word(0);
  return handle ? answer(files_.is_tty(*handle)) : bad_pointer(arguments.block());
}

Semihosting::Answer Semihosting::seek(const Arguments& arguments) {
  const auto handle = arguments.word(0), position = arguments.word(1);
  return handle && position ? answer(files_.seek(*handle, *position)) : bad_pointer(arguments.block());
}

Semihosting::Answer Semihosting::flen(const Arguments& arguments) {
  const auto handle = arguments.word(0);
  return handle ? answer(files_.length(*handle)) : bad_pointer(arguments.block());
}

Semihosting::Answer Semihosting::remove(const Arguments& arguments) {
  const auto name_at = arguments.word(0), length = arguments.word(1);
  if (!name_at || !length) return bad_pointer(arguments.block());
  const auto name = arguments.text(*name_at, *length, kLongestName);
  return name ? answer(files_.remove(*name)) : bad_pointer(*name_at);
}

Semihosting::Answer Semihosting::rename(const Arguments& arguments) {
  const auto from_at = arguments.word(0), from_length = arguments.word(1);
  const auto to_at = arguments.word(2), to_length = arguments.word(3);
  if (!from_at || !from_length || !to_at || !to_length) return bad_pointer(arguments.block());
  const auto from = arguments.text(*from_at, *from_length, kLongestName);
  const auto to = arguments.text(*to_at, *to_length, kLongestName);
  if (!from || !to) return bad_pointer(from ? *to_at : *from_at);
  return answer(files_.rename(*from, *to));
}

// The answer is what system() of the C library gives, as OpenOCD's.
Semihosting::Answer Semihosting::system(const Arguments& arguments) {
  const auto command_at = arguments.word(0), length = arguments.word(1);
  if (!command_at || !length) return bad_pointer(arguments.block());
  const auto command = arguments.text(*command_at, *length, kLongestName);
  if (!command) return bad_pointer(*command_at);
  const int status = std::system(command->c_str());
  return {Next::run, status, status < 0 ? errno : 0};
}

}  // namespace probity
