// libFuzzer: one reader of image files, named by FUZZED_FORMAT. Any bytes are either an image that keeps the promises of
// image.hpp or an ImageError; nothing else, and no memory beyond what the bytes can describe.
#include <cstdio>
#include <cstdlib>

#include "base/errors.hpp"
#include "image/image.hpp"

namespace {

void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "not kept: %s\n", promise);
  std::abort();
}

void check(const probity::Image& image) {
  require(!image.segments.empty(), "an image has something to load");
  std::uint64_t end = 0;
  for (const probity::Segment& segment : image.segments) {
    require(!segment.data.empty(), "no segment is empty");
    require(end == 0 || segment.address > end, "segments are sorted, and those that touch are one");
    end = std::uint64_t{segment.address} + segment.data.size();
    require(end <= std::uint64_t{1} << 32, "addresses have 32 bits");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const probity::ByteView content(data, size);
  try {
    check(probity::parse_image(content, "fuzzed", probity::ImageFormat::FUZZED_FORMAT, 0));
  } catch (const probity::ImageError&) {
  }
  return 0;
}
