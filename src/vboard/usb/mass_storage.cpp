#include "vboard/usb/mass_storage.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {
// BOT 3.1, 3.2, 5.1, 5.2.
constexpr std::uint8_t kGetMaxLun = 0xFE, kReset = 0xFF;
constexpr std::uint32_t kCommandSignature = 0x43425355, kStatusSignature = 0x53425355;
constexpr std::size_t kCommandSize = 31, kBlockAt = 15, kLongestBlock = 16;
constexpr std::uint8_t kPassed = 0, kFailed = 1, kPhaseError = 2;
}  // namespace

MassStorage::MassStorage(const InterfaceDescription& interface, Bytes sectors) : disk_(std::move(sectors)) {
  if (!interface.endpoints.empty()) packet_ = interface.endpoints.front().max_packet;
}

void MassStorage::configure() {
  phase_ = Phase::command;
  wedged_ = false;
  data_.clear();
}

UsbReply MassStorage::control(const SetupPacket& setup, ByteView) {
  if (setup.request == kGetMaxLun && setup.to_host()) return {UsbReply::Status::ok, {0}};
  if (setup.request != kReset || setup.to_host()) return stalled();
  configure();
  return {};
}

UsbReply MassStorage::out(std::uint8_t, ByteView data) {
  if (wedged_) return stalled();
  if (phase_ == Phase::data_out) {  // nothing that a host could send is taken
    phase_ = Phase::status;
    return stalled();
  }
  // A command when its predecessor's status was not fetched: the host has given that one up.
  begin(data);
  return wedged_ ? stalled() : UsbReply{};
}

void MassStorage::begin(ByteView wrapper) {
  const bool whole = wrapper.size() == kCommandSize && load_le32(wrapper) == kCommandSignature;
  const std::size_t length = whole ? wrapper[14] : 0u;
  wedged_ = !whole || wrapper[13] != 0 || length == 0 || length > kLongestBlock;
  if (wedged_) return;
  tag_ = load_le32(wrapper, 4);
  begin_data(load_le32(wrapper, 8), (wrapper[12] & 0x80) != 0, disk_.run(wrapper.subspan(kBlockAt, length)));
}

// BOT 6.7: what the host expects against what the command has.
void MassStorage::begin_data(std::uint32_t expected, bool to_host, ScsiDisk::Result result) {
  status_ = result.good ? kPassed : kFailed;
  data_ = std::move(result.data);
  residue_ = expected;
  phase_ = Phase::status;
  if (!data_.empty() && (expected == 0 || !to_host || data_.size() > expected)) {
    status_ = kPhaseError;  // cases 2, 7 and 10
    data_.resize(to_host ? std::min<std::size_t>(expected, data_.size()) : 0);
  }
  if (expected == 0) return;
  if (!to_host) {
    phase_ = Phase::data_out;
    return;
  }
  residue_ = static_cast<std::uint32_t>(expected - data_.size());
  phase_ = data_.empty() ? Phase::data_in_stall : Phase::data_in;
}

UsbReply MassStorage::in(std::uint8_t, std::size_t max_length) {
  if (wedged_) return stalled();
  if (phase_ == Phase::data_in) {
    const auto cut = data_.begin() + static_cast<std::ptrdiff_t>(std::min(max_length, data_.size()));
    Bytes part(data_.begin(), cut);
    data_.erase(data_.begin(), cut);
    const bool open_end = residue_ != 0 && part.size() % packet_ == 0;
    if (data_.empty()) phase_ = open_end ? Phase::data_in_stall : Phase::status;
    return {UsbReply::Status::ok, std::move(part)};
  }
  if (phase_ == Phase::data_in_stall) {
    phase_ = Phase::status;
    return stalled();
  }
  if (phase_ == Phase::command) return nothing_yet();
  // Also where the host skipped sending its data: it asks for the status.
  phase_ = Phase::command;
  Bytes wrapper;
  append_le32(wrapper, kStatusSignature);
  append_le32(wrapper, tag_);
  append_le32(wrapper, residue_);
  append_u8(wrapper, status_);
  return {UsbReply::Status::ok, std::move(wrapper)};
}

}  // namespace probity::vboard
