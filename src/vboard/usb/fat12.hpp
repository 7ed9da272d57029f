// A small FAT12 volume made of a few files (Microsoft, "FAT: General Overview of On-Disk Format", 1.03).
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard {

constexpr std::size_t kSectorSize = 512;

struct VolumeFile {
  std::string name;  // 8.3, in capitals: "DETAILS.TXT"
  std::string text;
};

// The sectors of the whole volume. Requires at most 15 files that fit into it together (28 KiB), and a label
// of at most 11 characters.
Bytes fat12_volume(const std::string& label, const std::vector<VolumeFile>& files);

}  // namespace probity::vboard
