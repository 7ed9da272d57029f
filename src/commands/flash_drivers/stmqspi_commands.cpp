// stmqspi mass_erase, set, cmd: external flash behind QUADSPI and OCTOSPI.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/stm32/qspi/qspi_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

constexpr std::uint32_t kSmallestChip = 256;  // bytes
constexpr std::size_t kMostBytes = 21;        // of `cmd`, as OpenOCD 0.12.0 takes

// Not probed: what the commands below are for may be that a probe knows nothing of the chip.
stm32::QspiBank& qspi_bank(const Call& call) {
  FlashBank& bank = call.session.flash_bank(call.args[0]);
  auto* qspi = dynamic_cast<stm32::QspiBank*>(&bank);
  if (qspi == nullptr) {
    throw UsageError(fmt::format("bank {} is not one of driver stmqspi", bank.config().name));
  }
  return *qspi;
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  stm32::QspiBank& bank = qspi_bank(call);
  if (!bank.probed()) bank.probe();
  const Stopwatch watch(call.session);
  bank.erase_everything();
  return fmt::format("stmqspi mass erase completed {}", watch.rate(bank.size()));
}

std::uint8_t opcode(const std::string& word) { return static_cast<std::uint8_t>(args::number(word, 0xFF)); }

std::uint8_t opcode_of(const std::string& word, std::initializer_list<int> allowed, std::string_view what) {
  const std::uint8_t code = opcode(word);
  if (std::ranges::find(allowed, code) == allowed.end())
    throw UsageError(fmt::format("stmqspi: only {}", what));
  return code;
}

std::uint32_t power_of_two(const std::string& word, std::uint32_t least, std::uint32_t most,
                           std::string_view complaint) {
  const std::uint32_t value = args::number32(word);
  if (!std::has_single_bit(value) || value < least || value > most) {
    throw UsageError(fmt::format("stmqspi: {}", complaint));
  }
  return value;
}

stm32::SpiNorPart part_of(std::span<const std::string> words) {
  stm32::SpiNorPart part;
  part.name = words[0];
  part.size = power_of_two(words[1], kSmallestChip, UINT32_MAX, "device size must be 2^n with n >= 8");
  part.page_size = power_of_two(words[2], 1, part.size, "page size must be 2^n and <= device size");
  part.read = opcode_of(words[3], {0x03, 0x13}, "0x03/0x13 READ cmd allowed");
  part.qread = opcode_of(words[4], {0x00, 0x0B, 0x0C, 0x3B, 0x3C, 0x6B, 0x6C, 0xBB, 0xBC, 0xEB, 0xEC, 0xEE},
                         "0x0B/0x0C/0x3B/0x3C/0x6B/0x6C/0xBB/0xBC/0xEB/0xEC/0xEE QREAD allowed");
  part.page_program = opcode_of(words[5], {0x02, 0x12, 0x32}, "0x02/0x12/0x32 PPRG cmd allowed");
  if (words.size() > 6) part.chip_erase = opcode(words[6]);
  part.sector_size = part.size;
  if (words.size() > 7) {
    if (words.size() != 9) throw UsageError("sector_size and sector_erase_cmd belong together");
    part.sector_size = power_of_two(words[7], 1, part.size, "sector size must be 2^n and <= device size");
    part.sector_erase = opcode(words[8]);
  }
  return part;
}

std::string set(const Call& call) {
  args::expect(call.args, 7, 10);
  stm32::QspiBank& bank = qspi_bank(call);
  const stm32::SpiNorPart part = part_of(call.args.subspan(1));
  bank.set_part(part);
  const bool large = part.size >= 4096;
  call.session.log().info("flash '{}' id = unknown\nchip size = {} {}, bank size = {} {}", part.name,
                          large ? part.size >> 10 : part.size, large ? "KiB" : "B",
                          large ? bank.size() >> 10 : bank.size(), large ? "KiB" : "B");
  return {};
}

std::string cmd(const Call& call) {
  if (call.args.size() < 3) throw UsageError("a bank, the number of bytes to read and a command are needed");
  stm32::QspiBank& bank = qspi_bank(call);
  const auto answer = static_cast<std::size_t>(args::number(call.args[1], 255));
  if (call.args.size() - 2 > kMostBytes) {
    throw UsageError(fmt::format("at most {} bytes may be sent", kMostBytes));
  }
  Bytes bytes;
  for (const std::string& word : call.args.subspan(2)) bytes.push_back(opcode(word));
  const Bytes read = bank.send(bytes[0], ByteView(bytes).subspan(1), answer);
  std::string text = "spi: ";
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x} ", byte);
  text += "-> ";
  for (const std::uint8_t byte : read) text += fmt::format("{:02x} ", byte);
  return text;
}

}  // namespace

std::vector<CommandRow> stmqspi_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stmqspi mass_erase", kExec, "bank_id", "Erases the whole external flash.", mass_erase},
      {"stmqspi set", kExec,
       "bank_id name chip_size page_size read_cmd qread_cmd pprg_cmd [ mass_erase_cmd ] [ sector_size "
       "sector_erase_cmd ]",
       "Says what the external flash chip is (each of two), where it does not itself.", set},
      {"stmqspi cmd", kExec, "bank_id num_resp cmd_byte ...",
       "Sends a command and the bytes behind it to the external flash, or reads num_resp bytes.", cmd},
  };
}

}  // namespace probity
