#include "vboard/usb/fat12.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

// The layout: boot sector, one FAT, a root directory of one sector, then the clusters of one sector each.
constexpr std::uint16_t kSectors = 64, kFatSector = 1, kRootSector = 2, kDataSector = 3;
constexpr std::uint16_t kRootEntries = kSectorSize / 32;
constexpr std::uint8_t kMedia = 0xF8;  // fixed disk
constexpr std::uint16_t kEndOfChain = 0xFFF;
constexpr std::uint8_t kReadOnlyFile = 0x01, kVolumeLabel = 0x08;

void put_text(Bytes& bytes, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

std::string padded(std::string text, std::size_t size) {
  text.resize(size, ' ');
  return text;
}

// The BIOS parameter block.
void put_boot_sector(Bytes& volume, const std::string& label) {
  volume[0] = 0xEB;  // a jump over the block
  volume[1] = 0x3C;
  volume[2] = 0x90;
  put_text(volume, 3, "PROBITY ");
  store_le16(volume, 11, kSectorSize);
  volume[13] = 1;                      // sectors a cluster
  store_le16(volume, 14, kFatSector);  // reserved sectors
  volume[16] = 1;                      // FATs
  store_le16(volume, 17, kRootEntries);
  store_le16(volume, 19, kSectors);
  volume[21] = kMedia;
  store_le16(volume, 22, kRootSector - kFatSector);  // sectors a FAT
  store_le16(volume, 24, 1);                         // sectors a track, heads: no geometry
  store_le16(volume, 26, 1);
  volume[38] = 0x29;  // serial number, label and type follow
  store_le32(volume, 39, 0x20480001);
  put_text(volume, 43, padded(label, 11));
  put_text(volume, 54, "FAT12   ");
  store_le16(volume, 510, 0xAA55);
}

// Entries are 12 bits, two in three bytes.
void put_fat_entry(Bytes& volume, std::size_t cluster, std::uint16_t value) {
  const std::size_t at = kFatSector * kSectorSize + cluster * 3 / 2;
  const std::uint16_t now = load_le16(volume, at);
  const bool odd = cluster % 2 != 0;
  store_le16(volume, at,
             static_cast<std::uint16_t>(odd ? (now & 0x000F) | value << 4 : (now & 0xF000) | value));
}

std::string directory_name(const std::string& name) {
  const std::size_t dot = name.find('.');
  return padded(name.substr(0, dot), 8) + padded(dot == std::string::npos ? "" : name.substr(dot + 1), 3);
}

void put_entry(Bytes& volume, std::size_t index, std::string_view name, std::uint8_t attributes) {
  constexpr std::uint16_t kDate = 40 << 9 | 1 << 5 | 1;  // 2020-01-01
  const std::size_t at = kRootSector * kSectorSize + 32 * index;
  put_text(volume, at, name);
  volume[at + 11] = attributes;
  store_le16(volume, at + 24, kDate);
}

}  // namespace

Bytes fat12_volume(const std::string& label, const std::vector<VolumeFile>& files) {
  Bytes volume(kSectors * kSectorSize);
  put_boot_sector(volume, label);
  put_fat_entry(volume, 0, 0xF00 | kMedia);
  put_fat_entry(volume, 1, kEndOfChain);
  put_entry(volume, 0, padded(label, 11), kVolumeLabel);
  std::uint16_t cluster = 2;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    const std::size_t count = (file.text.size() + kSectorSize - 1) / kSectorSize;
    const std::size_t entry = kRootSector * kSectorSize + 32 * (i + 1);
    put_entry(volume, i + 1, directory_name(file.name), kReadOnlyFile);
    store_le16(volume, entry + 26, count == 0 ? std::uint16_t{0} : cluster);
    store_le32(volume, entry + 28, static_cast<std::uint32_t>(file.text.size()));
    put_text(volume, (kDataSector + cluster - 2u) * kSectorSize, file.text);
    for (std::size_t k = 1; k <= count; ++k, ++cluster) {
      put_fat_entry(volume, cluster, k == count ? kEndOfChain : static_cast<std::uint16_t>(cluster + 1));
    }
  }
  return volume;
}

}  // namespace probity::vboard
