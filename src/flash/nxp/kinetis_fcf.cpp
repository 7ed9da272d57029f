#include "flash/nxp/kinetis_fcf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::kinetis {

namespace {

constexpr std::size_t kKeySize = 8, kFprot = 0x8, kFprotSize = 4, kFsec = 0xC, kFopt = 0xD, kFdprot = 0xF;
constexpr Field kSEC{"SEC", 0, 2};
constexpr std::uint32_t kUnsecured = 2;
constexpr std::uint8_t kFsecUnsecured = 0xFE;

bool differ(const Fcf& one, const Fcf& other, std::size_t begin, std::size_t size) {
  return !std::equal(one.begin() + static_cast<std::ptrdiff_t>(begin),
                     one.begin() + static_cast<std::ptrdiff_t>(begin + size),
                     other.begin() + static_cast<std::ptrdiff_t>(begin));
}

}  // namespace

Fcf make_fcf(std::uint32_t fprot, std::uint8_t fdprot, std::uint8_t fopt) {
  Fcf fcf;
  fcf.fill(0xFF);
  store_le32(fcf, kFprot, fprot);
  fcf[kFsec] = kFsecUnsecured;
  fcf[kFopt] = fopt;
  fcf[kFdprot] = fdprot;
  return fcf;
}

FcfVerdict judge_fcf(const Fcf& image, const Fcf& own, bool ecc, bool longword) {
  FcfVerdict verdict;
  verdict.accepted = true;
  std::vector<std::string>& lines = verdict.lines;
  bool differs = false;
  const auto note = [&](std::string line) {
    differs = true;
    lines.push_back(std::move(line));
  };
  if (differ(image, own, 0, kKeySize))
    note("Setting of backdoor key is not supported in mode 'kinetis fcf_source protection'.");
  if (differ(image, own, kFprot, kFprotSize))
    note("Flash protection requested in the programmed file differs from current setting.");
  if (image[kFdprot] != own[kFdprot])
    note("Data flash protection requested in the programmed file differs from current setting.");
  if (kSEC.get(image[kFsec]) != kUnsecured) {
    verdict.accepted = false;
    lines.push_back("Device security requested in the programmed file! Write denied.");
  } else if (image[kFsec] != own[kFsec]) {
    note(fmt::format(
        "Strange unsecure mode 0x{:02x} requested in the programmed file, set FSEC = 0x{:02x} in the "
        "startup code!",
        image[kFsec], own[kFsec]));
  }
  if (image[kFopt] != own[kFopt]) {
    note(fmt::format(
        "FOPT requested in the programmed file differs from current setting, set 'kinetis fopt 0x{:02x}'.",
        image[kFopt]));
  }
  if (!differs) return verdict;
  if (ecc) {
    verdict.accepted = false;
    lines.push_back("Cannot re-program FCF. Expect verify errors at FCF (0x400-0x40f).");
    return verdict;
  }
  lines.push_back("Trying to re-program FCF.");
  if (!longword) lines.push_back("Flash re-programming may fail on this device!");
  return verdict;
}

}  // namespace probity::kinetis
