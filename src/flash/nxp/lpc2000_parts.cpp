#include "flash/nxp/lpc2000_parts.hpp"

#include <algorithm>
#include <iterator>

#include "base/bytes.hpp"

namespace probity::lpc {

namespace {

constexpr std::uint32_t kKib = 1024;

struct VariantName {
  std::string_view name;
  Variant variant;
};
constexpr VariantName kVariants[] = {
    {"lpc2000_v1", Variant::lpc2000_v1}, {"lpc2000_v2", Variant::lpc2000_v2}, {"lpc1700", Variant::lpc1700},
    {"lpc4000", Variant::lpc1700},       {"lpc1800", Variant::lpc4300},       {"lpc4300", Variant::lpc4300},
    {"lpc800", Variant::lpc800},         {"lpc1100", Variant::lpc1100},       {"lpc1500", Variant::lpc1500},
    {"lpc54100", Variant::lpc54100},     {"auto", Variant::automatic},
};

// `count` sectors of `size` KiB, from some sector on. The last group goes on to the flash's end.
struct Group {
  unsigned count;
  unsigned kib;
};
constexpr unsigned kRest = 0;

// One row a variant and range of sizes; the first that fits counts.
struct Geometry {
  Variant variant;
  unsigned least_kib, most_kib;  // of the whole flash
  unsigned step_kib;             // 0: `least_kib` and its doubles
  std::vector<Group> groups;
  std::uint32_t boundary, most, stack;
  unsigned checksum_vector;
};

const std::vector<Geometry>& geometries() {
  // Chips with little RAM are written in smaller pieces. Stack: "RAM used by IAP". LPC2000 proper are ARM7.
  static const std::vector<Geometry> kRows = {
      {Variant::lpc1700, 4, 4, 0, {{kRest, 4}}, 256, 256, 128, 7},
      {Variant::lpc1700, 8, 16, 0, {{kRest, 4}}, 256, 512, 128, 7},
      {Variant::lpc1700, 32, 32, 0, {{kRest, 4}}, 256, 1024, 128, 7},
      {Variant::lpc1700, 64, 512, 0, {{16, 4}, {kRest, 32}}, 256, 4096, 128, 7},
      {Variant::lpc4300, 256, 512, 128, {{8, 8}, {kRest, 64}}, 512, 4096, 208, 7},
      {Variant::lpc800, 4, 16, 0, {{kRest, 1}}, 64, 256, 208, 7},    // LPC810: 1 KiB of RAM
      {Variant::lpc800, 30, 30, 0, {{kRest, 1}}, 64, 1024, 208, 7},  // LPC8N04, NHS31xx: 2 of 32 are the
                                                                     // ROM's
      {Variant::lpc800, 32, 64, 0, {{kRest, 1}}, 64, 1024, 208, 7},
      {Variant::lpc1100, 4, 96, 4, {{kRest, 4}}, 256, 512, 128, 7},  // LPC1110: 1 KiB of RAM
      {Variant::lpc1100, 128, 512, 32, {{24, 4}, {kRest, 32}}, 256, 512, 128, 7},
      {Variant::lpc1500, 64, 256, 0, {{kRest, 4}}, 256, 4096, 128, 7},
      {Variant::lpc54100, 256, 512, 0, {{kRest, 32}}, 256, 4096, 128, 7},
  };
  return kRows;
}

bool fits(const Geometry& row, Variant variant, std::uint32_t size) {
  if (row.variant != variant || size % kKib != 0) return false;
  const std::uint32_t kib = size / kKib;
  if (kib < row.least_kib || kib > row.most_kib) return false;
  if (row.step_kib != 0) return (kib - row.least_kib) % row.step_kib == 0;
  std::uint32_t twice = row.least_kib;
  while (twice < kib) twice *= 2;
  return twice == kib;
}

constexpr Part kParts[] = {
    // Some chips have had more than one id.
    {0x0A07102B, "LPC1110", Variant::lpc1100, 4},         {0x1A07102B, "LPC1110", Variant::lpc1100, 4},
    {0x0A16D02B, "LPC1111/002", Variant::lpc1100, 8},     {0x1A16D02B, "LPC1111/002", Variant::lpc1100, 8},
    {0x041E502B, "LPC1111/101", Variant::lpc1100, 8},     {0x2516D02B, "LPC1111/101", Variant::lpc1100, 8},
    {0x00010013, "LPC1111/103", Variant::lpc1100, 8},     {0x0416502B, "LPC1111/201", Variant::lpc1100, 8},
    {0x2516902B, "LPC1111/201", Variant::lpc1100, 8},     {0x00010012, "LPC1111/203", Variant::lpc1100, 8},
    {0x042D502B, "LPC1112/101", Variant::lpc1100, 16},    {0x2524D02B, "LPC1112/101", Variant::lpc1100, 16},
    {0x0A24902B, "LPC1112/102", Variant::lpc1100, 16},    {0x1A24902B, "LPC1112/102", Variant::lpc1100, 16},
    {0x00020023, "LPC1112/103", Variant::lpc1100, 16},    {0x0425502B, "LPC1112/201", Variant::lpc1100, 16},
    {0x2524902B, "LPC1112/201", Variant::lpc1100, 16},    {0x00020022, "LPC1112/203", Variant::lpc1100, 16},
    {0x0434502B, "LPC1113/201", Variant::lpc1100, 24},    {0x2532902B, "LPC1113/201", Variant::lpc1100, 24},
    {0x00030032, "LPC1113/203", Variant::lpc1100, 24},    {0x0434102B, "LPC1113/301", Variant::lpc1100, 24},
    {0x2532102B, "LPC1113/301", Variant::lpc1100, 24},    {0x00030030, "LPC1113/303", Variant::lpc1100, 24},
    {0x0A40902B, "LPC1114/102", Variant::lpc1100, 32},    {0x1A40902B, "LPC1114/102", Variant::lpc1100, 32},
    {0x0444502B, "LPC1114/201", Variant::lpc1100, 32},    {0x2540902B, "LPC1114/201", Variant::lpc1100, 32},
    {0x00040042, "LPC1114/203", Variant::lpc1100, 32},    {0x0444102B, "LPC1114/301", Variant::lpc1100, 32},
    {0x2540102B, "LPC1114/301", Variant::lpc1100, 32},    {0x00040040, "LPC1114/303", Variant::lpc1100, 32},
    {0x00040060, "LPC1114/323", Variant::lpc1100, 48},    {0x00040070, "LPC1114/333", Variant::lpc1100, 56},
    {0x00050080, "LPC1115/303", Variant::lpc1100, 64},    {0x4D4C802B, "LPC11A02", Variant::lpc1100, 16},
    {0x4D80002B, "LPC11A04", Variant::lpc1100, 32},       {0x455EC02B, "LPC11A11/001", Variant::lpc1100, 8},
    {0x4574802B, "LPC11A12/101", Variant::lpc1100, 16},   {0x458A402B, "LPC11A13/201", Variant::lpc1100, 24},
    {0x35A0002B, "LPC11A14/301", Variant::lpc1100, 32},   {0x45A0002B, "LPC11A14/301", Variant::lpc1100, 32},
    {0x1421102B, "LPC11C12/301", Variant::lpc1100, 16},   {0x1440102B, "LPC11C14/301", Variant::lpc1100, 32},
    {0x1431102B, "LPC11C22/301", Variant::lpc1100, 16},   {0x1430102B, "LPC11C24/301", Variant::lpc1100, 32},
    {0x293E902B, "LPC11E11/101", Variant::lpc1100, 8},    {0x2954502B, "LPC11E12/201", Variant::lpc1100, 16},
    {0x296A102B, "LPC11E13/301", Variant::lpc1100, 24},   {0x2980102B, "LPC11E14/401", Variant::lpc1100, 32},
    {0x00009C41, "LPC11E36/501", Variant::lpc1100, 96},   {0x00007C45, "LPC11E37/401", Variant::lpc1100, 128},
    {0x00007C41, "LPC11E37/501", Variant::lpc1100, 128},  {0x0000DCC1, "LPC11E66", Variant::lpc1100, 64},
    {0x0000BC81, "LPC11E67", Variant::lpc1100, 128},      {0x00007C01, "LPC11E68", Variant::lpc1100, 128},
    {0x095C802B, "LPC11U12/201", Variant::lpc1100, 16},   {0x295C802B, "LPC11U12/201", Variant::lpc1100, 16},
    {0x097A802B, "LPC11U13/201", Variant::lpc1100, 24},   {0x297A802B, "LPC11U13/201", Variant::lpc1100, 24},
    {0x0998802B, "LPC11U14/201", Variant::lpc1100, 32},   {0x2998802B, "LPC11U14/201", Variant::lpc1100, 32},
    {0x2972402B, "LPC11U23/301", Variant::lpc1100, 24},   {0x2988402B, "LPC11U24/301", Variant::lpc1100, 32},
    {0x2980002B, "LPC11U24/401", Variant::lpc1100, 32},   {0x0003D440, "LPC11U34/311", Variant::lpc1100, 40},
    {0x0001CC40, "LPC11U34/421", Variant::lpc1100, 48},   {0x0001BC40, "LPC11U35/401", Variant::lpc1100, 64},
    {0x0000BC40, "LPC11U35/501", Variant::lpc1100, 64},   {0x00019C40, "LPC11U36/401", Variant::lpc1100, 96},
    {0x00007C44, "LPC11U37H/401", Variant::lpc1100, 128}, {0x00017C40, "LPC11U37/401", Variant::lpc1100, 128},
    {0x00007C40, "LPC11U37/501", Variant::lpc1100, 128},  {0x0000DCC8, "LPC11U66", Variant::lpc1100, 64},
    {0x0000BC88, "LPC11U67", Variant::lpc1100, 128},      {0x0000BC80, "LPC11U67", Variant::lpc1100, 128},
    {0x00007C08, "LPC11U68", Variant::lpc1100, 256},      {0x00007C00, "LPC11U68", Variant::lpc1100, 256},
    {0x2C42502B, "LPC1311", Variant::lpc1100, 8},         {0x1816902B, "LPC1311", Variant::lpc1100, 8},
    {0x2C40102B, "LPC1313", Variant::lpc1100, 32},        {0x1830102B, "LPC1313", Variant::lpc1100, 32},
    {0x3A010523, "LPC1315", Variant::lpc1100, 32},        {0x1A018524, "LPC1316", Variant::lpc1100, 48},
    {0x1A020525, "LPC1317", Variant::lpc1100, 64},        {0x3D01402B, "LPC1342", Variant::lpc1100, 16},
    {0x3D00002B, "LPC1343", Variant::lpc1100, 32},        {0x3000002B, "LPC1343", Variant::lpc1100, 32},
    {0x28010541, "LPC1345", Variant::lpc1100, 32},        {0x08018542, "LPC1346", Variant::lpc1100, 48},
    {0x08020543, "LPC1347", Variant::lpc1100, 64},        {0x25001110, "LPC1751", Variant::lpc1700, 32},
    {0x25001118, "LPC1751", Variant::lpc1700, 32},        {0x25001121, "LPC1752", Variant::lpc1700, 64},
    {0x25011722, "LPC1754", Variant::lpc1700, 128},       {0x25011723, "LPC1756", Variant::lpc1700, 256},
    {0x25013F37, "LPC1758", Variant::lpc1700, 512},       {0x25113737, "LPC1759", Variant::lpc1700, 512},
    {0x26012033, "LPC1763", Variant::lpc1700, 256},       {0x26011922, "LPC1764", Variant::lpc1700, 128},
    {0x26013733, "LPC1765", Variant::lpc1700, 256},       {0x26013F33, "LPC1766", Variant::lpc1700, 256},
    {0x26012837, "LPC1767", Variant::lpc1700, 512},       {0x26013F37, "LPC1768", Variant::lpc1700, 512},
    {0x26113F37, "LPC1769", Variant::lpc1700, 512},       {0x27011132, "LPC1774", Variant::lpc1700, 128},
    {0x27191F43, "LPC1776", Variant::lpc1700, 256},       {0x27193747, "LPC1777", Variant::lpc1700, 512},
    {0x27193F47, "LPC1778", Variant::lpc1700, 512},       {0x281D1743, "LPC1785", Variant::lpc1700, 256},
    {0x281D1F43, "LPC1786", Variant::lpc1700, 256},       {0x281D3747, "LPC1787", Variant::lpc1700, 512},
    {0x281D3F47, "LPC1788", Variant::lpc1700, 512},       {0x47011121, "LPC4072", Variant::lpc1700, 64},
    {0x47011132, "LPC4074", Variant::lpc1700, 128},       {0x47191F43, "LPC4076", Variant::lpc1700, 256},
    {0x47193F47, "LPC4078", Variant::lpc1700, 512},       {0x481D3F47, "LPC4088", Variant::lpc1700, 512},
    {0x00008100, "LPC810/021", Variant::lpc800, 4},       {0x00008110, "LPC811/001", Variant::lpc800, 8},
    {0x00008120, "LPC812/101", Variant::lpc800, 16},      {0x00008121, "LPC812/101", Variant::lpc800, 16},
    {0x00008122, "LPC812/101", Variant::lpc800, 16},      {0x00008123, "LPC812/101", Variant::lpc800, 16},
    {0x00008221, "LPC822/101", Variant::lpc800, 16},      {0x00008222, "LPC822/101", Variant::lpc800, 16},
    {0x00008241, "LPC824/201", Variant::lpc800, 32},      {0x00008242, "LPC824/201", Variant::lpc800, 32},
    {0x00008441, "LPC844/201", Variant::lpc800, 64},      {0x00008442, "LPC844/201", Variant::lpc800, 64},
    {0x00008444, "LPC844/201", Variant::lpc800, 64},      {0x00008451, "LPC845/301", Variant::lpc800, 64},
    {0x00008452, "LPC845/301", Variant::lpc800, 64},      {0x00008453, "LPC845/301", Variant::lpc800, 64},
    {0x00008454, "LPC845/301", Variant::lpc800, 64},      {0x00008A04, "LPC8N04", Variant::lpc800, 30},
    {0x4E310020, "NHS3100", Variant::lpc800, 30},         {0x4E315220, "NHS3152", Variant::lpc800, 30},
    {0x4E315320, "NHS3153", Variant::lpc800, 30},
};

// Names as in the manuals' table "ISP return codes".
constexpr std::string_view kStatus[] = {
    "CMD_SUCCESS",
    "INVALID_COMMAND",
    "SRC_ADDR_ERROR",
    "DST_ADDR_ERROR",
    "SRC_ADDR_NOT_MAPPED",
    "DST_ADDR_NOT_MAPPED",
    "COUNT_ERROR",
    "INVALID_SECTOR",
    "SECTOR_NOT_BLANK",
    "SECTOR_NOT_PREPARED_FOR_WRITE_OPERATION",
    "COMPARE_ERROR",
    "BUSY",
    "PARAM_ERROR",
    "ADDR_ERROR",
    "ADDR_NOT_MAPPED",
    "CMD_LOCKED",
    "INVALID_CODE",
    "INVALID_BAUD_RATE",
    "INVALID_STOP_BIT",
    "CODE_READ_PROTECTION_ENABLED",
    "INVALID_FLASH_UNIT",
    "USER_CODE_CHECKSUM",
    "ERROR_SETTING_ACTIVE_PARTITION",
};

}  // namespace

std::optional<Variant> variant_named(std::string_view name) {
  const auto row = std::ranges::find(kVariants, name, &VariantName::name);
  if (row == std::end(kVariants)) return {};
  return row->variant;
}

std::optional<Layout> layout_of(Variant variant, std::uint32_t size) {
  const auto row = std::ranges::find_if(
      geometries(), [&](const Geometry& geometry) { return fits(geometry, variant, size); });
  if (row == geometries().end()) return {};
  Layout layout{{}, row->boundary, row->most, row->stack, row->checksum_vector};
  std::uint32_t offset = 0;
  for (const Group& group : row->groups) {
    for (unsigned i = 0; offset < size && (group.count == kRest || i < group.count); ++i) {
      // OpenOCD 0.12.0 calls them all protected: they have to be prepared before each write.
      layout.sectors.push_back({offset, group.kib * kKib, {}, true});
      offset += group.kib * kKib;
    }
  }
  return layout;
}

const Part* find_part(std::uint32_t id) {
  const auto part = std::ranges::find(kParts, id, &Part::id);
  return part == std::end(kParts) ? nullptr : part;
}

std::uint32_t copy_size(std::uint32_t most) {
  constexpr std::uint32_t kSizes[] = {4096, 1024, 512, 256, 128, 64};
  for (const std::uint32_t size : kSizes) {
    if (size <= most) return size;
  }
  return 0;
}

std::uint32_t vector_checksum(ByteView vectors, unsigned vector) {
  constexpr unsigned kVectors = 8;
  std::uint32_t sum = 0;
  for (unsigned i = 0; i < kVectors; ++i) {
    if (i != vector) sum += load_le32(vectors, std::size_t{4} * i);
  }
  return 0 - sum;
}

std::string_view iap_status(std::uint32_t status) {
  return status < std::size(kStatus) ? kStatus[status] : "a status that no manual names";
}

}  // namespace probity::lpc
