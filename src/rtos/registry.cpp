#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "base/errors.hpp"
#include "rtos/rtos.hpp"
#include "rtos/systems.hpp"

namespace probity::rtos {

namespace {

constexpr SymbolRow kThreadX[] = {
    {"_tx_thread_current_ptr"}, {"_tx_thread_created_ptr"}, {"_tx_thread_created_count"}};

constexpr SymbolRow kFreeRtos[] = {
    {"pxCurrentTCB"},
    {"pxReadyTasksLists"},
    {"xDelayedTaskList1"},
    {"xDelayedTaskList2"},
    {"xPendingReadyList"},
    {"xTasksWaitingTermination", true},  // with INCLUDE_vTaskDelete
    {"xSuspendedTaskList", true},        // with INCLUDE_vTaskSuspend
    {"uxCurrentNumberOfTasks"},
    {"uxTopUsedPriority", true},  // not in V7.6 to V10, and the linker drops it
    {"xSchedulerRunning"},
};

constexpr SymbolRow kChibios[] = {
    {"rlist", true},      // before version 3
    {"ch", true},         // 3 to 6; its first member is rlist
    {"ch_system", true},  // since 7
    {"ch_debug"},
};

constexpr SymbolRow kNuttx[] = {
    {"g_readytorun"}, {"g_pidhash"}, {"g_npidhash"}, {"g_tcbinfo"}, {"g_reg_offs"}};

constexpr SymbolRow kRiot[] = {{"sched_threads"},
                               {"sched_num_threads"},
                               {"sched_active_pid"},
                               {"max_threads"},
                               {"_tcb_name_offset", true}};  // with DEVELHELP

constexpr SymbolRow kZephyr[] = {{"_kernel"},
                                 {"_kernel_thread_info_offsets", true},
                                 {"_kernel_thread_info_size_t_size", true},
                                 {"_kernel_thread_info_num_offsets", true},
                                 {"_kernel_openocd_offsets", true},  // the names before version 2.6
                                 {"_kernel_openocd_size_t_size", true},
                                 {"_kernel_openocd_num_offsets", true}};

constexpr SymbolRow kRtx5[] = {{"osRtxInfo"}};

struct SystemRow {
  std::string_view name;
  std::span<const SymbolRow> symbols;
  // One of these must be there too; empty: none.
  std::span<const std::string_view> one_of;
  MakeRtos* make;
  bool in_auto = true;
};

constexpr std::string_view kChibiosLists[] = {"rlist", "ch", "ch_system"};
constexpr std::string_view kZephyrTables[] = {"_kernel_thread_info_offsets", "_kernel_openocd_offsets"};

// In the order of kRtosNames.
constexpr SystemRow kSystems[] = {
    {kRtosNames[0], kThreadX, {}, make_threadx},
    {kRtosNames[1], kFreeRtos, {}, make_freertos},
    {kRtosNames[2], kChibios, kChibiosLists, make_chibios},
    {kRtosNames[3], kNuttx, {}, make_nuttx},
    {kRtosNames[4], kRiot, {}, make_riot},
    {kRtosNames[5], kZephyr, kZephyrTables, make_zephyr},
    {kRtosNames[6], kRtx5, {}, make_rtx5},
    {kRtosNames[7], {}, {}, make_hwthread, false},
};
static_assert(std::size(kSystems) == kRtosNames.size());

const SystemRow& row_of(std::string_view name) {
  const auto* row = std::ranges::find(kSystems, name, &SystemRow::name);
  if (row == std::end(kSystems)) throw ConfigError(unknown_rtos(name));
  return *row;
}

bool known(const SymbolTable& symbols, std::string_view name) {
  const auto found = symbols.find(name);
  return found != symbols.end() && found->second != 0;
}

bool complete(const SystemRow& row, const SymbolTable& symbols) {
  const auto there = [&](std::string_view name) { return known(symbols, name); };
  return std::ranges::all_of(row.symbols, [&](const SymbolRow& s) { return s.optional || there(s.name); }) &&
         (row.one_of.empty() || std::ranges::any_of(row.one_of, there));
}

void append_symbols(std::vector<WantedSymbol>& wanted, const SystemRow& row, bool all_optional) {
  for (const SymbolRow& symbol : row.symbols) {
    wanted.push_back({std::string(symbol.name), all_optional || symbol.optional});
  }
}

}  // namespace

std::vector<std::string_view> rtos_names() { return {kRtosNames.begin(), kRtosNames.end()}; }

std::vector<WantedSymbol> wanted_symbols(std::string_view name) {
  std::vector<WantedSymbol> wanted;
  if (name != "auto") {
    append_symbols(wanted, row_of(name), false);
    return wanted;
  }
  for (const SystemRow& row : kSystems) {
    if (row.in_auto) append_symbols(wanted, row, true);
  }
  return wanted;
}

std::unique_ptr<Rtos> make_rtos(std::string_view name, const SymbolTable& symbols, Target& target, Log& log) {
  if (name != "auto") {
    const SystemRow& row = row_of(name);
    return complete(row, symbols) ? row.make(row.name, symbols, target) : nullptr;
  }
  for (const SystemRow& row : kSystems) {
    if (!row.in_auto || !complete(row, symbols)) continue;
    log.info("Auto-detected RTOS: {}", row.name);  // OpenOCD's line
    return row.make(row.name, symbols, target);
  }
  return nullptr;
}

}  // namespace probity::rtos
