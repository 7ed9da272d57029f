// libFuzzer: what comes to a GDB port. Any bytes, cut anywhere, give the same packets; none is longer than announced;
// what we frame comes back as it was.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "server/gdb/packet.hpp"

namespace {

using namespace probity::server::gdb;

void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "not kept: %s\n", promise);
  std::abort();
}

using Packets = std::vector<std::pair<Received::Kind, std::string>>;

// The first byte says how large the pieces are, and whether checksums count.
Packets read(std::string_view bytes, std::size_t piece, bool checksums) {
  PacketReader reader;
  if (!checksums) reader.ignore_checksums();
  Packets packets;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (const auto received = reader.next(part)) {
      require(received->text.size() <= kPacketSize, "no packet is longer than announced");
      packets.emplace_back(received->kind, received->text);
    }
    require(part.empty(), "nothing is told only when all was taken");
  }
  return packets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 64;
  const bool checksums = (data[0] & 0x80) == 0;
  require(read(bytes, bytes.size(), checksums) == read(bytes, piece, checksums),
          "packets do not depend on how the bytes came");
  if (bytes.size() > kPacketSize / 2) return 0;
  const Packets back = read("+" + framed(escaped(bytes)), piece, true);
  require(back.size() == 2 && back[0].first == Received::Kind::ack &&
              back[1] == std::pair(Received::Kind::packet, std::string(bytes)),
          "what is framed comes back");
  return 0;
}
