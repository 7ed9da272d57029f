// The files that a program has open on this machine, by the handles it was given. Whatever a program passes,
// the answer is a value and an errno, never an exception.
#pragma once

#include <map>
#include <string>

#include "base/units.hpp"

namespace probity::semihosting {

// -1 with `error` set, or a value that the operation defines.
struct Outcome {
  std::int64_t value = 0;
  int error = 0;  // of errno, 0: none
};

class HostFiles {
 public:
  HostFiles() = default;
  ~HostFiles();
  HostFiles(const HostFiles&) = delete;
  HostFiles& operator=(const HostFiles&) = delete;

  // What a file name begins in front with; "": the current folder.
  std::string base_folder;

  // `mode`: SYS_OPEN's, below kModes. The handle, 1 or more.
  Outcome open(const std::string& name, std::uint32_t mode);
  // One that reads or writes the console.
  enum class Console { input, output, errors };
  Outcome open_console(Console console);
  // ":semihosting-features". Its handles are apart from all others, GDB's too.
  Outcome open_features();
  bool is_features(std::uint32_t handle) const;
  Outcome close(std::uint32_t handle);
  // Given back to the system, as at the end of a program.
  void close_all();

  // Not one of these: EBADF. Console handles have no file operations: the caller looks first.
  const Console* console(std::uint32_t handle) const;
  // Bytes written or read; less than all at the end of the file or where the disk is full.
  Outcome write(std::uint32_t handle, ByteView bytes);
  Outcome read(std::uint32_t handle, ByteSpan bytes);
  Outcome seek(std::uint32_t handle, std::uint32_t position);  // 0
  Outcome length(std::uint32_t handle);
  Outcome is_tty(std::uint32_t handle);  // 1 or 0

  Outcome remove(const std::string& name) const;                         // 0
  Outcome rename(const std::string& from, const std::string& to) const;  // 0

 private:
  struct File {
    enum class Kind { host, console, features } kind = Kind::host;
    int descriptor = -1;
    Console console = Console::output;
    std::size_t position = 0;  // in the features
  };
  Outcome add(File file, std::uint32_t first = 1);
  const File* find(std::uint32_t handle) const;
  std::string path(const std::string& name) const;

  std::map<std::uint32_t, File> files_;
};

}  // namespace probity::semihosting
