// Zephyr with CONFIG_DEBUG_THREAD_INFO (formerly CONFIG_OPENOCD_SUPPORT): the program carries a table of
// where its structures have their members, subsys/debug/thread_info.c.
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

// The table's items, in order. Version 0 ends with t_stack_pointer, version 1 with t_coop_float; how many
// there are is in _kernel_thread_info_num_offsets, where that exists.
enum Item : unsigned {
  version,
  k_current,
  k_threads,
  t_entry,
  t_next,
  t_state,
  t_user_options,
  t_prio,
  t_stack_pointer,
  t_name,
  t_arch,
  t_preempt_float,
  t_coop_float,
  t_arm_exc_return,
  item_count
};
constexpr unsigned kItemsOfVersion[] = {t_stack_pointer + 1, t_coop_float + 1};
constexpr std::uint32_t kUnimplemented = 0xFFFFFFFF;
constexpr std::size_t kLongestThread = 4096;  // bytes up to the last member we want

// struct _callee_saved, include/zephyr/arch/arm/thread.h: r4 … r11, then psp, which the table points to.
constexpr unsigned kSavedBeforeStackPointer = 32;

// _thread_base.thread_state, kernel_structs.h. Bit 2 was "not started" before 4.1.
struct StateRow {
  Field bit;
  std::string_view word;
};
constexpr StateRow kStates[] = {
    {{"_THREAD_DEAD", 3, 1}, "Dead"},           {{"_THREAD_ABORTING", 5, 1}, "Aborting"},
    {{"_THREAD_SUSPENDED", 4, 1}, "Suspended"}, {{"_THREAD_PENDING", 1, 1}, "Pending"},
    {{"_THREAD_SLEEPING", 2, 1}, "Sleeping"},   {{"_THREAD_DUMMY", 0, 1}, "Dummy"},
};

constexpr FrameLayout kFrames[] = {{kAnyCore, {Part::hardware}}};

class Zephyr final : public ThreadList {
 public:
  using ThreadList::ThreadList;

 protected:
  void read_threads() override;
  ThreadRegisters saved_registers(const Thread& thread) override;

 private:
  void read_table();
  bool has_item(Item item) const { return offsets_[item] != kUnimplemented; }
  // Of a member that is in a thread's control block.
  std::uint32_t offset(Item item) const { return offsets_[item]; }
  Address table_symbol(std::string_view what) const;
  std::size_t thread_size() const;
  Address add_thread(Address address);
  std::string state_of(Address address, std::uint8_t state) const;

  std::array<std::uint32_t, item_count> offsets_{};
  std::map<ThreadId, Bytes> blocks_;
};

// "_kernel_thread_info_…", or "_kernel_openocd_…" as it was before 2.6.
Address Zephyr::table_symbol(std::string_view what) const {
  const auto now = find_symbol(fmt::format("_kernel_thread_info_{}", what));
  return now ? *now : symbol(fmt::format("_kernel_openocd_{}", what));
}

void Zephyr::read_table() {
  const std::uint8_t width =
      memory_.read(table_symbol("size_t_size"), 1, "_kernel_thread_info_size_t_size")[0];
  if (width != 4) {
    memory_.fail(fmt::format(
        "_kernel_thread_info_size_t_size is {} and not 4: is this program in the target?", width));
  }
  const Address table = table_symbol("offsets");
  const bool has_count =
      find_symbol("_kernel_thread_info_num_offsets") || find_symbol("_kernel_openocd_num_offsets");
  const std::uint32_t table_version = memory_.word(table, "_kernel_thread_info_offsets");
  if (table_version > 1) {
    memory_.fail(fmt::format("_kernel_thread_info_offsets has version {}; 0 and 1 are known", table_version));
  }
  std::uint32_t count = kItemsOfVersion[table_version];
  if (has_count) count = memory_.word(table_symbol("num_offsets"), "_kernel_thread_info_num_offsets");
  if (count <= t_stack_pointer) {
    memory_.fail(fmt::format("_kernel_thread_info_num_offsets is {}, too few", count));
  }
  count = std::min<std::uint32_t>(count, item_count);
  offsets_.fill(kUnimplemented);
  const Bytes bytes = memory_.read(table, count * 4, "_kernel_thread_info_offsets");
  for (unsigned i = 0; i < count; ++i) offsets_[i] = load_le32(bytes, i * 4);
  for (const Item needed :
       {k_current, k_threads, t_entry, t_next, t_state, t_user_options, t_prio, t_stack_pointer}) {
    if (offsets_[needed] >= kLongestThread) {
      memory_.fail(fmt::format("_kernel_thread_info_offsets[{}] is 0x{:x}, no offset",
                               static_cast<unsigned>(needed), offsets_[needed]));
    }
  }
}

