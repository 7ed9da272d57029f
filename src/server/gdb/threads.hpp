// Threads of the target's operating system (`-rtos`), as GDB asks for them. Without one GDB sees one thread
// of its own making.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtos/rtos.hpp"
#include "server/gdb/context.hpp"

namespace probity::server::gdb {

class Threads {
 public:
  explicit Threads(Context& context);

  // qSymbol:VALUE:NAME or qSymbol:: (GDB offers symbols); the next one to look up, or "OK".
  std::string symbol(std::string_view text);
  // Hg, Hc, T, qC, qfThreadInfo, qsThreadInfo, qThreadExtraInfo, qXfer:threads:read.
  std::string select(std::string_view operation);
  std::string is_alive(std::string_view id);
  std::string current();
  std::string first_ids();
  std::string extra_info(std::string_view id);
  std::string document_piece(std::string_view range);

  // At a stop: reads the lists. "thread:0000000020000100;" where the current one is known.
  std::string stop_field();
  // Everything that was read is out of date.
  void forget();
  // Of the selected thread, where that is not the one the core runs.
  std::optional<RegisterValue> saved_register(std::string_view name);

 private:
  bool refresh();
  std::string next_symbol();
  std::string document();

  Context& context_;
  std::string rtos_name_;
  std::vector<rtos::WantedSymbol> wanted_;
  std::size_t next_wanted_ = 0;
  rtos::SymbolTable symbols_;
  std::unique_ptr<rtos::Rtos> rtos_;
  bool fresh_ = false;
  std::optional<rtos::ThreadId> selected_;
  std::optional<std::pair<rtos::ThreadId, rtos::ThreadRegisters>> saved_;
  std::string document_;
};

}  // namespace probity::server::gdb
