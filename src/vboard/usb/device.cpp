#include "vboard/usb/device.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/usb/descriptors.hpp"

namespace probity::vboard {

namespace {

// bmRequestType: USB 2.0, table 9-2.
enum class Recipient : std::uint8_t { device = 0, interface = 1, endpoint = 2 };
enum class RequestKind : std::uint8_t { standard = 0, class_specific = 1, vendor = 2 };
Recipient recipient(const SetupPacket& setup) { return static_cast<Recipient>(setup.request_type & 0x1F); }
RequestKind kind(const SetupPacket& setup) { return static_cast<RequestKind>(setup.request_type >> 5 & 3); }

// bRequest: table 9-4.
constexpr std::uint8_t kGetStatus = 0, kClearFeature = 1, kSetFeature = 3, kSetAddress = 5,
                       kGetDescriptor = 6, kGetConfiguration = 8, kSetConfiguration = 9, kGetInterface = 10,
                       kSetInterface = 11;
// Feature selectors: table 9-6.
constexpr std::uint16_t kEndpointHalt = 0, kRemoteWakeup = 1;
// MS OS 2.0 descriptors: the wIndex that asks for the descriptor set.
constexpr std::uint16_t kMicrosoftDescriptorIndex = 7;

UsbReply ok(Bytes data = {}) { return {UsbReply::Status::ok, std::move(data)}; }

UsbReply ok_if(std::optional<Bytes> data) { return data ? ok(std::move(*data)) : stalled(); }

}  // namespace

UsbDeviceModel::UsbDeviceModel(UsbDescription description, std::vector<MountedFunction> functions)
    : description_(std::move(description)), functions_(std::move(functions)) {}

UsbReply UsbDeviceModel::control(const SetupPacket& setup, ByteView data) {
  UsbReply reply = stalled();
  if (kind(setup) == RequestKind::standard) {
    reply = standard(setup);
  } else if (recipient(setup) == Recipient::interface) {
    UsbFunction* owner = owner_of_interface(static_cast<std::uint8_t>(setup.index));
    if (owner != nullptr) reply = owner->control(setup, data);
  } else if (kind(setup) == RequestKind::vendor && setup.to_host() &&
             !description_.microsoft_os_set.empty() && setup.request == description_.microsoft_vendor_code &&
             setup.index == kMicrosoftDescriptorIndex) {
    reply = ok(description_.microsoft_os_set);
  } else if (kind(setup) == RequestKind::vendor && recipient(setup) == Recipient::device) {
    reply = functions_.front().function->control(setup, data);
  }
  if (reply.data.size() > setup.length) reply.data.resize(setup.length);
  return reply;
}

UsbReply UsbDeviceModel::standard(const SetupPacket& setup) {
  switch (setup.request) {
    case kGetStatus:
      return get_status(setup);
    case kClearFeature:
      return change_feature(setup, false);
    case kSetFeature:
      return change_feature(setup, true);
    case kSetAddress:
      return ok();  // the address is the host controller's business
    case kGetDescriptor:
      return get_descriptor(setup);
    case kGetConfiguration:
      return ok({configured_ ? kConfigurationValue : std::uint8_t{0}});
    case kSetConfiguration:
      return set_configuration(setup);
    case kGetInterface:
      return configured_ && interface(setup.index) != nullptr ? ok({0}) : stalled();
    case kSetInterface:
      return set_interface(setup);
    default:
      return stalled();
  }
}

UsbReply UsbDeviceModel::get_descriptor(const SetupPacket& setup) const {
  const auto type = static_cast<DescriptorType>(setup.value >> 8);
  const auto index = static_cast<std::uint8_t>(setup.value);
  const InterfaceDescription* asked =
      recipient(setup) == Recipient::interface ? interface(setup.index) : nullptr;
  switch (type) {
    case DescriptorType::device:
      return ok(device_descriptor(description_));
    case DescriptorType::configuration:
      return index == 0 ? ok(configuration_descriptor(description_, type)) : stalled();
    case DescriptorType::other_speed_configuration:
      if (!description_.high_speed || index != 0) return stalled();
      return ok(configuration_descriptor(description_, type));
    case DescriptorType::device_qualifier:
      return description_.high_speed ? ok(device_qualifier_descriptor(description_)) : stalled();
    case DescriptorType::string:
      return ok_if(string_descriptor(description_, index));
    case DescriptorType::bos:
      return description_.bos.empty() ? stalled() : ok(description_.bos);
    case DescriptorType::hid:
      return asked != nullptr ? ok_if(hid_descriptor(*asked)) : stalled();
    case DescriptorType::hid_report:
      if (asked == nullptr || asked->report_descriptor.empty()) return stalled();
      return ok(asked->report_descriptor);
    default:
      return stalled();
  }
}

UsbReply UsbDeviceModel::get_status(const SetupPacket& setup) const {
  switch (recipient(setup)) {
    case Recipient::device:
      return ok(
          {static_cast<std::uint8_t>((description_.self_powered ? 1u : 0) | (remote_wakeup_ ? 2u : 0)), 0});
    case Recipient::interface:
      return interface(setup.index) != nullptr ? ok({0, 0}) : stalled();
    case Recipient::endpoint:
      if (!has_endpoint(setup.index)) return stalled();
      return ok({static_cast<std::uint8_t>(halted_.contains(static_cast<std::uint8_t>(setup.index))), 0});
  }
  return stalled();
}

UsbReply UsbDeviceModel::set_configuration(const SetupPacket& setup) {
  if (setup.value == 0) {
    configured_ = false;
    return ok();
  }
  if (setup.value != kConfigurationValue) return stalled();
  configure();
  return ok();
}

// No interface has a second setting; the first one clears the halts of its endpoints (9.1.1.5).
UsbReply UsbDeviceModel::set_interface(const SetupPacket& setup) {
  const InterfaceDescription* chosen = interface(setup.index);
  if (!configured_ || chosen == nullptr || setup.value != 0) return stalled();
  for (const auto& endpoint : chosen->endpoints) halted_.erase(endpoint.address);
  return ok();
}

UsbReply UsbDeviceModel::change_feature(const SetupPacket& setup, bool set) {
  if (recipient(setup) == Recipient::device) {
    if (setup.value != kRemoteWakeup || !description_.remote_wakeup) return stalled();
    remote_wakeup_ = set;
    return ok();
  }
  if (recipient(setup) != Recipient::endpoint || setup.value != kEndpointHalt) return stalled();
  if (!has_endpoint(setup.index)) return stalled();
  const auto endpoint = static_cast<std::uint8_t>(setup.index);
  if ((endpoint & 0x7F) == 0) return ok();  // the control pipe's halt ends with the next request
  if (set) {
    halted_.insert(endpoint);
  } else {
    halted_.erase(endpoint);
  }
  return ok();
}

void UsbDeviceModel::configure() {
  configured_ = true;
  remote_wakeup_ = false;
  halted_.clear();
  for (auto& mounted : functions_) mounted.function->configure();
}

const InterfaceDescription* UsbDeviceModel::interface(std::uint16_t index) const {
  const auto number = static_cast<std::uint8_t>(index);
  const auto found = std::ranges::find(description_.interfaces, number, &InterfaceDescription::number);
  return found == description_.interfaces.end() ? nullptr : &*found;
}

bool UsbDeviceModel::has_endpoint(std::uint16_t address) const {
  if ((address & 0x7F) == 0) return true;
  return std::ranges::any_of(description_.interfaces, [&](const InterfaceDescription& i) {
    return std::ranges::find(i.endpoints, address, &EndpointDescription::address) != i.endpoints.end();
  });
}

UsbFunction* UsbDeviceModel::owner_of_interface(std::uint8_t number) {
  for (auto& mounted : functions_) {
    if (std::ranges::find(mounted.interfaces, number) != mounted.interfaces.end())
      return mounted.function.get();
  }
  return nullptr;
}

UsbFunction* UsbDeviceModel::owner_of_endpoint(std::uint8_t address) {
  for (const auto& i : description_.interfaces) {
    const auto found = std::ranges::find(i.endpoints, address, &EndpointDescription::address);
    if (found != i.endpoints.end()) return owner_of_interface(i.number);
  }
  return nullptr;
}

UsbReply UsbDeviceModel::halting(std::uint8_t endpoint, UsbReply reply) {
  if (reply.status == UsbReply::Status::stall) halted_.insert(endpoint);
  return reply;
}

UsbReply UsbDeviceModel::out(std::uint8_t endpoint, ByteView data) {
  UsbFunction* owner = configured_ ? owner_of_endpoint(endpoint) : nullptr;
  if (owner == nullptr || halted_.contains(endpoint)) return stalled();
  return halting(endpoint, owner->out(endpoint, data));
}

UsbReply UsbDeviceModel::in(std::uint8_t endpoint, std::size_t max_length) {
  UsbFunction* owner = configured_ ? owner_of_endpoint(endpoint) : nullptr;
  if (owner == nullptr || halted_.contains(endpoint)) return stalled();
  return halting(endpoint, owner->in(endpoint, max_length));
}

}  // namespace probity::vboard
