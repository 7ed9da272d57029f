// option list, read, write: the option bytes by the manual's names, on every STM32.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "commands/option_files.hpp"
#include "flash/stm32/main_flash.hpp"
#include "flash/stm32/option_change.hpp"

namespace probity {

using namespace flash_support;
using stm32::MainFlash;
using stm32::OptionBytes;
using stm32::OptionDifference;
using stm32::OptionField;
using stm32::OptionRisk;

namespace {

struct OptionBank {
  MainFlash& bank;
  OptionBytes& options;
};

// The bank that `word` names, or the current target's first one with option bytes.
OptionBank option_bank(Session& session, const std::optional<std::string>& word) {
  const std::vector<FlashBank*> banks =
      word ? std::vector<FlashBank*>{&session.flash_bank(*word)} : session.banks_of(session.target());
  for (FlashBank* bank : banks) {
    auto* main = dynamic_cast<MainFlash*>(bank);
    OptionBytes* options = main != nullptr ? main->options() : nullptr;
    if (options != nullptr) return {*main, *options};
  }
  throw UsageError(word ? fmt::format("bank {} has no option bytes", banks[0]->config().name)
                        : "no flash bank of the current target has option bytes");
}

std::string bits_of(const OptionBytes& options, const OptionField& field) {
  const std::string_view name = options.registers()[field.reg].name;
  if (field.bits == 32) return std::string(name);
  if (field.bits == 1) return fmt::format("{}[{}]", name, field.lsb);
  return fmt::format("{}[{}:{}]", name, field.lsb + field.bits - 1, field.lsb);
}

std::string option_list(const Call& call) {
  args::expect(call.args, 0, 1);
  OptionBytes& options =
      option_bank(call.session, call.args.empty() ? std::nullopt : std::optional(call.args[0])).options;
  const std::vector<std::uint32_t> values = options.read();
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += fmt::format("{} (0x{:08x}) = 0x{:08x}\n", options.registers()[i].name,
                        options.registers()[i].read, values[i]);
  }
  for (const OptionField& field : options.fields()) {
    const std::string shown =
        fmt::format("{}={}", field.name, option_value(field, field.field().get(values[field.reg])));
    text += fmt::format("{:<24} {:<20} {}\n", shown, bits_of(options, field), field.meaning);
  }
  text.pop_back();
  return text;
}

std::string option_read(const Call& call) {
  std::span<const std::string> words = call.args;
  std::optional<std::string> bank;
  if (words.size() >= 2 && words[0] == "-bank") {
    bank = words[1];
    words = words.subspan(2);
  }
  args::expect(words, 0, 1);
  OptionBytes& options = option_bank(call.session, bank).options;
  if (!words.empty()) {
    const OptionField& field = option_field(options.fields(), words[0]);
    return option_value(field, field.field().get(options.read()[field.reg]));
  }
  std::string text = option_lines(options.fields(), options.read());
  text.pop_back();
  return text;
}

// The words of `option write`.
struct Request {
  std::optional<std::string> bank, backup;
  bool dry_run = false, no_backup = false, permanent = false, mass_erase = false;
  std::vector<stm32::OptionAssignment> assignments;
};

Request request_from(std::span<const std::string> words) {
  Request request;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i];  // value() goes on to the next one
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) throw UsageError(fmt::format("{} needs a value", word));
      return words[++i];
    };
    if (!word.starts_with('-')) {
      request.assignments.push_back(option_files::assignment(word));
      continue;
    }
    args::one_of(word, {"-bank", "-backup", "-no-backup", "-file", "-dry-run", "-permanent", "-mass-erase"});
    if (word == "-bank") request.bank = value();
    if (word == "-backup") request.backup = value();
    if (word == "-file")
      std::ranges::copy(option_files::load(value()), std::back_inserter(request.assignments));
    if (word == "-no-backup") request.no_backup = true;
    if (word == "-dry-run") request.dry_run = true;
    if (word == "-permanent") request.permanent = true;
    if (word == "-mass-erase") request.mass_erase = true;
  }
  if (request.assignments.empty()) throw UsageError("nothing to write: give NAME=VALUE or -file FILE");
  if (request.backup && request.no_backup) throw UsageError("-backup and -no-backup exclude each other");
  return request;
}

// "RDP: 0x55 -> 0xaa (erases the whole flash: needs -mass-erase)"
std::string change_text(const OptionDifference& change) {
  constexpr std::string_view kNotes[] = {"", " (erases the whole flash: needs -mass-erase)",
                                         " (can never be undone: needs -permanent)"};
  return fmt::format("{}: {} -> {}{}", change.field->name, option_value(*change.field, change.before),
                     option_value(*change.field, change.after), kNotes[static_cast<unsigned>(change.risk)]);
}

