// load_image, fast_load, dump_image, verify_image, verify_image_checksum, test_image.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"

namespace probity {

using namespace flash_support;

namespace {

constexpr std::string_view kLoadUsage =
    "filename [address ['bin'|'ihex'|'elf'|'s19' [min_address [max_length]]]]";
constexpr std::string_view kVerifyUsage = "filename [offset [type]]";

// The image without what lies outside `window`.
void clip(Image& image, AddressRange window) {
  std::vector<Segment> kept;
  for (Segment& segment : image.segments) {
    const std::uint64_t from = std::max<std::uint64_t>(window.begin, segment.address);
    const std::uint64_t to = std::min(window.end(), segment.range().end());
    if (from >= to) continue;
    const auto first = segment.data.begin() + static_cast<std::ptrdiff_t>(from - segment.address);
    kept.push_back({static_cast<Address>(from), Bytes(first, first + static_cast<std::ptrdiff_t>(to - from)),
                    std::move(segment.name)});
  }
  image.segments = std::move(kept);
}

// The words of kLoadUsage.
Image image_for_ram(const Call& call) {
  args::expect(call.args, 1, 5);
  Image image = image_from(std::span(call.args).first(std::min<std::size_t>(call.args.size(), 3)));
  if (call.args.size() > 3) {
    const Address least = args::address(call.args[3]);
    const std::uint64_t length =
        call.args.size() > 4 ? args::number32(call.args[4]) : (std::uint64_t{1} << 32) - least;
    clip(image, {least, length});
  }
  return image;
}

std::string load(const Call& call) {
  const Image image = image_for_ram(call);
  MemPort& memory = call.session.target().memory();
  const Stopwatch watch(call.session);
  std::string text;
  for (const Segment& segment : image.segments) {
    memory.write_bytes(segment.address, segment.data);
    text += fmt::format("{} bytes written at address 0x{:08x}\n", segment.data.size(), segment.address);
  }
  return text + fmt::format("downloaded {} bytes {}", image.size(), watch.rate(image.size()));
}

// Reads a file once, for `fast_load` to write it again and again.
std::string keep(const Call& call, std::optional<Image>& kept) {
  const Stopwatch watch(call.session);
  kept = image_for_ram(call);
  std::string text;
  for (const Segment& segment : kept->segments) {
    text += fmt::format("{} bytes written at address 0x{:08x}\n", segment.data.size(), segment.address);
  }
  return text + fmt::format(
                    "Loaded {} bytes {}\nWARNING: image has not been loaded to target!"
                    "You can issue a 'fast_load' to finish loading.\n",
                    kept->size(), watch.rate(kept->size()));
}

std::string load_kept(const Call& call, const std::optional<Image>& kept) {
  args::expect(call.args, 0, 0);
  if (!kept) throw ConfigError("No image in memory; read one with: fast_load_image");
  MemPort& memory = call.session.target().memory();
  const Nanoseconds begin = call.session.clock().now();
  std::string text;
  for (const Segment& segment : kept->segments) {
    text += fmt::format("Write to 0x{:08x}, length 0x{:08x}\n", segment.address, segment.data.size());
    memory.write_bytes(segment.address, segment.data);
  }
  const std::chrono::duration<double> took = call.session.clock().now() - begin;
  const double kilobytes = static_cast<double>(kept->size()) / 1024;
  return text + fmt::format("Loaded image {:.6f} kBytes/s\n", kilobytes / std::max(took.count(), 1e-9));
}

std::string dump(const Call& call) {
  constexpr std::size_t kBlock = 64 * 1024;
  args::expect(call.args, 3, 3);
  const Address address = args::address(call.args[1]);
  const std::uint64_t size = args::number32(call.args[2]);
  if (address + size > std::uint64_t{1} << 32) {
    throw UsageError(fmt::format("{} bytes from 0x{:08x} go beyond the end of memory", size, address));
  }
  Target& target = call.session.target();
  MemPort& memory = target.memory();
  const auto open = reading_of(call.session.banks_of(target));
  const Stopwatch watch(call.session);
  Bytes content(size);
  for (std::size_t at = 0; at < size; at += kBlock) {
    const std::size_t length = std::min<std::size_t>(kBlock, size - at);
    memory.read_bytes(address + static_cast<Address>(at), ByteSpan(content).subspan(at, length));
  }
  write_file(call.args[0], content);
  return fmt::format("dumped {} bytes {}", size, watch.rate(size));
}

std::string verify(const Call& call) {
  const Image image = image_from(call.args);
  Target& target = call.session.target();
  const Stopwatch watch(call.session);
  const auto mismatch = compare(image, target, call.session.log(), call.session.banks_of(target));
  if (mismatch) fail_verify(call.session, image, *mismatch);
  return fmt::format("verified {} bytes {}", image.size(), watch.rate(image.size()));
}

std::string test(const Call& call) {
  const Stopwatch watch(call.session);
  const Image image = image_from(call.args);
  std::string text;
  for (const Segment& segment : image.segments) {
    text += fmt::format("address 0x{:08x} length 0x{:08x}\n", segment.address, segment.data.size());
  }
  return text + fmt::format("verified {} bytes {}", image.size(), watch.rate(image.size()));
}

}  // namespace

std::vector<CommandRow> image_rows() {
  constexpr auto kExec = CommandMode::exec;
  const auto kept = std::make_shared<std::optional<Image>>();
  return {
      {"fast_load_image", CommandMode::any, kLoadUsage, "Reads an image into this program, for 'fast_load'.",
       [kept](const Call& call) { return keep(call, *kept); }},
      {"fast_load", kExec, "", "Writes the image of 'fast_load_image' into the target's RAM.",
       [kept](const Call& call) { return load_kept(call, *kept); }},
      {"load_image", kExec, kLoadUsage, "Writes an image into the target's RAM.", load},
      {"dump_image", kExec, "filename address size", "Reads target memory into a binary file.", dump},
      {"verify_image", kExec, kVerifyUsage, "Compares an image with target memory.", verify},
      {"verify_image_checksum", kExec, kVerifyUsage, "Compares an image with target memory by checksums.",
       verify},
      {"test_image", CommandMode::any, kVerifyUsage, "Reads an image file and lists what it would load.",
       test},
  };
}

}  // namespace probity