// Up to the last member that is of interest, with the FPU registers and EXC_RETURN where the table has them.
std::size_t Zephyr::thread_size() const {
  std::size_t size = 0;
  for (const Item item : {t_entry, t_next, t_state, t_user_options, t_prio, t_stack_pointer}) {
    size = std::max<std::size_t>(size, offset(item) + 4);
  }
  if (!has_item(t_arch)) return size;
  if (has_item(t_preempt_float))
    size = std::max<std::size_t>(size, offset(t_arch) + offset(t_preempt_float) + 64);
  if (has_item(t_arm_exc_return))
    size = std::max<std::size_t>(size, offset(t_arch) + offset(t_arm_exc_return) + 1);
  return std::min(size, kLongestThread);
}

std::string Zephyr::state_of(Address address, std::uint8_t state) const {
  if (current() == address) return "Running";
  for (const StateRow& row : kStates) {
    if (row.bit.is_set(state)) return std::string(row.word);
  }
  return "Ready";
}

Address Zephyr::add_thread(Address address) {
  require_pointer(address, "a thread in the list _kernel.threads");
  const bool named = has_item(t_name) && offset(t_name) < kLongestThread;
  auto block = named ? memory_.read_with_text(address, thread_size(), offset(t_name), "a k_thread")
                     : StructureReader::WithText{memory_.read(address, thread_size(), "a k_thread"), {}};
  std::string name = std::move(block.text);
  if (name.empty()) name = fmt::format("thr_{:x}_{:x}", load_le32(block.bytes, offset(t_entry)), address);
  const auto byte = [&](Item item) { return load_u8(block.bytes, offset(item)); };
  add({address, std::move(name), state_of(address, byte(t_state)),
       fmt::format("prio:{},useropts:{}", static_cast<std::int8_t>(byte(t_prio)), byte(t_user_options))},
      "_kernel.threads");
  const Address next = load_le32(block.bytes, offset(t_next));
  blocks_[address] = std::move(block.bytes);
  return next;
}

void Zephyr::read_threads() {
  blocks_.clear();
  read_table();
  const Address kernel = symbol("_kernel");
  const auto values = memory_.words({kernel + offset(k_current), kernel + offset(k_threads)}, "_kernel");
  if (values[0] == 0 || values[1] == 0) {  // before z_cstart has made the first thread
    add_core_itself();
  } else {
    require_pointer(values[0], "_kernel.cpus[0].current");
    set_current(values[0]);
  }
  for (Address next = values[1]; next != 0;) next = add_thread(next);
}

ThreadRegisters Zephyr::saved_registers(const Thread& thread) {
  const Bytes& block = blocks_.at(thread.id);
  const unsigned stack_pointer = offset(t_stack_pointer);
  if (stack_pointer < kSavedBeforeStackPointer) {
    memory_.fail("_kernel_thread_info_offsets: before the stack pointer is no room for r4-r11");
  }
  const unsigned arch = has_item(t_arch) ? offset(t_arch) : 0;
  std::optional<bool> fpu;
  if (has_item(t_arch) && has_item(t_arm_exc_return)) {
    const Field not_extended{"FType", 4, 1};  // of the EXC_RETURN's lowest byte
    fpu = !not_extended.is_set(load_u8(block, arch + offset(t_arm_exc_return)));
  }
  const std::string stack = stack_of(thread);
  ThreadRegisters registers =
      read_frame(memory_, core_kind(target_.cpuid()), kFrames, {stack, load_le32(block, stack_pointer), fpu});
  for (unsigned i = 0; i < 8; ++i) {
    registers.emplace_back(fmt::format("r{}", 4 + i),
                           load_le32(block, stack_pointer - kSavedBeforeStackPointer + 4 * i));
  }
  if (fpu.value_or(false) && has_item(t_preempt_float)) {
    for (unsigned i = 0; i < 16; ++i) {
      registers.emplace_back(fmt::format("s{}", 16 + i),
                             load_le32(block, arch + offset(t_preempt_float) + 4 * i));
    }
  }
  add_double_registers(registers);
  return registers;
}

}  // namespace

std::unique_ptr<Rtos> make_zephyr(std::string_view name, const SymbolTable& symbols, Target& target) {
  return std::make_unique<Zephyr>(name, symbols, target);
}

}  // namespace probity::rtos
