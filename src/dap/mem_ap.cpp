#include "dap/mem_ap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "dap/dp_registers.hpp"

namespace probity {

namespace {

// TAR counts up within 1 KiB at least; what it does at the end is implementation defined (C2.2.2).
constexpr std::uint32_t kTarWrap = 1024;
constexpr std::uint32_t kBankedBlock = 16;      // BD0-3 reach the 16 bytes around TAR (C2.6.3)
constexpr std::size_t kBatchBytes = 16 * 1024;  // one batch; bounds the host's memory, not the wire's
constexpr unsigned kParityTries = 3;

// AHB: privileged data accesses, as a debugger's (HPROT[1:0], MasterType; Arm DDI 0439 "AHB-AP Control and
// Status Word"). Other buses keep the Prot that the AP came up with.
constexpr std::uint32_t kAhbProt = 0x23000000;
constexpr bool is_ahb(std::uint32_t type) { return type == 1 || type == 5 || type == 8; }
constexpr bool is_ahb5(std::uint32_t type) { return type == 5 || type == 8; }

constexpr std::uint32_t size_code(Width width) {
  return width == Width::word ? 2u : width == Width::half ? 1u : 0u;
}
constexpr bool is_ack(const DapError& e, Ack ack) { return e.ack == static_cast<unsigned>(ack); }

void require_aligned(Address address, std::size_t size, Width width) {
  const auto unit = static_cast<std::uint32_t>(width);
  if (address % unit != 0 || size % unit != 0) {
    throw UsageError(fmt::format("{} bytes at 0x{:08x} cannot be accessed {} bytes at a time: not aligned",
                                 size, address, unit));
  }
}

std::uint32_t lane_shift(Address address) { return 8 * (address & 3u); }

}  // namespace

void MemAp::forget() {
  csw_.reset();
  tar_.reset();
  banked_ = false;
}

DapAccess MemAp::access(std::uint8_t reg, bool read, std::uint32_t value) const {
  return {ap_, dap_.ap_register(reg), read, value};
}

void MemAp::learn() {
  if (facts_) return;
  std::array<DapAccess, 2> first = {access(ap::CSW, true), access(ap::IDR, true)};
  dap_.run(first);
  const std::uint32_t idr = first[1].value;
  if (ap::CLASS.get(idr) != ap::kClassMemAp) {
    throw DapError(fmt::format("{} is no memory access port (IDR=0x{:08x})", dap_.ap_text(ap_), idr),
                   static_cast<unsigned>(Ack::ok), dap_.ap_text(ap_), ap::IDR);
  }
  Facts facts;
  facts.csw = first[0].value & ~(ap::SIZE.mask() | ap::ADDRINC.mask());
  if (is_ahb(ap::TYPE.get(idr))) {
    facts.csw = (facts.csw & ~ap::PROT.mask()) | kAhbProt;
  } else {
    facts.csw |= ap::DBGSWENABLE.mask();
  }
  facts.secure_bus = is_ahb5(ap::TYPE.get(idr));
  // An AP without packed transfers reads the mode back as something else (C2.2.7).
  const std::uint32_t packed = facts.csw | ap::ADDRINC.of(ap::kAddrIncPacked) | ap::SIZE.of(0);
  std::array<DapAccess, 2> probe = {access(ap::CSW, false, packed), access(ap::CSW, true)};
  dap_.run(probe);
  facts.packed = ap::ADDRINC.get(probe[1].value) == ap::kAddrIncPacked && ap::SIZE.get(probe[1].value) == 0;
  csw_.reset();
  facts_ = facts;
}

std::optional<std::uint32_t> MemAp::csw() {
  learn();
  return attributes();
}

bool MemAp::set_csw(std::uint32_t value, std::uint32_t mask) {
  mask &= ~(ap::SIZE.mask() | ap::ADDRINC.mask());
  chosen_mask_ |= mask;
  chosen_ = (chosen_ & ~mask) | (value & mask);
  return true;
}

void MemAp::push(std::vector<DapAccess>& batch, std::uint8_t reg, std::uint32_t value) const {
  batch.push_back(access(reg, false, value));
}

void MemAp::push_csw(std::vector<DapAccess>& batch, Width width, Increment increment) {
  const std::uint32_t mode = increment == Increment::packed ? ap::kAddrIncPacked : ap::kAddrIncSingle;
  const std::uint32_t wanted = attributes() | ap::SIZE.of(size_code(width)) | ap::ADDRINC.of(mode);
  if (csw_ == wanted) return;
  push(batch, ap::CSW, wanted);
  csw_ = wanted;
}

void MemAp::push_tar(std::vector<DapAccess>& batch, Address address) {
  if (tar_ == address) return;
  push(batch, ap::TAR, address);
  tar_ = address;
}

void MemAp::advance_tar(std::size_t size) {
  const Address next = *tar_ + static_cast<Address>(size);
  if (next % kTarWrap == 0) {
    tar_.reset();
  } else {
    tar_ = next;
  }
}

std::vector<MemAp::Stretch> MemAp::stretches(Address address, std::size_t size, Width width) const {
  const auto unit = static_cast<std::size_t>(width);
  if (width == Width::word || !facts_->packed || size < 8) {
    return {{address, size, width, Increment::single, unit}};
  }
  std::vector<Stretch> parts;
  const std::size_t head = (4 - address % 4) % 4;
  const std::size_t body = (size - head) / 4 * 4;
  const std::size_t tail = size - head - body;
  const auto at = [&](std::size_t offset) { return address + static_cast<Address>(offset); };
  if (head != 0) parts.push_back({address, head, width, Increment::single, unit});
  parts.push_back({at(head), body, width, Increment::packed, 4});
  if (tail != 0) parts.push_back({at(head + body), tail, width, Increment::single, unit});
  return parts;
}

void MemAp::execute(std::vector<DapAccess>& batch) {
  try {
    dap_.run(batch);
  } catch (...) {
    forget();
    throw;
  }
}

// Runs `body`, which must only read, again where the data came over the wire with wrong parity.
template <typename Body>
void MemAp::repeating(Body body) {
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return body();
    } catch (const DapError& e) {
      if (!is_ack(e, Ack::parity) || attempt == kParityTries) throw;
    }
  }
}

