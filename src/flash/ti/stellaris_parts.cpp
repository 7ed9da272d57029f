#include "flash/ti/stellaris_parts.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace probity::stellaris {

namespace {

struct Part {
  std::uint8_t device_class, number;  // DID0.CLASS, DID1.PARTNO
  std::string_view name;
};
// The list as OpenOCD 0.12.0 knows it (data sheets, "Device Identification 1 (DID1)").
// clang-format off
constexpr Part kParts[] = {
    {0x00, 0x01, "LM3S101"}, {0x00, 0x02, "LM3S102"}, {0x00, 0x11, "LM3S301"}, {0x00, 0x12, "LM3S310"},
    {0x00, 0x13, "LM3S315"}, {0x00, 0x14, "LM3S316"}, {0x00, 0x15, "LM3S328"}, {0x00, 0x17, "LM3S317"},
    {0x00, 0x19, "LM3S300"}, {0x00, 0x1A, "LM3S308"}, {0x00, 0x21, "LM3S601"}, {0x00, 0x22, "LM3S610"},
    {0x00, 0x23, "LM3S611"}, {0x00, 0x24, "LM3S612"}, {0x00, 0x25, "LM3S613"}, {0x00, 0x26, "LM3S615"},
    {0x00, 0x27, "LM3S628"}, {0x00, 0x28, "LM3S617"}, {0x00, 0x29, "LM3S618"}, {0x00, 0x2A, "LM3S600"},
    {0x00, 0x2B, "LM3S608"}, {0x00, 0x31, "LM3S801"}, {0x00, 0x32, "LM3S811"}, {0x00, 0x33, "LM3S812"},
    {0x00, 0x34, "LM3S815"}, {0x00, 0x35, "LM3S828"}, {0x00, 0x36, "LM3S817"}, {0x00, 0x37, "LM3S818"},
    {0x00, 0x38, "LM3S800"}, {0x00, 0x39, "LM3S808"}, {0x01, 0x51, "LM3S2110"}, {0x01, 0x52, "LM3S2739"},
    {0x01, 0x53, "LM3S2651"}, {0x01, 0x54, "LM3S2939"}, {0x01, 0x55, "LM3S2965"}, {0x01, 0x56, "LM3S2432"},
    {0x01, 0x57, "LM3S2620"}, {0x01, 0x58, "LM3S2950"}, {0x01, 0x59, "LM3S2412"}, {0x01, 0x5A, "LM3S2533"},
    {0x01, 0x61, "LM3S8630"}, {0x01, 0x62, "LM3S8970"}, {0x01, 0x63, "LM3S8730"}, {0x01, 0x64, "LM3S8530"},
    {0x01, 0x65, "LM3S8930"}, {0x01, 0x71, "LM3S6610"}, {0x01, 0x72, "LM3S6950"}, {0x01, 0x73, "LM3S6965"},
    {0x01, 0x74, "LM3S6110"}, {0x01, 0x75, "LM3S6432"}, {0x01, 0x76, "LM3S6537"}, {0x01, 0x77, "LM3S6753"},
    {0x01, 0x78, "LM3S6952"}, {0x01, 0x82, "LM3S6422"}, {0x01, 0x83, "LM3S6633"}, {0x01, 0x84, "LM3S2139"},
    {0x01, 0x85, "LM3S2637"}, {0x01, 0x86, "LM3S8738"}, {0x01, 0x88, "LM3S8938"}, {0x01, 0x89, "LM3S6938"},
    {0x01, 0x8B, "LM3S6637"}, {0x01, 0x8C, "LM3S8933"}, {0x01, 0x8D, "LM3S8733"}, {0x01, 0x8E, "LM3S8538"},
    {0x01, 0x8F, "LM3S2948"}, {0x01, 0xA1, "LM3S6100"}, {0x01, 0xA2, "LM3S2410"}, {0x01, 0xA3, "LM3S6730"},
    {0x01, 0xA4, "LM3S2730"}, {0x01, 0xA5, "LM3S6420"}, {0x01, 0xA6, "LM3S8962"}, {0x01, 0xB3, "LM3S1635"},
    {0x01, 0xB4, "LM3S1850"}, {0x01, 0xB5, "LM3S1960"}, {0x01, 0xB7, "LM3S1937"}, {0x01, 0xB8, "LM3S1968"},
    {0x01, 0xB9, "LM3S1751"}, {0x01, 0xBA, "LM3S1439"}, {0x01, 0xBB, "LM3S1512"}, {0x01, 0xBC, "LM3S1435"},
    {0x01, 0xBD, "LM3S1637"}, {0x01, 0xBE, "LM3S1958"}, {0x01, 0xBF, "LM3S1110"}, {0x01, 0xC0, "LM3S1620"},
    {0x01, 0xC1, "LM3S1150"}, {0x01, 0xC2, "LM3S1165"}, {0x01, 0xC3, "LM3S1133"}, {0x01, 0xC4, "LM3S1162"},
    {0x01, 0xC5, "LM3S1138"}, {0x01, 0xC6, "LM3S1332"}, {0x01, 0xC7, "LM3S1538"}, {0x01, 0xD7, "LM3S8971"},
    {0x01, 0xDA, "LM3S1608"}, {0x01, 0xDB, "LM3S1601"}, {0x01, 0xDC, "LM3S1918"}, {0x01, 0xDD, "LM3S1911"},
    {0x01, 0xE0, "LM3S2608"}, {0x01, 0xE1, "LM3S2601"}, {0x01, 0xE2, "LM3S2918"}, {0x01, 0xE3, "LM3S2911"},
    {0x01, 0xE6, "LM3S6618"}, {0x01, 0xE7, "LM3S6611"}, {0x01, 0xE8, "LM3S6918"}, {0x01, 0xE9, "LM3S6911"},
    {0x01, 0xEA, "LM3S1969"}, {0x01, 0xEB, "LM3S1636"}, {0x01, 0xEC, "LM3S1166"}, {0x01, 0xED, "LM3S2919"},
    {0x03, 0x03, "LM3S1625"}, {0x03, 0x04, "LM3S1626"}, {0x03, 0x05, "LM3S1627"}, {0x03, 0x06, "LM3S1607"},
    {0x03, 0x08, "LM3S3634"}, {0x03, 0x10, "LM3S1776"}, {0x03, 0x33, "LM3S2616"}, {0x03, 0x39, "LM3S2276"},
    {0x03, 0x3A, "LM3S2776"}, {0x03, 0x43, "LM3S3651"}, {0x03, 0x44, "LM3S3739"}, {0x03, 0x45, "LM3S3749"},
    {0x03, 0x49, "LM3S3748"}, {0x03, 0x50, "LM3S2678"}, {0x03, 0x80, "LM3S2671"}, {0x03, 0x81, "LM3S5632"},
    {0x03, 0x8A, "LM3S5652"}, {0x03, 0x91, "LM3S5662"}, {0x03, 0x96, "LM3S5732"}, {0x03, 0x97, "LM3S5737"},
    {0x03, 0x99, "LM3S5747"}, {0x03, 0x9A, "LM3S5752"}, {0x03, 0x9C, "LM3S5762"}, {0x03, 0xA0, "LM3S5739"},
    {0x03, 0xA7, "LM3S5749"}, {0x04, 0x07, "LM3S5R31"}, {0x04, 0x09, "LM3S5K31"}, {0x04, 0x0A, "LM3S5P31"},
    {0x04, 0x0B, "LM3S5951"}, {0x04, 0x0C, "LM3S5651"}, {0x04, 0x0D, "LM3S5P51"}, {0x04, 0x0E, "LM3S1N11"},
    {0x04, 0x0F, "LM3S1J11"}, {0x04, 0x16, "LM3S1811"}, {0x04, 0x18, "LM3S9L97"}, {0x04, 0x1B, "LM3S9L71"},
    {0x04, 0x1D, "LM3S9BN2"}, {0x04, 0x1E, "LM3S9BN5"}, {0x04, 0x1F, "LM3S9BN6"}, {0x04, 0x20, "LM3S9997"},
    {0x04, 0x2D, "LM3S9971"}, {0x04, 0x2F, "LM3S1Z16"}, {0x04, 0x30, "LM3S1W16"}, {0x04, 0x3B, "LM3S1N16"},
    {0x04, 0x3C, "LM3S1J16"}, {0x04, 0x3D, "LM3S1816"}, {0x04, 0x3E, "LM3S3Z26"}, {0x04, 0x3F, "LM3S3W26"},
    {0x04, 0x40, "LM3S3N26"}, {0x04, 0x41, "LM3S3J26"}, {0x04, 0x42, "LM3S3826"}, {0x04, 0x46, "LM3S5Y36"},
    {0x04, 0x47, "LM3S5T36"}, {0x04, 0x48, "LM3S5P36"}, {0x04, 0x4A, "LM3S5K36"}, {0x04, 0x4B, "LM3S5R36"},
    {0x04, 0x4C, "LM3S5P56"}, {0x04, 0x4D, "LM3S5656"}, {0x04, 0x4E, "LM3S5956"}, {0x04, 0x66, "LM3S9B90"},
    {0x04, 0x67, "LM3S9790"}, {0x04, 0x68, "LM3S5B91"}, {0x04, 0x69, "LM3S5791"}, {0x04, 0x6A, "LM3S9B92"},
    {0x04, 0x6B, "LM3S9792"}, {0x04, 0x6C, "LM3S2B93"}, {0x04, 0x6D, "LM3S2793"}, {0x04, 0x6E, "LM3S9B95"},
    {0x04, 0x6F, "LM3S9B96"}, {0x04, 0x9E, "LM3S1R21"}, {0x04, 0xB1, "LM3S1651"}, {0x04, 0xB2, "LM3S1P51"},
    {0x04, 0xB6, "LM3S5P3B"}, {0x04, 0xC8, "LM3S3654"}, {0x04, 0xC9, "LM3S1R26"}, {0x04, 0xCD, "LM3S1621"},
    {0x04, 0xCE, "LM3S1B21"}, {0x04, 0xCF, "LM3S9781"}, {0x04, 0xD0, "LM3S9B81"},
    {0x05, 0x01, "LM4F120B2QR/TM4C1233C3PM"}, {0x05, 0x02, "LM4F120C4QR/TM4C1233D5PM"},
    {0x05, 0x03, "LM4F120E5QR/TM4C1233E6PM"}, {0x05, 0x04, "LM4F120H5QR/TM4C1233H6PM"},
    {0x05, 0x08, "LM4F121B2QR/TM4C1232C3PM"}, {0x05, 0x09, "LM4F121C4QR/TM4C1232D5PM"},
    {0x05, 0x0A, "LM4F121E5QR/TM4C1232E6PM"}, {0x05, 0x0B, "LM4F121H5QR/TM4C1232H6PM"},
    {0x05, 0x10, "LM4F110E5QR/TM4C1231E6PM"}, {0x05, 0x11, "LM4F110H5QR/TM4C1231H6PM"},
    {0x05, 0x18, "LM4F110B2QR/TM4C1231C3PM"}, {0x05, 0x19, "LM4F110C4QR/TM4C1231D5PM"},
    {0x05, 0x20, "LM4F111E5QR/TM4C1230E6PM"}, {0x05, 0x21, "LM4F111H5QR/TM4C1230H6PM"},
    {0x05, 0x22, "LM4F111B2QR/TM4C1230C3PM"}, {0x05, 0x23, "LM4F111C4QR/TM4C1230D5PM"},
    {0x05, 0x30, "LM4F112E5QC/TM4C1231E6PZ"}, {0x05, 0x31, "LM4F112H5QC/TM4C1231H6PZ"},
    {0x05, 0x35, "LM4F112H5QD/TM4C1231H6PGE"}, {0x05, 0x36, "LM4F112C4QC/TM4C1231D5PZ"},
    {0x05, 0x40, "LM4F130E5QR/TM4C1237E6PM"}, {0x05, 0x41, "LM4F130H5QR/TM4C1237H6PM"},
    {0x05, 0x48, "LM4F130C4QR/TM4C1237D5PM"}, {0x05, 0x50, "LM4F131E5QR/TM4C1236E6PM"},
    {0x05, 0x51, "LM4F131H5QR/TM4C1236H6PM"}, {0x05, 0x52, "LM4F131C4QR/TM4C1236D5PM"},
    {0x05, 0x60, "LM4F132E5QC/TM4C1237E6PZ"}, {0x05, 0x61, "LM4F132H5QC/TM4C1237H6PZ"},
    {0x05, 0x65, "LM4F132H5QD/TM4C1237H6PGE"}, {0x05, 0x66, "LM4F132C4QC/TM4C1237D5PZ"},
    {0x05, 0x70, "LM4F210E5QR/TM4C123BE6PM"}, {0x05, 0x73, "LM4F210H5QR/TM4C123BH6PM"},
    {0x05, 0x80, "LM4F211E5QR/TM4C123AE6PM"}, {0x05, 0x83, "LM4F211H5QR/TM4C123AH6PM"},
    {0x05, 0xA0, "LM4F230E5QR/TM4C123GE6PM"}, {0x05, 0xA1, "LM4F230H5QR/TM4C123GH6PM"},
    {0x05, 0xB0, "LM4F231E5QR/TM4C123FE6PM"}, {0x05, 0xB1, "LM4F231H5QR/TM4C123FH6PM"},
    {0x05, 0xC0, "LM4F232E5QC/TM4C123GE6PZ"}, {0x05, 0xC1, "LM4F232H5QC/TM4C123GH6PZ"},
    {0x05, 0xC3, "LM4F212E5QC/TM4C123BE6PZ"}, {0x05, 0xC4, "LM4F212H5QC/TM4C123BH6PZ"},
    {0x05, 0xC5, "LM4F232H5QD/TM4C123GH6PGE"}, {0x05, 0xC6, "LM4F212H5QD/TM4C123BH6PGE"},
    {0x05, 0xD0, "LM4F122C4QC/TM4C1233D5PZ"}, {0x05, 0xD1, "LM4F122E5QC/TM4C1233E6PZ"},
    {0x05, 0xD2, "LM4F122H5QC/TM4C1233H6PZ"}, {0x05, 0xD6, "LM4F122H5QD/TM4C1233H6PGE"},
    {0x05, 0xE1, "LM4FSXLH5BB"}, {0x05, 0xE3, "LM4F232H5BB/TM4C123GH6ZRB"}, {0x05, 0xE4, "LM4FS99H5BB"},
    {0x05, 0xE5, "LM4FS1AH5BB"}, {0x05, 0xE9, "LM4F212H5BB/TM4C123BH6ZRB"}, {0x05, 0xEA, "LM4FS1GH5BB"},
    {0x05, 0xF0, "TM4C123GH6ZXR"}, {0x06, 0x1B, "LM3S1F16"}, {0x06, 0x1C, "LM3S1H16"},
    {0x06, 0x1D, "LM3S1F11"}, {0x06, 0x1E, "LM3S1H11"}, {0x06, 0x1F, "LM3S5G36"}, {0x06, 0x2C, "LM3S5C36"},
    {0x06, 0x2D, "LM3S5G31"}, {0x06, 0x2E, "LM3S5C31"}, {0x06, 0x4F, "LM3S5G56"}, {0x06, 0x5B, "LM3S5C56"},
    {0x06, 0x5C, "LM3S5D56"}, {0x06, 0x5D, "LM3S5G51"}, {0x06, 0x5E, "LM3S5C51"}, {0x06, 0x5F, "LM3S5D51"},
    {0x06, 0x60, "LM3S9G97"}, {0x06, 0x70, "LM3S9C97"}, {0x06, 0x79, "LM3S9GN5"}, {0x06, 0x7B, "LM3S9DN5"},
    {0x06, 0x7C, "LM3S9DN6"}, {0x06, 0x7D, "LM3S9U90"}, {0x06, 0x7E, "LM3S9D90"}, {0x06, 0x7F, "LM3S5U91"},
    {0x06, 0x87, "LM3S5D91"}, {0x06, 0x90, "LM3S9U92"}, {0x06, 0x92, "LM3S9D92"}, {0x06, 0x93, "LM3S2U93"},
    {0x06, 0x94, "LM3S2D93"}, {0x06, 0x95, "LM3S1G58"}, {0x06, 0x98, "LM3S1C58"}, {0x06, 0x9B, "LM3S9U96"},
    {0x06, 0x9D, "LM3S9D96"}, {0x06, 0x9F, "LM3S6G11"}, {0x06, 0xA8, "LM3S9U81"}, {0x06, 0xA9, "LM3S9D81"},
    {0x06, 0xAA, "LM3S6C11"}, {0x06, 0xAB, "LM3S6G65"}, {0x06, 0xAC, "LM3S6C65"}, {0x06, 0xAD, "LM3S8G62"},
    {0x06, 0xAE, "LM3S8C62"}, {0x06, 0xAF, "LM3S1G21"}, {0x06, 0xB0, "LM3S1D21"}, {0x06, 0xCA, "LM3S1C21"},
    {0x06, 0xCB, "LM3S1C26"}, {0x06, 0xCC, "LM3S1D26"}, {0x0A, 0x19, "TM4C1290NCPDT"},
    {0x0A, 0x1B, "TM4C1290NCZAD"}, {0x0A, 0x1C, "TM4C1292NCPDT"}, {0x0A, 0x1E, "TM4C1292NCZAD"},
    {0x0A, 0x1F, "TM4C1294NCPDT"}, {0x0A, 0x21, "TM4C1294NCZAD"}, {0x0A, 0x22, "TM4C1297NCZAD"},
    {0x0A, 0x23, "TM4C1299NCZAD"}, {0x0A, 0x24, "TM4C129CNCPDT"}, {0x0A, 0x26, "TM4C129CNCZAD"},
    {0x0A, 0x27, "TM4C129DNCPDT"}, {0x0A, 0x29, "TM4C129DNCZAD"}, {0x0A, 0x2D, "TM4C129ENCPDT"},
    {0x0A, 0x2F, "TM4C129ENCZAD"}, {0x0A, 0x30, "TM4C129LNCZAD"}, {0x0A, 0x32, "TM4C129XNCZAD"},
    {0x0A, 0x34, "TM4C1294KCPDT"}, {0x0A, 0x35, "TM4C129EKCPDT"}, {0x0A, 0x36, "TM4C1299KCZAD"},
    {0x0A, 0x37, "TM4C129XKCZAD"},
};
// clang-format on

constexpr std::uint32_t kPage = 1024;

}  // namespace

