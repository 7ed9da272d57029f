// flash write_image, verify_image, write_bank, read_bank, verify_bank.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/holes.hpp"

namespace probity {

using namespace flash_support;

namespace {

std::string write_image(const Call& call) {
  std::span<const std::string> words = call.args;
  PlanOptions options;
  std::string text;
  for (; !words.empty() && (words[0] == "erase" || words[0] == "unlock"); words = words.subspan(1)) {
    (words[0] == "erase" ? options.erase : options.unlock) = true;
    text += fmt::format("auto {} enabled\n", words[0]);
  }
  const Image image = image_from(words);
  const std::vector<FlashBank*> all = call.session.banks_of(call.session.target());
  const std::vector<FlashBank*> banks = banks_for(image, all);
  const FlashPlan todo = plan(image, views_of(banks), options);
  const Stopwatch watch(call.session);
  const FlashJobResult done = execute(todo, banks);
  if (done.sectors_unchanged != 0) {
    call.session.log().debug("{} sectors had the right content and were left alone", done.sectors_unchanged);
  }
  return text +
         fmt::format("wrote {} bytes from file {} {}", todo.bytes(), image.path, watch.rate(todo.bytes()));
}

std::string verify_flash_image(const Call& call) {
  const Image image = image_from(call.args);
  const std::vector<FlashBank*> all = call.session.banks_of(call.session.target());
  plan(image, views_of(banks_for(image, all)), {});  // refuses what is outside flash
  Target& target = call.session.target();
  const Stopwatch watch(call.session);
  const auto mismatch = compare(image, target, call.session.log(), all);
  if (mismatch) fail_verify(call.session, image, *mismatch);
  return fmt::format("verified {} bytes from file {} {}", image.size(), image.path, watch.rate(image.size()));
}

// The part of the file that fits into the bank behind `offset`; says so where that is not all.
Bytes content_for(const Call& call, const FlashBank& bank, const std::string& path, std::uint32_t offset,
                  std::string_view verb) {
  if (offset > bank.size()) {
    throw UsageError(fmt::format("Offset 0x{:08x} is out of range of the flash bank", offset));
  }
  Bytes content = read_file(path);
  if (content.empty()) throw ImageError(fmt::format("{} is empty (0 bytes)", path), path);
  const std::uint32_t room = bank.size() - offset;
  if (content.size() > room) {
    call.session.log().info("File content exceeds flash bank size. Only {} the first {} bytes of the file",
                            verb, room);
    content.resize(room);
  }
  return content;
}

// What of a bank's image lies in its sectors. In a hole it may hold what `flash read_bank` puts there only.
std::vector<FlashWrite> in_flash(const FlashBank& bank, std::uint32_t offset, ByteView content) {
  std::vector<FlashWrite> pieces;
  for (const BankPiece& piece :
       pieces_of(bank.sectors(), offset, static_cast<std::uint32_t>(content.size()))) {
    const ByteView data = content.subspan(piece.offset - offset, piece.size);
    if (!piece.hole) {
      pieces.push_back({piece.offset, Bytes(data.begin(), data.end())});
    } else if (std::ranges::any_of(data, [&](std::uint8_t byte) { return byte != bank.erased_value(); })) {
      const Address address = bank.base() + piece.offset;
      throw FlashError(fmt::format("the file has data for 0x{:08x}-0x{:08x}, where bank {} has no flash",
                                   address, address + piece.size - 1, bank.config().name),
                       bank.config().name, address);
    }
  }
  return pieces;
}

std::string write_bank(const Call& call) {
  args::expect(call.args, 2, 3);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  const std::uint32_t offset = call.args.size() > 2 ? args::number32(call.args[2]) : 0;
  const Bytes content = content_for(call, bank, call.args[1], offset, "writing");
  const Stopwatch watch(call.session);
  for (const FlashWrite& piece : in_flash(bank, offset, content)) bank.write(piece.offset, piece.data);
  return fmt::format("wrote {} bytes from file {} to flash bank {} at offset 0x{:08x} {}", content.size(),
                     call.args[1], number, offset, watch.rate(content.size()));
}

std::string read_bank(const Call& call) {
  args::expect(call.args, 2, 4);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  const std::uint32_t offset = call.args.size() > 2 ? args::number32(call.args[2]) : 0;
  if (offset > bank.size()) {
    throw UsageError(fmt::format("Offset 0x{:08x} is out of range of the flash bank", offset));
  }
  const std::uint32_t length = call.args.size() > 3 ? args::number32(call.args[3]) : bank.size() - offset;
  if (length > bank.size() - offset) {
    throw UsageError(fmt::format("Length of {} bytes with offset 0x{:08x} is out of range of the flash bank",
                                 length, offset));
  }
  const Stopwatch watch(call.session);
  Bytes content(length);
  bank.read(offset, content);
  write_file(call.args[1], content);
  return fmt::format("wrote {} bytes to file {} from flash bank {} at offset 0x{:08x} {}", length,
                     call.args[1], number, offset, watch.rate(length));
}

std::string verify_bank(const Call& call) {
  args::expect(call.args, 2, 3);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  const std::uint32_t offset = call.args.size() > 2 ? args::number32(call.args[2]) : 0;
  Image image;
  image.path = call.args[1];
  const Bytes content = content_for(call, bank, image.path, offset, "comparing");
  for (FlashWrite& piece : in_flash(bank, offset, content)) {
    image.segments.push_back({bank.base() + piece.offset, std::move(piece.data), "file"});
  }
  const Stopwatch watch(call.session);
  FlashBank* const banks[] = {&bank};
  const auto mismatch = compare(image, bank.target(), call.session.log(), banks);
  const std::string read = fmt::format("read {} bytes from file {} and flash bank {} at offset 0x{:08x} {}",
                                       image.size(), image.path, number, offset, watch.rate(image.size()));
  if (mismatch) {
    call.session.log().user("{}\ncontents differ", read);
    fail_verify(call.session, image, *mismatch);
  }
  return read + "\ncontents match";
}

}  // namespace

std::vector<CommandRow> flash_write_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"flash write_image", kExec, "[erase] [unlock] filename [offset [file_type]]",
       "Writes an image to flash; 'erase' erases what it touches first, 'unlock' takes write protection off. "
       "The offset "
       "is added to the image's addresses.",
       write_image},
      {"flash verify_image", kExec, "filename [offset [file_type]]", "Compares an image with flash.",
       verify_flash_image},
      {"flash write_bank", kExec, "bank_id filename [offset]",
       "Writes a binary file to a bank, from its beginning or the offset; erases nothing.", write_bank},
      {"flash read_bank", kExec, "bank_id filename [offset [length]]", "Reads a bank into a binary file.",
       read_bank},
      {"flash verify_bank", kExec, "bank_id filename [offset]", "Compares a binary file with a bank.",
       verify_bank},
  };
}

}  // namespace probity