void MemAp::read_stretch(const Stretch& stretch, ByteSpan data) {
  std::vector<DapAccess> batch;
  push_csw(batch, stretch.width, stretch.increment);
  for (std::size_t at = 0; at < stretch.size; at += stretch.each) {
    push_tar(batch, stretch.address + static_cast<Address>(at));
    batch.push_back(access(ap::DRW, true));
    advance_tar(stretch.each);
  }
  execute(batch);
  std::size_t at = 0;
  for (const DapAccess& access : batch) {
    if (!access.read) continue;
    const Address address = stretch.address + static_cast<Address>(at);
    const std::uint32_t value = access.value >> lane_shift(address);
    for (std::size_t i = 0; i < stretch.each; ++i) data[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    at += stretch.each;
  }
}

void MemAp::write_stretch(const Stretch& stretch, ByteView data) {
  std::vector<DapAccess> batch;
  push_csw(batch, stretch.width, stretch.increment);
  for (std::size_t at = 0; at < stretch.size; at += stretch.each) {
    const Address address = stretch.address + static_cast<Address>(at);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < stretch.each; ++i) value |= std::uint32_t{data[at + i]} << (8 * i);
    push_tar(batch, address);
    push(batch, ap::DRW, value << lane_shift(address));
    advance_tar(stretch.each);
  }
  execute(batch);
}

void MemAp::in_stretches(bool reading, AddressRange range, Width width,
                         const std::function<void(const Stretch&, std::size_t at)>& transfer) {
  learn();
  banked_ = false;
  try {
    std::size_t at = 0;
    while (at < range.size) {
      const std::size_t size = std::min<std::size_t>(kBatchBytes, range.size - at);
      for (const Stretch& s : stretches(range.begin + static_cast<Address>(at), size, width)) {
        transfer(s, at);
        at += s.size;
      }
    }
  } catch (const DapError& e) {
    if (!is_ack(e, Ack::fault)) throw;
    fault(reading, range, width, e);
  }
}

void MemAp::read(Address address, ByteSpan data, Width width) {
  require_aligned(address, data.size(), width);
  if (data.empty()) return;
  if (width == Width::word && data.size() == 4) {
    std::array<WordAccess, 1> one = {WordAccess::load(address)};
    run(one);
    store_le32(data, 0, one[0].value);
    return;
  }
  in_stretches(true, {address, data.size()}, width, [&](const Stretch& s, std::size_t at) {
    repeating([&] { read_stretch(s, data.subspan(at, s.size)); });
  });
}