std::string_view class_name(unsigned device_class) {
  switch (device_class) {
    case kSandstorm:
      return "Sandstorm";
    case kFury:
      return "Fury";
    case 2:
      return "Unknown";
    case kDustDevil:
      return "DustDevil";
    case kTempest:
      return "Tempest";
    case kBlizzard:
      return "Blizzard/TM4C123x";
    case kFirestorm:
      return "Firestorm";
    case kSnowflake:
      return "Snowflake";
    default:
      return "";
  }
}

std::string_view part_name(unsigned device_class, unsigned number) {
  const auto* found = std::ranges::find_if(
      kParts, [&](const Part& part) { return part.device_class == device_class && part.number == number; });
  return found == std::end(kParts) ? std::string_view("Unknown Part") : found->name;
}

bool Identity::is(DeviceClass wanted) const { return device_class == wanted; }
char Identity::major() const { return static_cast<char>('A' + DID0::kMajor.get(did0)); }
unsigned Identity::minor() const { return DID0::kMinor.get(did0); }

unsigned class_of(std::uint32_t did0) {
  return DID0::kVersion.get(did0) == 0 ? unsigned{kSandstorm} : DID0::kClass.get(did0);
}

Geometry geometry_of(unsigned device_class, std::uint32_t dc0, std::uint32_t fsize, std::uint32_t ssize) {
  Geometry geometry;
  const bool tiva = device_class == kBlizzard || device_class == kSnowflake;
  const std::uint32_t flash = 2048 * (1 + kLowHalf.get(tiva ? fsize : dc0));
  geometry.page_size = device_class == kSnowflake ? kPage << FSIZE::kSectorSize.get(fsize) : kPage;
  geometry.pages = flash / geometry.page_size;
  geometry.ram_kib = (1 + (tiva ? kLowHalf.get(ssize) : kHighHalf.get(dc0))) / 4;
  return geometry;
}

