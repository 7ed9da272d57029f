#include "image/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "image_files.hpp"

namespace probity::image_test {
namespace {

using testing::HasSubstr;

Image load(const std::string& path, std::uint64_t offset = 0) { return load_image(path, {}, offset); }

// The message of the ImageError that loading throws; empty where it throws none.
std::string error_of(const std::string& path, std::optional<ImageFormat> format = {},
                     std::uint64_t offset = 0) {
  try {
    load_image(path, format, offset);
  } catch (const ImageError& e) {
    EXPECT_EQ(e.path, path);
    return e.message();
  }
  return {};
}

TEST(Image, NamesAndFormats) {
  for (const auto format :
       {ImageFormat::binary, ImageFormat::intel_hex, ImageFormat::elf, ImageFormat::s_record}) {
    EXPECT_EQ(image_format_named(name_of(format)), format);
  }
  EXPECT_FALSE(image_format_named("docx"));
}

TEST(Image, MissingFileIsNamed) {
  EXPECT_THAT(error_of("no/such/file.elf"), HasSubstr("couldn't open no/such/file.elf: No such file"));
}

TEST(Image, FolderIsNoImage) {
  EXPECT_THAT(error_of(std::filesystem::temp_directory_path().string()), HasSubstr("it is a directory"));
}

TEST(Image, EmptyFileIsRefused) {
  const ScratchFile file("empty.bin", std::string_view{});
  EXPECT_THAT(error_of(file.path()), HasSubstr("is empty (0 bytes)"));
}

TEST(Image, BinaryGetsItsAddressFromTheOffset) {
  const ScratchFile file("raw.bin", std::string_view("\x01\x02\x03", 3));
  const Image image = load(file.path(), 0x08000000);
  EXPECT_EQ(image.format, ImageFormat::binary);
  ASSERT_EQ(image.segments.size(), 1u);
  EXPECT_EQ(image.segments[0].address, 0x08000000u);
  EXPECT_EQ(image.segments[0].data, (Bytes{1, 2, 3}));
  EXPECT_EQ(image.size(), 3u);
}

TEST(Image, AddressesBeyond32BitsAreRefused) {
  const ScratchFile file("high.bin", std::string_view("\x01\x02\x03\x04", 4));
  EXPECT_THAT(error_of(file.path(), {}, 0xFFFFFFFD), HasSubstr("lies beyond 32-bit addresses"));
  EXPECT_EQ(load(file.path(), 0xFFFFFFFC).segments[0].address, 0xFFFFFFFCu);
}

TEST(Elf, LoadsByPhysicalAddressAndOnlyWhatHasContent) {
  const ScratchFile file("two.elf", make_elf({{0x20000000, 0x08000010, {5, 6}},
                                              {0x08000000, 0x08000000, {1, 2, 3, 4}},
                                              {0x20000100, 0x08000012, {}, 64},
                                              {0x1000, 0x1000, {9}, 0, 4}},
                                             0x08000001));
  const Image image = load(file.path());
  EXPECT_EQ(image.format, ImageFormat::elf);
  EXPECT_EQ(image.entry, 0x08000001u);
  ASSERT_EQ(image.segments.size(), 2u);
  EXPECT_EQ(image.segments[0].address, 0x08000000u);
  EXPECT_EQ(image.segments[0].name, "segment 1");
  EXPECT_EQ(image.segments[1].address, 0x08000010u);
  EXPECT_EQ(image.segments[1].data, (Bytes{5, 6}));
}

TEST(Elf, OffsetMovesEverySegmentAlsoBackwards) {
  const ScratchFile file("moved.elf", make_elf({{0x08000000, 0x08000000, {1}}}));
  EXPECT_EQ(load(file.path(), 0x4000).segments[0].address, 0x08004000u);
  EXPECT_EQ(load(file.path(), static_cast<std::uint64_t>(-0x1000)).segments[0].address, 0x07FFF000u);
}

TEST(Elf, VirtualAddressCountsWhereNoPhysicalOneIsSet) {
  const ScratchFile file("virtual.elf", make_elf({{0x08000000, 0, {1}}, {0x08000100, 0, {2}}}));
  EXPECT_EQ(load(file.path()).segments[1].address, 0x08000100u);
}

TEST(Elf, TouchingSegmentsBecomeOne) {
  const ScratchFile file("touch.elf", make_elf({{0, 0x100, {1, 2}}, {0, 0x102, {3}}}));
  const Image image = load(file.path());
  ASSERT_EQ(image.segments.size(), 1u);
  EXPECT_EQ(image.segments[0].data, (Bytes{1, 2, 3}));
  EXPECT_EQ(image.segments[0].name, "segment 0 to segment 1");
}

TEST(Elf, OverlapWithTheSameContentIsMerged) {
  const ScratchFile file("same.elf",
                         make_elf({{0, 0x100, {1, 2, 3, 4}}, {0, 0x102, {3, 4, 5}}, {0, 0x101, {2}}}));
  const Image image = load(file.path());
  ASSERT_EQ(image.segments.size(), 1u);
  EXPECT_EQ(image.segments[0].data, (Bytes{1, 2, 3, 4, 5}));
}

TEST(Elf, OverlapWithDifferentContentNamesBothAndTheAddress) {
  const ScratchFile file("overlap.elf", make_elf({{0, 0x100, {1, 2, 3, 4}}, {0, 0x102, {3, 9}}}));
  const std::string message = error_of(file.path());
  EXPECT_THAT(message, HasSubstr("segment 0 (0x00000100-0x00000103) and segment 1 (0x00000102-0x00000103)"));
  EXPECT_THAT(message, HasSubstr("at 0x00000103 (0x04 and 0x09)"));
}

TEST(Elf, TruncatedAnywhereIsRefused) {
  const Bytes whole = make_elf({{0, 0x08000000, Bytes(100, 0x55)}, {0, 0x08001000, Bytes(100, 0x66)}});
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const ScratchFile file("cut.elf", ByteView(whole).first(size));
    EXPECT_THAT(error_of(file.path()), HasSubstr("truncated ELF file")) << size << " bytes";
  }
  const ScratchFile file("uncut.elf", whole);
  EXPECT_EQ(error_of(file.path()), "");
}

TEST(Elf, NothingToLoadAndOtherMachinesAreRefused) {
  const ScratchFile none("none.elf", make_elf({}));
  EXPECT_THAT(error_of(none.path()), HasSubstr("nothing to load"));
  const ScratchFile x86("x86.elf", make_elf({{0, 0x1000, {1}}}, 0, 62));
  EXPECT_THAT(error_of(x86.path()), HasSubstr("another machine (e_machine 62"));
  const ScratchFile text("text.bin", std::string_view("plain"));
  EXPECT_THAT(error_of(text.path(), ImageFormat::elf), HasSubstr("is not an ELF file"));
}

constexpr std::string_view kHex =
    ":020000040800F2\r\n"
    ":0400000001020304F2\r\n"
    ":0400040005060708DE\r\n"
    "\r\n"
    ":02001000AABB89\r\n"
    ":0400000508000001EE\r\n"
    ":00000001FF\r\n";

TEST(IntelHex, ReadsRecordsOfAllKinds) {
  const ScratchFile file("good.hex", kHex);
  const Image image = load(file.path());
  EXPECT_EQ(image.format, ImageFormat::intel_hex);
  EXPECT_EQ(image.entry, 0x08000001u);
  ASSERT_EQ(image.segments.size(), 2u);
  EXPECT_EQ(image.segments[0].address, 0x08000000u);
  EXPECT_EQ(image.segments[0].data, (Bytes{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(image.segments[1].address, 0x08000010u);
  EXPECT_EQ(image.segments[1].name, "line 5");
}

TEST(IntelHex, SegmentAddressesCountInSixteens) {
  const ScratchFile file("segment.hex", std::string_view(":020000021000EC\n:0100000042BD\n:00000001FF\n"));
  EXPECT_EQ(load(file.path()).segments[0].address, 0x10000u);
}

TEST(IntelHex, ErrorsNameTheLine) {
  struct Case {
    std::string_view text, says;
  };
  const Case cases[] = {
      {":020000040800F2\n:0400000001020304F3\n:00000001FF\n",
       "line 2: incorrect record checksum: 0xf3 found, 0xf2"},
      {":020000040800F2\n\n:04000000010203F2\n", "line 3: record says 4 data bytes but has 3"},
      {":020000040800F2\n:0400000001020304F2\n", "line 2: no end-of-file record"},
      {":020000040800F2\n:04000000010203G4F2\n", "line 2: not pairs of hexadecimal digits"},
      {":020000040800F2\nhello\n", "line 2: a record must begin with ':'"},
      {":020000040800F2\n:00000006FA\n", "line 2: unknown record type 0x06"},
      {":020000040800F2\n:0100000408F3\n", "line 2: record type 4 needs 2 data bytes, it has 1"},
  };
  for (const Case& c : cases) {
    const ScratchFile file("bad.hex", c.text);
    EXPECT_THAT(error_of(file.path()), HasSubstr(std::string(c.says)));
  }
  const ScratchFile empty("nothing.hex", std::string_view(":00000001FF\n"));
  EXPECT_THAT(error_of(empty.path()), HasSubstr("nothing to load"));
}

TEST(SRecord, ReadsAllAddressSizes) {
  const ScratchFile file("good.s19", std::string_view("S00600004844521B\nS107100001020304DE\nS207010000112233"
                                                      "91\nS306080000001AD7\nS5030003F9\nS70508000000F2\n"));
  const Image image = load(file.path());
  EXPECT_EQ(image.format, ImageFormat::s_record);
  EXPECT_EQ(image.entry, 0x08000000u);
  ASSERT_EQ(image.segments.size(), 3u);
  EXPECT_EQ(image.segments[0].address, 0x1000u);
  EXPECT_EQ(image.segments[0].data, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(image.segments[1].address, 0x10000u);
  EXPECT_EQ(image.segments[1].data, (Bytes{0x11, 0x22, 0x33}));
  EXPECT_EQ(image.segments[2].address, 0x08000000u);
}

TEST(SRecord, ErrorsNameTheLine) {
  struct Case {
    std::string_view text, says;
  };
  const Case cases[] = {
      {"S00600004844521B\nS107100001020304DF\n", "line 2: incorrect record checksum"},
      {"S00600004844521B\nS107100001020304DE\n", "line 2: no termination record"},
      {"S00600004844521B\nS4030000FC\n", "line 2: unknown record type S4"},
      {"S107100001020304DE\nS5030002FA\n", "line 2: the count record says 2 data records, there are 1"},
      {"S107100001020304DE\nS107100001020304\n", "line 2: record says 7 bytes follow but has 6"},
      {"S107100001020304DE\nX\n", "line 2: a record must begin with S and a digit"},
  };
  for (const Case& c : cases) {
    const ScratchFile file("bad.s19", c.text);
    EXPECT_THAT(error_of(file.path()), HasSubstr(std::string(c.says)));
  }
}

TEST(Image, TextThatOnlyLooksLikeRecordsIsBinary) {
  for (const std::string_view text : {":hello world", "Super", "S1", ":"}) {
    EXPECT_EQ(detect_format(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())),
              ImageFormat::binary)
        << text;
  }
}

}  // namespace
}  // namespace probity::image_test
