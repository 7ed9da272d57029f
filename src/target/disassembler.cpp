#include "target/disassembler.hpp"

#include <capstone/capstone.h>

#include <memory>

#include "base/errors.hpp"

namespace probity {

namespace {

class Capstone {
 public:
  Capstone() {
    // M-class: without it the special registers of MRS and MSR are those of other cores.
    const auto mode = static_cast<cs_mode>(CS_MODE_THUMB | CS_MODE_MCLASS | CS_MODE_LITTLE_ENDIAN);
    if (const cs_err failed = cs_open(CS_ARCH_ARM, mode, &handle_); failed != CS_ERR_OK) {
      throw ConfigError(std::string("the disassembler does not start: ") + cs_strerror(failed));
    }
    cs_option(handle_, CS_OPT_SKIPDATA, CS_OPT_ON);
  }
  ~Capstone() { cs_close(&handle_); }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;
  csh handle() const { return handle_; }

 private:
  csh handle_ = 0;
};

struct FreeInstruction {
  void operator()(cs_insn* instruction) const { cs_free(instruction, 1); }
};

}  // namespace

std::vector<Instruction> disassemble(Address address, ByteView code, std::size_t most) {
  const Capstone capstone;
  const std::unique_ptr<cs_insn, FreeInstruction> one(cs_malloc(capstone.handle()));
  std::vector<Instruction> found;
  const std::uint8_t* at = code.data();
  std::size_t left = code.size();
  std::uint64_t pc = address;
  while (found.size() < most && cs_disasm_iter(capstone.handle(), &at, &left, &pc, one.get())) {
    found.push_back({static_cast<Address>(one->address), one->size, one->mnemonic, one->op_str});
  }
  return found;
}

}  // namespace probity
