// Files that the image tests write for themselves.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace probity {

// A file of its own name in the test's scratch folder, removed with the object.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& name, ByteView content)
      : path_(std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + "_" + name)) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  ScratchFile(const std::string& name, std::string_view text)
      : ScratchFile(name, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())) {}
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

struct ElfSegment {
  std::uint32_t virtual_address = 0, physical_address = 0;
  Bytes data;
  std::uint32_t memory_size = 0;  // 0: as the data
  std::uint32_t type = 1;         // PT_LOAD
};

// A little-endian ELF32 file; layout by the System V ABI.
inline Bytes make_elf(const std::vector<ElfSegment>& segments, std::uint32_t entry = 0,
                      std::uint16_t machine = 40) {
  constexpr std::uint32_t kHeader = 52, kProgramHeader = 32;
  Bytes elf{0x7F, 'E', 'L', 'F', 1, 1, 1};
  elf.resize(16);
  append_le16(elf, 2);  // ET_EXEC
  append_le16(elf, machine);
  append_le32(elf, 1);
  append_le32(elf, entry);
  append_le32(elf, kHeader);  // e_phoff
  append_le32(elf, 0);
  append_le32(elf, 0x05000000);
  for (const unsigned half :
       {kHeader, kProgramHeader, static_cast<std::uint32_t>(segments.size()), 40u, 0u, 0u}) {
    append_le16(elf, static_cast<std::uint16_t>(half));
  }
  auto offset = static_cast<std::uint32_t>(kHeader + kProgramHeader * segments.size());
  for (const ElfSegment& s : segments) {
    const auto size = static_cast<std::uint32_t>(s.data.size());
    for (const std::uint32_t word : {s.type, offset, s.virtual_address, s.physical_address, size,
                                     s.memory_size != 0 ? s.memory_size : size, 5u, 4u}) {
      append_le32(elf, word);
    }
    offset += size;
  }
  for (const ElfSegment& s : segments) append(elf, s.data);
  return elf;
}

}  // namespace probity
