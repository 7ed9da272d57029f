// flash banks, list, info, probe, erase_check, protect, mdw, padded_value.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"

namespace probity {

using namespace flash_support;

namespace {

// Where the bank is, as far as known: before its probe what the configuration said.
Address shown_base(const FlashEntry& entry) {
  return entry.bank && entry.bank->probed() ? entry.bank->base() : entry.config.base;
}
std::uint32_t shown_size(const FlashEntry& entry) {
  return entry.bank && entry.bank->probed() ? entry.bank->size() : entry.config.size;
}

std::string banks(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text;
  std::size_t number = 0;
  for (const FlashEntry& e : call.session.flash_banks) {
    text += fmt::format("{}#{} : {} ({}) at 0x{:08x}, size 0x{:08x}, buswidth {}, chipwidth {}",
                        number == 0 ? "" : "\n", number, e.config.name, e.config.driver, shown_base(e),
                        shown_size(e), e.config.bus_width, e.config.chip_width);
    ++number;
  }
  return text;
}

std::string list(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text;
  for (const FlashEntry& e : call.session.flash_banks) {
    text += fmt::format("{}{{name {} driver {} base {} size {} bus_width {} chip_width {} target {}}}",
                        text.empty() ? "" : " ", e.config.name, e.config.driver, shown_base(e), shown_size(e),
                        e.config.bus_width, e.config.chip_width, e.config.target);
  }
  return text;
}

std::string sector_line(std::size_t number, const Sector& sector, std::string_view state) {
  return fmt::format("\n\t#{:3}: 0x{:08x} (0x{:x} {}kB) {}", number, sector.offset, sector.size,
                     sector.size >> 10, state);
}

std::string_view protection(const Sector& sector) {
  if (!sector.is_protected) return "protection state unknown";
  return *sector.is_protected ? "protected" : "not protected";
}

std::string info(const Call& call) {
  args::expect(call.args, 1, 2);
  const bool by_sector = call.args.size() == 2;
  if (by_sector) args::one_of(call.args[1], {"sectors"});
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  bank.check_protection();
  std::string text = fmt::format("#{} : {} at 0x{:08x}, size 0x{:08x}, buswidth {}, chipwidth {}", number,
                                 bank.config().driver, bank.base(), bank.size(), bank.config().bus_width,
                                 bank.config().chip_width);
  std::size_t n = 0;
  for (const Sector& s : by_sector ? bank.sectors() : bank.protection_blocks()) {
    text += sector_line(n++, s, protection(s));
  }
  return text + "\n" + bank.describe();
}

std::string probe(const Call& call) {
  args::expect(call.args, 1, 1);
  FlashBank& bank = call.session.flash_bank(call.args[0]);
  bank.probe(true);
  return fmt::format("flash '{}' found at 0x{:08x}", bank.config().driver, bank.base());
}

std::string erase_check(const Call& call) {
  args::expect(call.args, 1, 1);
  FlashBank& bank = bank_of(call.session, call.args[0]).bank;
  bank.check_erased();
  std::string text = "successfully checked erase state";
  // As seen of OpenOCD 0.12.0: erased sectors are not listed.
  const auto erased = [](const Sector& s) { return s.erased == true; };
  if (std::ranges::all_of(bank.sectors(), erased)) return text + "\n\tBank is erased";
  std::size_t n = 0;
  for (const Sector& s : bank.sectors()) {
    if (!erased(s)) text += sector_line(n, s, s.erased ? "not erased" : "erase state unknown");
    ++n;
  }
  return text;
}

std::string protect(const Call& call) {
  args::expect(call.args, 3, 4);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  const auto first = args::number32(call.args[1]);
  const auto end = static_cast<unsigned>(bank.protection_blocks().size()) - 1;
  const std::string& last_word = call.args.size() == 4 ? call.args[2] : call.args[1];
  const unsigned last = last_word == "last" ? end : args::number32(last_word);
  const bool on = args::on_off(call.args.back());
  bank.protect({first, last}, on);
  const bool blocks = &bank.protection_blocks() != &bank.sectors();
  return fmt::format("{} protection for {} {} through {} on flash bank {}", on ? "set" : "cleared",
                     blocks ? "blocks" : "sectors", first, last, number);
}

std::string padded_value(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  bank.set_padded_value(static_cast<std::uint8_t>(args::number(call.args[1], 0xFF)));
  return fmt::format("Default padded value set to 0x{:x} for flash bank {}", bank.padded_value(), number);
}

// Flash content as `mdw` shows memory, read the driver's way.
std::string display(const Call& call, unsigned size) {
  constexpr std::size_t kBytesALine = 32;
  args::expect(call.args, 1, 2);
  const Address address = args::address(call.args[0]);
  const std::uint64_t length = size * std::uint64_t{call.args.size() > 1 ? args::number32(call.args[1]) : 1};
  FlashBank* bank = call.session.bank_at(address);
  if (bank == nullptr || !AddressRange{bank->base(), bank->size()}.contains({address, length})) {
    throw UsageError(fmt::format("No flash at address 0x{:08x}", address));
  }
  Bytes content(length);
  bank->read(address - bank->base(), content);
  std::string text;
  for (std::size_t at = 0; at < content.size(); at += size) {
    if (at % kBytesALine == 0) text += fmt::format("{}0x{:08x}: ", at == 0 ? "" : "\n", address + at);
    std::string element;
    for (unsigned i = 0; i < size; ++i) element.insert(0, fmt::format("{:02x}", content[at + i]));
    text += element + " ";
  }
  return text + "\n";
}

}  // namespace

std::vector<CommandRow> flash_info_rows() {
  constexpr auto kExec = CommandMode::exec;
  const auto displayer = [](unsigned size) {
    return [size](const Call& call) { return display(call, size); };
  };
  return {
      {"flash banks", CommandMode::any, "", "Lists the flash banks in a table.", banks},
      {"flash list", CommandMode::any, "", "Returns the flash banks as a list of dictionaries.", list},
      {"flash info", kExec, "bank_id ['sectors']",
       "Shows a flash bank: its sectors, their protection, the chip.", info},
      {"flash probe", kExec, "bank_id", "Identifies a flash bank again.", probe},
      {"flash erase_check", kExec, "bank_id", "Looks which sectors of a bank are erased.", erase_check},
      {"flash protect", kExec, "bank_id first_block [last_block|'last'] ('on'|'off')",
       "Sets or clears write protection of a range of blocks (sectors, on most chips).", protect},
      {"flash mdw", kExec, "address [count]", "Displays flash as 32-bit words.", displayer(4)},
      {"flash mdh", kExec, "address [count]", "Displays flash as 16-bit half-words.", displayer(2)},
      {"flash mdb", kExec, "address [count]", "Displays flash as bytes.", displayer(1)},
      {"flash padded_value", kExec, "bank_id value", "Sets the byte that gaps in an image are filled with.",
       padded_value},
  };
}

std::vector<CommandRow> flash_rows() {
  std::vector<CommandRow> rows = flash_info_rows();
  std::ranges::move(flash_erase_rows(), std::back_inserter(rows));
  std::ranges::move(flash_write_rows(), std::back_inserter(rows));
  return rows;
}

}  // namespace probity
