// reset_config: which reset wires there are and how they behave. The words come in groups; of each group one
// holds.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

struct Word {
  std::string_view word;
  unsigned group;
  void (*apply)(ResetConfig&);
};

constexpr Word kWords[] = {
    {"none", 0, [](ResetConfig& c) { c.has_srst = c.has_trst = false; }},
    {"trst_only", 0, [](ResetConfig& c) { c.has_srst = false, c.has_trst = true; }},
    {"srst_only", 0, [](ResetConfig& c) { c.has_srst = true, c.has_trst = false; }},
    {"trst_and_srst", 0, [](ResetConfig& c) { c.has_srst = c.has_trst = true; }},
    {"separate", 1, [](ResetConfig& c) { c.srst_pulls_trst = c.trst_pulls_srst = false; }},
    {"srst_pulls_trst", 1, [](ResetConfig& c) { c.srst_pulls_trst = true, c.trst_pulls_srst = false; }},
    {"trst_pulls_srst", 1, [](ResetConfig& c) { c.srst_pulls_trst = false, c.trst_pulls_srst = true; }},
    {"combined", 1, [](ResetConfig& c) { c.srst_pulls_trst = c.trst_pulls_srst = true; }},
    {"srst_gates_jtag", 2, [](ResetConfig& c) { c.srst_nogate = false; }},
    {"srst_nogate", 2, [](ResetConfig& c) { c.srst_nogate = true; }},
    {"trst_push_pull", 3, [](ResetConfig& c) { c.trst_push_pull = true; }},
    {"trst_open_drain", 3, [](ResetConfig& c) { c.trst_push_pull = false; }},
    {"srst_push_pull", 4, [](ResetConfig& c) { c.srst_open_drain = false; }},
    {"srst_open_drain", 4, [](ResetConfig& c) { c.srst_open_drain = true; }},
    {"connect_deassert_srst", 5, [](ResetConfig& c) { c.connect_assert_srst = false; }},
    {"connect_assert_srst", 5, [](ResetConfig& c) { c.connect_assert_srst = true; }},
};

// What a wire is not there for is left out; as OpenOCD shows it.
std::string describe(const ResetConfig& c) {
  std::string text =
      c.has_srst ? (c.has_trst ? "trst_and_srst" : "srst_only") : (c.has_trst ? "trst_only" : "none");
  text += c.srst_pulls_trst ? (c.trst_pulls_srst ? " combined" : " srst_pulls_trst")
                            : (c.trst_pulls_srst ? " trst_pulls_srst" : " separate");
  if (c.has_srst) text += c.srst_nogate ? " srst_nogate" : " srst_gates_jtag";
  if (c.has_trst) text += c.trst_push_pull ? " trst_push_pull" : " trst_open_drain";
  if (c.has_srst) text += c.srst_open_drain ? " srst_open_drain" : " srst_push_pull";
  if (c.has_srst) text += c.connect_assert_srst ? " connect_assert_srst" : " connect_deassert_srst";
  return text;
}

std::string reset_config(const Call& call) {
  ResetConfig changed = call.session.reset_config;
  std::string_view of_group[6];
  for (const std::string& word : call.args) {
    const Word* found = std::ranges::find(kWords, word, &Word::word);
    if (found == std::end(kWords)) throw UsageError(fmt::format("unknown reset_config flag ({})", word));
    if (!of_group[found->group].empty()) {
      throw UsageError(fmt::format("'{}' and '{}' exclude each other", of_group[found->group], word));
    }
    of_group[found->group] = found->word;
    found->apply(changed);
  }
  call.session.reset_config = changed;
  return describe(changed);
}

}  // namespace

std::vector<CommandRow> reset_config_rows() {
  return {{"reset_config", CommandMode::any,
           "[none|trst_only|srst_only|trst_and_srst] [srst_pulls_trst|trst_pulls_srst|combined|separate] "
           "[srst_gates_jtag|srst_nogate] [trst_push_pull|trst_open_drain] [srst_push_pull|srst_open_drain] "
           "[connect_deassert_srst|connect_assert_srst]",
           "Says which reset wires the board has and how they behave; shows it.", reset_config}};
}

}  // namespace probity