void MemAp::write(Address address, ByteView data, Width width) {
  require_aligned(address, data.size(), width);
  if (data.empty()) return;
  if (width == Width::word && data.size() == 4) {
    std::array<WordAccess, 1> one = {WordAccess::store(address, load_le32(data))};
    run(one);
    return;
  }
  in_stretches(false, {address, data.size()}, width,
               [&](const Stretch& s, std::size_t at) { write_stretch(s, data.subspan(at, s.size)); });
}

// The access for the first of `rest`, through a banked data register where TAR is near or will be needed
// again. Returns its place in the batch.
std::size_t MemAp::push_word(std::vector<DapAccess>& batch, std::span<const WordAccess> rest) {
  const WordAccess& access = rest.front();
  const auto block = [](Address a) { return a & ~(kBankedBlock - 1); };
  const bool near = tar_ && block(*tar_) == block(access.address);
  const bool next_near = rest.size() > 1 && block(rest[1].address) == block(access.address);
  std::uint8_t reg = ap::DRW;
  if (near ? banked_ || *tar_ != access.address : next_near) {
    if (!near) push_tar(batch, block(access.address));
    reg = static_cast<std::uint8_t>(ap::BD0 + (access.address & (kBankedBlock - 1)));
  } else {
    push_tar(batch, access.address);
    advance_tar(4);
  }
  banked_ = reg != ap::DRW;
  batch.push_back(this->access(reg, access.read, access.read ? 0 : access.value));
  return batch.size() - 1;
}

void MemAp::run(std::span<WordAccess> words) {
  if (words.empty()) return;
  for (const WordAccess& access : words) require_aligned(access.address, 4, Width::word);
  learn();
  const bool reads_only = std::all_of(words.begin(), words.end(), [](const WordAccess& w) { return w.read; });
  try {
    if (reads_only) {
      repeating([&] { run_words(words); });
    } else {
      run_words(words);
    }
  } catch (const DapError& e) {
    if (!is_ack(e, Ack::fault)) throw;
    fault(words, e);
  }
}

void MemAp::run_words(std::span<WordAccess> words) {
  std::vector<DapAccess> batch;
  std::vector<std::size_t> places;
  push_csw(batch, Width::word, Increment::single);
  for (std::size_t i = 0; i < words.size(); ++i) places.push_back(push_word(batch, words.subspan(i)));
  execute(batch);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].read) words[i].value = batch[places[i]].value;
  }
}

// What the port says of an access that the bus refused: nothing, but where it asked for Secure in vain.
std::string MemAp::refusal() {
  if (!facts_->secure_bus || ap::HNONSEC.is_set(attributes())) return {};
  if (ap::SPIDEN.is_set(dap_.read_ap(ap_, dap_.ap_register(ap::CSW)))) return {};
  return "; secure debug is not allowed (CSW.SPIDEN = 0)";
}

// TAR does not count on an access that failed (C2.2.2), so it tells which one that was.
void MemAp::fault(bool read, AddressRange range, Width width, const DapError& error) {
  const Address tar = dap_.read_ap(ap_, dap_.ap_register(ap::TAR));
  const Address bad = range.contains(tar) ? tar : range.begin;
  throw MemoryFault(fmt::format("Failed to {} memory at 0x{:08x} ({} of {} bytes from 0x{:08x}; {}{})",
                                read ? "read" : "write", bad, read ? "read" : "write", range.size,
                                range.begin, error.message(), refusal()),
                    bad, static_cast<std::size_t>(width));
}

void MemAp::fault(std::span<const WordAccess> batch, const DapError& error) {
  const Address tar = dap_.read_ap(ap_, dap_.ap_register(ap::TAR));
  auto bad =
      std::find_if(batch.begin(), batch.end(), [tar](const WordAccess& w) { return w.address == tar; });
  if (bad == batch.end()) {
    // Behind a banked register TAR names only the 16 bytes.
    bad = std::find_if(batch.begin(), batch.end(),
                       [tar](const WordAccess& w) { return w.address / kBankedBlock == tar / kBankedBlock; });
  }
  if (bad == batch.end()) bad = batch.begin();
  throw MemoryFault(fmt::format("Failed to {} memory at 0x{:08x} ({}{})", bad->read ? "read" : "write",
                                bad->address, error.message(), refusal()),
                    bad->address, 4);
}

}  // namespace probity
