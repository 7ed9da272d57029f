// Semihosting calls that GDB is to carry out (`arm semihosting_fileio enable`), in the words of its File-I/O
// extension (GDB manual, appendix E.13).
//
// At such a call the core stays halted, and the halt is told to everybody like any other. A GDB server that
// hears of a halt looks at pending(): where there is a request, it sends packet() instead of a stop reply,
// and hands GDB's answer to finish(), with which the core runs on. (A packet that starts with 'W' has no
// answer.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace probity {

struct FileIoRequest {
  struct Parameter {
    std::uint32_t value = 0;
    std::optional<std::uint32_t> length = {};  // of a string in the target's memory at `value`, its 0 counted
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };
  // "open", "close", "read", "write", "lseek", "rename", "unlink", "isatty", "system"; "exit" (parameter: the
  // status) is none of GDB's calls but the end of the program.
  std::string call;
  std::vector<Parameter> parameters;

  // "Fopen,20000100/8,601,1a4", or "W2a" for exit; without '$' and checksum.
  std::string packet() const;
};

// `error` is GDB's protocol value of errno (E.13.8.2), 0 for none.
struct FileIoReply {
  std::int32_t result = 0;
  std::uint32_t error = 0;
  bool ctrl_c =
      false;  // the user interrupted the call: the core gets the answer, and stays halted behind the call
};

class FileIo {
 public:
  virtual ~FileIo() = default;
  // The call that the halted core waits for; null: none, or the core was resumed without an answer.
  virtual const FileIoRequest* pending() const = 0;
  // Puts the answer into the target and lets it run; nothing where no call is pending. One call of the target
  // can need several requests: then pending() is the next one afterwards, and the core is still halted.
  virtual void finish(const FileIoReply& reply) = 0;
};

}  // namespace probity