ClockInfo clock_of(const Identity& identity, std::uint32_t rcc, std::uint32_t rcc2) {
  // Crystals by RCC.XTAL, in Hz (data sheets, "Run-Mode Clock Configuration").
  constexpr std::array<std::uint32_t, 32> kCrystals = {
      1000000,  1843200,  2000000,  2457600,  3579545,  3686400,  4000000, 4096000,
      4915200,  5000000,  5120000,  6000000,  6144000,  7372800,  8000000, 8192000,
      10000000, 12000000, 12288000, 13560000, 14318180, 16000000, 16384000};
  constexpr std::uint32_t kPll = 200'000'000, kLowSpeed = 30'000, kHibernation = 32'768;
  const bool calibrated =
      identity.is(kTempest) || identity.is(kBlizzard) || identity.is(kFirestorm) || identity.is(kSnowflake);
  // Sandstorms before revision C have another oscillator.
  const bool early = identity.is(kSandstorm) && DID0::kMajor.get(identity.did0) < 2;
  const std::uint32_t internal = calibrated ? 16'000'000 : early ? 15'000'000 : 12'000'000;
  const std::string_view tolerance = calibrated ? " (±1%)" : early ? " (±50%)" : " (±30%)";
  const bool second = RCC2::kUse.is_set(rcc2);
  const std::uint32_t divisor = second ? RCC2::kSysdiv.get(rcc2) : RCC::kSysdiv.get(rcc);
  const std::uint32_t source = second ? RCC2::kSource.get(rcc2) : RCC::kSource.get(rcc);
  const bool wide_xtal = calibrated || identity.is(kDustDevil);
  const std::uint32_t crystal = RCC::kXtal.get(rcc) & (wide_xtal ? 0x1F : 0x0F);
  ClockInfo clock;
  switch (source) {
    case 0:
      clock.hertz = kCrystals[crystal];
      break;
    case 1:
      clock = {internal, tolerance};
      break;
    case 2:
      clock = {internal / 4, tolerance};
      break;
    case 3:
      clock = {kLowSpeed, " (±30%)"};
      break;
    case 7:
      clock.hertz = kHibernation;
      break;
    default:
      break;
  }
  if (!RCC::kBypass.is_set(second ? rcc2 : rcc)) clock.hertz = kPll;
  if (RCC::kUseSysdiv.is_set(rcc)) clock.hertz /= 1 + divisor;
  return clock;
}

}  // namespace probity::stellaris
