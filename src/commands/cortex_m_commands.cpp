// cortex_m …: what a Cortex-M core lets a user choose, and why it faulted; arm …: its instructions.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"
#include "target/disassembler.hpp"

namespace probity {

namespace {

// How to reset where there is no SRST.
std::string reset_config(const Call& call) {
  args::expect(call.args, 0, 1);
  auto& method = call.session.reset_config.soft_reset;
  if (!call.args.empty()) {
    method = args::one_of(call.args[0], {"sysresetreq", "vectreset"}) == 0 ? SoftReset::sysresetreq
                                                                           : SoftReset::vectreset;
    return {};
  }
  return fmt::format("cortex_m reset_config {}",
                     method == SoftReset::vectreset ? "vectreset" : "sysresetreq");
}

std::string mask_interrupts(const Call& call) {
  constexpr std::string_view kWords[] = {"auto", "off", "on", "steponly"};  // as InterruptMasking
  args::expect(call.args, 0, 1);
  Target& target = target_of(call);
  if (target.state() != TargetState::halted) {
    return fmt::format("target must be stopped for \"{}\" command\n", call.name);
  }
  CortexMControls& controls = target.cortex_m();
  if (!call.args.empty()) {
    const std::size_t word = args::one_of(call.args[0], {kWords[0], kWords[1], kWords[2], kWords[3]});
    controls.set_interrupt_masking(static_cast<InterruptMasking>(word));
  }
  return fmt::format("cortex_m interrupt mask {}\n",
                     kWords[static_cast<std::size_t>(controls.interrupt_masking())]);
}

std::uint32_t catches_of(const Call& call, const Target& target) {
  const bool all = call.args.size() == 1 && call.args[0] == "all";
  const bool none = call.args.size() == 1 && call.args[0] == "none";
  std::uint32_t catches = 0;
  for (const VectorCatch& v : kVectorCatches) catches |= all ? v.bit : 0;
  if (all || none) return catches;
  for (const std::string& word : call.args) {
    const auto found = std::ranges::find(kVectorCatches, word, &VectorCatch::name);
    if (found == kVectorCatches.end()) {
      throw UsageError(fmt::format("[{}] No CM3 vector '{}'", target.name(), word));  // OpenOCD's sentence
    }
    catches |= found->bit;
  }
  return catches;
}

std::string vector_catch(const Call& call) {
  Target& target = target_of(call);
  CortexMControls& controls = target.cortex_m();
  if (!call.args.empty()) controls.set_vector_catch(catches_of(call, target));
  const std::uint32_t caught = controls.vector_catch();
  std::string text;
  for (const VectorCatch& v : kVectorCatches) {
    text += fmt::format("{:>9}: {}\n", v.name, (caught & v.bit) != 0 ? "catch" : "ignore");
  }
  return text;
}

std::string fault_report(const Call& call) {
  args::expect(call.args, 0, 0);
  Target& target = target_of(call);
  target.poll();
  const auto report = target.fault_report();
  return report ? *report + "\n" : fmt::format("[{}] the core is in no fault\n", target.name());
}

std::string core_state(const Call& call) {
  args::expect(call.args, 0, 1);
  if (!call.args.empty() && args::one_of(call.args[0], {"arm", "thumb"}) == 0) {
    throw UsageError("arm mode not supported on Cortex-M");
  }
  return "core state: Thumb\n";
}

// MCR and MRC are for coprocessors 0 to 15, whose registers no Cortex-M lets a debugger reach.
Handler coprocessor(std::string_view instruction, std::size_t words) {
  return [instruction, words](const Call& call) -> std::string {
    args::expect(call.args, words, words);
    const Target& target = target_of(call);
    throw TargetError(fmt::format("{} doesn't implement {}", call.session.current().type, instruction),
                      std::string(name_of(target.state())));
  };
}

// The halfwords of an instruction and its text, in OpenOCD's columns.
std::string line_of(const Instruction& instruction, ByteView code) {
  std::string halfwords = fmt::format("{:04x}", load_le16(code, 0));
  if (instruction.size == 4) halfwords += fmt::format(" {:04x}", load_le16(code, 2));
  std::string line = fmt::format("0x{:08x}  {}\t{}", instruction.address, halfwords, instruction.mnemonic);
  if (!instruction.operands.empty()) line += "\t" + instruction.operands;
  return line + "\n";
}

// As many bytes as `count` instructions may have; where memory ends before that, what there is.
Bytes read_code(Target& target, Address address, std::size_t count) {
  Bytes code(std::min<std::uint64_t>(4 * count, 0x100000000ULL - address));
  try {
    target.memory().read_bytes(address, code);
  } catch (const MemoryFault& fault) {
    if (fault.address <= address || fault.address - address >= code.size()) throw;
    code.resize((fault.address - address) & ~1u);
    target.memory().read_bytes(address, code);
  }
  return code;
}

std::string disassemble_memory(const Call& call) {
  constexpr std::uint64_t kMost = 65536;
  args::expect(call.args, 1, 3);
  if (call.args.size() == 3) args::one_of(call.args[2], {"thumb"});
  const Address address = args::address(call.args[0]) & ~Address{1};
  const std::size_t count = call.args.size() > 1 ? args::number(call.args[1], kMost) : 1;
  if (count == 0) return {};
  const Bytes code = read_code(target_of(call), address, count);
  std::string text;
  for (const Instruction& instruction : disassemble(address, code, count)) {
    text += line_of(instruction, ByteView(code).subspan(instruction.address - address));
  }
  return text;
}

}  // namespace

std::vector<CommandRow> cortex_m_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"cortex_m reset_config", CommandMode::any, "['sysresetreq'|'vectreset']",
       "How to reset where there is no SRST.", reset_config},
      {"cortex_m maskisr", kExec, "['auto'|'on'|'off'|'steponly']",
       "When interrupts are kept from being taken: 'auto' lets those that are due run before a step and none "
       "in "
       "it; 'on' always; 'steponly' while stepping; 'off' never.",
       mask_interrupts},
      {"cortex_m vector_catch", kExec, "['all'|'none'|('bus_err'|'chk_err'|...)*]",
       "Exceptions at which the core stops before its handler runs; shows them.", vector_catch},
      {"cortex_m fault_report", kExec, "",
       "Why a halted core is in a fault handler or locked up: which fault, at which pc, the status registers "
       "in "
       "words.",
       fault_report},
      {"arm core_state", kExec, "['arm'|'thumb']", "Shows the instruction set in use: Thumb on a Cortex-M.",
       core_state},
      {"arm mcr", kExec, "cpnum op1 CRn CRm op2 value",
       "Writes a coprocessor's register; no Cortex-M has them.", coprocessor("MCR", 6)},
      {"arm mrc", kExec, "cpnum op1 CRn CRm op2", "Reads a coprocessor's register; no Cortex-M has them.",
       coprocessor("MRC", 5)},
      {"arm reg", kExec, "", "The banked registers of other cores; for a Cortex-M use 'reg'.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 0, 0);
         return "Microcontroller Profile not supported - use standard reg cmd\n";
       }},
      {"arm disassemble", kExec, "address [count ['thumb']]", "Shows memory as instructions.",
       disassemble_memory},
  };
}

}  // namespace probity
