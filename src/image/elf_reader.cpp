// ELF through libelf: the content of PT_LOAD segments by physical address. Source: System V ABI, chapter 5.
#include <fmt/format.h>
#include <gelf.h>

#include <memory>

#include "base/errors.hpp"
#include "image/readers.hpp"

namespace probity {

namespace {

struct ElfCloser {
  void operator()(Elf* elf) const { elf_end(elf); }
};

class ElfReader {
 public:
  ElfReader(ByteView content, const std::string& path)
      : content_(content), copy_(content.begin(), content.end()), path_(path) {
    elf_version(EV_CURRENT);
    // libelf takes a pointer to non-const; it gets a copy of its own.
    elf_.reset(elf_memory(reinterpret_cast<char*>(copy_.data()), copy_.size()));
    if (!elf_ || elf_kind(elf_.get()) != ELF_K_ELF || gelf_getehdr(elf_.get(), &header_) == nullptr) {
      fail("truncated ELF file: the header is not complete");
    }
  }

  RawImage read() {
    if (header_.e_machine != EM_ARM && header_.e_machine != EM_NONE) {
      fail(fmt::format("an ELF file for another machine (e_machine {}, Arm is {})", header_.e_machine,
                       EM_ARM));
    }
    const std::vector<GElf_Phdr> loads = loadable_segments();
    bool physical = false;
    for (const GElf_Phdr& segment : loads) physical = physical || segment.p_paddr != 0;
    RawImage image;
    image.entry = static_cast<Address>(header_.e_entry);
    for (const GElf_Phdr& segment : loads) {
      // Some linkers leave every p_paddr 0; then the virtual address counts (seen of OpenOCD 0.12.0).
      const std::uint64_t address = physical ? segment.p_paddr : segment.p_vaddr;
      const ByteView data = content_.subspan(segment.p_offset, segment.p_filesz);
      image.segments.push_back(
          {address, Bytes(data.begin(), data.end()), fmt::format("segment {}", image.segments.size())});
    }
    return image;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ImageError(fmt::format("{}: {}", path_, what), path_);
  }

  std::vector<GElf_Phdr> loadable_segments() const {
    const std::uint64_t table_end = header_.e_phoff + std::uint64_t{header_.e_phnum} * header_.e_phentsize;
    if (header_.e_phnum != 0 && (header_.e_phoff > content_.size() || table_end > content_.size())) {
      fail(fmt::format("truncated ELF file: the program headers end at byte {}, the file at byte {}",
                       table_end, content_.size()));
    }
    std::vector<GElf_Phdr> loads;
    for (int i = 0; i < header_.e_phnum; ++i) {
      GElf_Phdr segment;
      if (gelf_getphdr(elf_.get(), i, &segment) == nullptr) {
        fail(fmt::format("program header {} is unreadable: {}", i, elf_errmsg(-1)));
      }
      if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
      if (segment.p_offset > content_.size() || segment.p_filesz > content_.size() - segment.p_offset) {
        fail(fmt::format("truncated ELF file: segment {} ends at byte {}, the file at byte {}", loads.size(),
                         segment.p_offset + segment.p_filesz, content_.size()));
      }
      loads.push_back(segment);
    }
    if (loads.empty())
      fail("the ELF file has nothing to load (no PT_LOAD segment with content; not linked?)");
    return loads;
  }

  ByteView content_;
  Bytes copy_;
  const std::string& path_;
  std::unique_ptr<Elf, ElfCloser> elf_;
  GElf_Ehdr header_{};
};

}  // namespace

RawImage read_elf(ByteView content, const std::string& path) { return ElfReader(content, path).read(); }

}  // namespace probity