// Refuses what cannot be undone, or costs the flash's content, and was not asked for by its own word.
void require_consent(const std::vector<OptionDifference>& changes, const Request& request) {
  for (const OptionDifference& change : changes) {
    const bool refused = (change.risk == OptionRisk::permanent && !request.permanent) ||
                         (change.risk == OptionRisk::mass_erase && !request.mass_erase);
    if (refused) {
      throw UsageError(fmt::format("{}; nothing was changed. {} is {}", change_text(change),
                                   change.field->name, change.field->meaning));
    }
  }
}

void save_backup(Session& session, const OptionBank& chip, std::span<const std::uint32_t> values,
                 const Request& request) {
  if (request.no_backup) return;
  const std::string& name = chip.bank.config().name;
  const std::string content = fmt::format(
      "# option bytes of bank {} ({}); to write them back: option write -bank {} -file THIS_FILE\n{}", name,
      chip.bank.describe(), name, option_lines(chip.options.fields(), values));
  if (request.backup) {
    option_files::save_new(*request.backup, content);
  } else {
    session.log().info("option bytes saved in {}",
                       option_files::save_under_free_name(name + "-options", content));
  }
}

// Writes, has the chip load them, and finds the core and the banks again. What is said about when they count.
std::string apply(Session& session, const OptionBank& chip, const std::vector<std::uint32_t>& values) {
  Target& target = chip.bank.target();
  chip.options.write(values);
  const bool loaded = chip.options.load();
  if (loaded) {
    target.assert_reset(true);
    target.deassert_reset(true);
  }
  for (FlashBank* bank : session.banks_of(target)) {
    if (bank->probed()) bank->probe(true);
  }
  return loaded
             ? "option bytes written and loaded; the chip was reset and is halted"
             : "option bytes written; they count from the next reset, a changed RDP level from a power cycle";
}

void require_written(OptionBytes& options, const MainFlash& bank, std::span<const std::uint32_t> wanted) {
  const std::vector<std::uint32_t> now = options.read();
  const auto wrong = differences(options.fields(), wanted, now);
  if (wrong.empty()) return;
  std::string text;
  for (const OptionDifference& d : wrong) {
    text += fmt::format("{}{} is {} instead of {}", text.empty() ? "" : ", ", d.field->name,
                        option_value(*d.field, d.after), option_value(*d.field, d.before));
  }
  const auto& reg = options.registers()[wrong[0].field->reg];
  throw FlashError(fmt::format("the chip did not take the option bytes: {}", text), bank.config().name,
                   reg.read, std::string(reg.name), now[wrong[0].field->reg]);
}

std::string option_write(const Call& call) {
  Session& session = call.session;
  const Request request = request_from(call.args);
  const OptionBank chip = option_bank(session, request.bank);
  const std::vector<std::uint32_t> before = chip.options.read();
  const auto after = with_assignments(chip.options.fields(), before, request.assignments);
  const auto changes = differences(chip.options.fields(), before, after);
  if (changes.empty()) return "the option bytes are as asked already; nothing was written";
  for (const OptionDifference& change : changes) session.log().user("{}", change_text(change));
  if (request.dry_run) return "nothing was written (-dry-run)";
  require_consent(changes, request);
  const TargetState state = chip.bank.target().state();
  if (state != TargetState::halted) throw TargetError("Target not halted", std::string(name_of(state)));
  save_backup(session, chip, before, request);
  const auto wanted = stm32::option_assignments(chip.options.fields(), after);
  const std::string said = apply(session, chip, after);
  // A probe may have found another geometry, or TrustZone switched, and with it other fields: what both have
  // counts.
  const OptionBank again = option_bank(session, request.bank);
  require_written(again.options, again.bank,
                  with_known_assignments(again.options.fields(), again.options.read(), wanted));
  return said;
}

}  // namespace

std::vector<CommandRow> option_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"option list", kExec, "[bank_id]",
       "Lists the option bytes: every field with its value, its place and what it means.", option_list},
      {"option read", kExec, "[-bank bank_id] [name]",
       "Returns the value of one option, or all as NAME=VALUE lines.", option_read},
      {"option write", kExec,
       "[-bank bank_id] [-dry-run] [-backup file | -no-backup] [-permanent] [-mass-erase] [-file file] "
       "name=value ...",
       "Shows what changes, saves what is there (in BANK-options.txt, or a new name of that kind; never over "
       "a "
       "file that exists), writes the options, has the chip load them and compares. A step that can never be "
       "undone needs -permanent, one that erases the flash -mass-erase. -file takes a saved file back.",
       option_write},
  };
}

}  // namespace probity
