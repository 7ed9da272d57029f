// The flash configuration field in what a bank erases and writes.
#include <algorithm>

#include "flash/nxp/kinetis_bank.hpp"

namespace probity::kinetis {

namespace {

constexpr AddressRange kFcf{kFcfOffset, kFcfSize};

}  // namespace

// As the marks of all banks say.
Fcf KinetisBank::own_fcf() {
  std::uint32_t fprot = 0xFFFFFFFF, fdprot = 0xFF;
  for (unsigned i = 0; i < chip().blocks(); ++i) {
    if (i >= siblings_.size()) {
      log_.warn("Missing bank {} configuration, FCF protection flags may be incomplete", i);
      continue;
    }
    KinetisBank& bank = *siblings_[i];
    bank.need_probe();
    std::uint32_t& bits = bank.block_.flex_nvm ? fdprot : fprot;
    for (unsigned block = 0; block < bank.blocks_.size(); ++block) {
      if (bank.blocks_[block].is_protected == true)
        bits = Field{"PROT", bank.block_.first_protection + block}.set(bits, 0);
    }
  }
  return make_fcf(fprot, static_cast<std::uint8_t>(fdprot), shared_->fopt);
}

// What `writes` bring, where one of them has all of it.
std::optional<Fcf> KinetisBank::fcf_of(const std::vector<FlashWrite>& writes) const {
  for (const FlashWrite& write : writes) {
    if (!AddressRange{write.offset, write.data.size()}.contains(kFcf)) continue;
    Fcf fcf;
    std::copy_n(write.data.begin() + (kFcfOffset - write.offset), kFcfSize, fcf.begin());
    return fcf;
  }
  return {};
}

std::vector<FlashWrite> KinetisBank::vetted(const FlashJob& job) {
  const auto holder = fcf_sector();
  if (!holder || shared_->fcf_writes) return job.writes;
  const AddressRange sector{sectors_[*holder].offset, sectors_[*holder].size};
  const bool written = std::ranges::any_of(job.writes, [&](const FlashWrite& write) {
    return sector.overlaps({write.offset, write.data.size()}) && !write.data.empty();
  });
  const bool erased = std::ranges::find(job.erase, *holder) != job.erase.end();
  if (!written && !erased) return job.writes;
  const Fcf own = own_fcf();
  if (const auto image = fcf_of(job.writes)) {
    const Family& family = *chip().family;
    const FcfVerdict verdict = judge_fcf(*image, own, family.ecc, family.granule == Granule::longword);
    for (const std::string& line : verdict.lines) log_.info("{}", line);
    if (verdict.accepted) {
      wanted_fcf_ = image;
      return job.writes;
    }
  }
  wanted_fcf_ = own;
  std::vector<FlashWrite> writes;
  const auto take = [&](const FlashWrite& write, std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    const auto first = write.data.begin() + static_cast<std::ptrdiff_t>(begin - write.offset);
    writes.push_back(
        {static_cast<std::uint32_t>(begin), Bytes(first, first + static_cast<std::ptrdiff_t>(end - begin))});
  };
  for (const FlashWrite& write : job.writes) {
    const std::uint64_t end = std::uint64_t{write.offset} + write.data.size();
    take(write, write.offset, std::min<std::uint64_t>(end, kFcf.begin));
    take(write, std::max<std::uint64_t>(write.offset, kFcf.end()), end);
  }
  const auto behind =
      std::ranges::find_if(writes, [](const FlashWrite& write) { return write.offset >= kFcf.begin; });
  writes.insert(behind, {kFcfOffset, Bytes(own.begin(), own.end())});
  if (written) {
    log_.warn("Flash Configuration Field written.");
    log_.warn("Reset or power off the device to make settings effective.");
  }
  return writes;
}

// The field may be in flash already: it was written right after the erase, or outlived. It is not programmed
// twice.
void KinetisBank::program_write(const FlashWrite& write) {
  const AddressRange all{write.offset, write.data.size()};
  if (!fcf_sector() || !all.overlaps(kFcf)) return program_padded(write);
  const auto part = [&](std::uint64_t begin, std::uint64_t end) {
    const auto first = write.data.begin() + static_cast<std::ptrdiff_t>(begin - write.offset);
    return FlashWrite{static_cast<std::uint32_t>(begin),
                      Bytes(first, first + static_cast<std::ptrdiff_t>(end - begin))};
  };
  const std::uint64_t begin = std::max<std::uint64_t>(all.begin, kFcf.begin),
                      end = std::min(all.end(), kFcf.end());
  if (all.begin < begin) program_padded(part(all.begin, begin));
  const FlashWrite field = part(begin, end);
  Bytes now(field.data.size());
  target_.memory().read_bytes(base_ + field.offset, now);
  if (now != field.data) program_padded(field);
  if (end < all.end()) program_padded(part(end, all.end()));
}

}  // namespace probity::kinetis
