// NuttX with CONFIG_DEBUG_TCBINFO: a hash table of all tasks by process id, and a record (g_tcbinfo) and a
// table (g_reg_offs) that say where the members and the saved registers are.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "rtos/systems.hpp"
#include "rtos/thread_list.hpp"

namespace probity::rtos {

namespace {

// struct tcbinfo_s, include/nuttx/sched.h: 16-bit offsets, packed. The first four are the same in all
// versions; where the others are follows from where the pointer to g_reg_offs is.
constexpr unsigned kPid = 0, kState = 2, kName = 6, kRecordSize = 22;
struct RecordVersion {
  unsigned pointer;  // to g_reg_offs
  unsigned regs;     // offset of xcp.regs
};
constexpr RecordVersion kRecords[] = {
    {14, 8},   // pid, state, pri, name, regs, basic_num, total_num: up to 12.2
    {18, 12},  // with stack and stack_size before regs
    {16, 12},  // one regs_num for the two numbers
};

constexpr unsigned kRegisters = 17;  // of g_reg_offs: r0 … r15, xpsr
constexpr std::uint16_t kNotSaved = 0xFFFF;
constexpr unsigned kLongestTask = 2048;     // bytes up to the last member we want
constexpr Field xPSR_ALIGN{"ALIGN", 9, 1};  // DDI 0403E B1.5.7

// enum tstate_e, include/nuttx/sched.h; in OpenOCD's words.
constexpr std::array<std::string_view, 11> kStates = {
    "INVALID",  "PENDING",         "READYTORUN",     "RUNNING",       "INACTIVE", "WAIT_SEM",
    "WAIT_SIG", "WAIT_MQNOTEMPTY", "WAIT_MQNOTFULL", "WAIT_PAGEFILL", "STOPPED"};

class NuttX final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  struct Offsets {
    unsigned pid, state, name, regs;
  };
  Offsets read_offsets();
  void add_task(Address address, const Offsets& offsets);

  std::map<ThreadId, Address> saved_;  // where each task's registers are
};

NuttX::Offsets NuttX::read_offsets() {
  const Bytes record = memory_.read(symbol("g_tcbinfo"), kRecordSize, "g_tcbinfo");
  for (const RecordVersion& version : kRecords) {
    if (load_le32(record, version.pointer) != symbol("g_reg_offs")) continue;
    const Offsets found{load_le16(record, kPid), load_le16(record, kState), load_le16(record, kName),
                        load_le16(record, version.regs)};
    if (std::max({found.pid, found.state, found.name, found.regs}) >= kLongestTask) break;
    return found;
  }
  memory_.fail("g_tcbinfo is of no version that is known, or not this program's");
}

void NuttX::add_task(Address address, const Offsets& offsets) {
  require_pointer(address, "an entry of g_pidhash");
  const std::size_t size = std::max({offsets.pid + 2, offsets.state + 1, offsets.regs + 4});
  const auto block = offsets.name != 0
                         ? memory_.read_with_text(address, size, offsets.name, "a tcb_s")
                         : StructureReader::WithText{memory_.read(address, size, "a tcb_s"), "None"};
  const std::uint8_t state = block.bytes[offsets.state];
  add({address, block.text.empty() ? "No Name" : block.text,
       std::string(state < kStates.size() ? kStates[state] : "Unknown"),
       fmt::format("pid:{}", load_le16(block.bytes, offsets.pid))},
      "g_pidhash");
  saved_[address] = load_le32(block.bytes, offsets.regs);
}

void NuttX::read_threads() {
  saved_.clear();
  const auto values = memory_.words({symbol("g_pidhash"), symbol("g_npidhash"), symbol("g_readytorun")},
                                    "the scheduler's variables");
  const Address table = values[0], current = values[2];
  const std::uint32_t entries = values[1];
  if (table == 0 || entries == 0 || current == 0) {  // nx_start has not made the lists
    add_core_itself();
    return;
  }
  if (entries > kMostThreads)
    memory_.fail(fmt::format("g_npidhash is {}, more than {}", entries, kMostThreads));
  const Offsets offsets = read_offsets();
  set_current(current);
  const Bytes hash = memory_.read(table, entries * 4, "g_pidhash");
  for (std::uint32_t i = 0; i < entries; ++i) {
    const Address task = load_le32(hash, i * 4);
    if (task != 0) add_task(task, offsets);
  }
}

ThreadRegisters NuttX::saved_registers(const Thread& thread) {
  const Bytes table = memory_.read(symbol("g_reg_offs"), kRegisters * 2, "g_reg_offs");
  unsigned size = 0;
  for (unsigned i = 0; i < kRegisters; ++i) {
    const std::uint16_t at = load_le16(table, i * 2);
    if (at != kNotSaved) size = std::max<unsigned>(size, at + 4u);
  }
  if (size > kLongestTask) memory_.fail(fmt::format("g_reg_offs has the offset {}", size - 4));
  const Bytes saved =
      memory_.read(saved_.at(thread.id), size, "the saved registers of '" + thread.name + "'");
  const auto value = [&](unsigned i) -> std::optional<std::uint32_t> {
    const std::uint16_t at = load_le16(table, i * 2);
    if (at == kNotSaved) return {};
    return load_le32(saved, at);
  };
  ThreadRegisters registers;
  for (unsigned i = 0; i < 13; ++i) {
    if (const auto v = value(i)) registers.emplace_back(fmt::format("r{}", i), *v);
  }
  const std::uint32_t xpsr = value(16).value_or(0);
  // What is saved is the stack pointer behind the frame, without the word that the core left free for
  // alignment.
  const Address sp = value(13).value_or(0) + (xPSR_ALIGN.is_set(xpsr) ? 4 : 0);
  registers.emplace_back("sp", sp);
  registers.emplace_back("psp", sp);
  registers.emplace_back("lr", value(14).value_or(0));
  registers.emplace_back("pc", value(15).value_or(0));
  registers.emplace_back("xpsr", xPSR_ALIGN.set(xpsr, 0));
  return registers;
}

}  // namespace

std::unique_ptr<Rtos> make_nuttx(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<NuttX>(name, symbols, target);
}

}  // namespace probity::rtos
