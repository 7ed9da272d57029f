#include "vboard/probe/cmsis_dap/description.hpp"

#include "base/bytes.hpp"
#include "vboard/usb/hid.hpp"

namespace probity::vboard::cmsis_dap {

namespace {

constexpr std::uint8_t kMicrosoftRequest = 0x20;  // any number the device chooses
constexpr std::uint32_t kWindows81 = 0x06030000;  // the first that knows MS OS 2.0 descriptors
constexpr std::string_view kInterfaceGuid = "{CDB3B5AD-293B-4663-AA36-1AAE46463776}";  // CMSIS-DAP v2's

void append_utf16(Bytes& bytes, std::string_view ascii) {
  for (const char c : ascii) append_le16(bytes, static_cast<std::uint8_t>(c));
}

// Vendor page 0xFF00, usage 1: an input and an output report of `size` bytes, no ids (HID 1.11, 6.2.2).
Bytes report_descriptor(std::uint8_t size) {
  return {0x06, 0x00, 0xFF,        // usage page 0xFF00
          0x09, 0x01,              // usage 1
          0xA1, 0x01,              // collection (application)
          0x15, 0x00,              //   logical minimum 0
          0x26, 0xFF, 0x00,        //   logical maximum 255
          0x75, 0x08, 0x95, size,  //   report size 8 bits, count
          0x09, 0x01, 0x81, 0x02,  //   usage 1, input (data, variable, absolute)
          0x95, size,              //
          0x09, 0x01, 0x91, 0x02,  //   usage 1, output
          0xC0};                   // end
}

// Microsoft OS 2.0 Descriptors Specification: a set header, the compatible id WINUSB (table 13), and the
// registry property DeviceInterfaceGUIDs (table 15), by which libusb and the drivers find it on Windows.
Bytes microsoft_set() {
  Bytes features;
  append_le16(features, 20);
  append_le16(features, 3);  // MS_OS_20_FEATURE_COMPATIBLE_ID
  append(features, Bytes{'W', 'I', 'N', 'U', 'S', 'B', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});

  constexpr std::string_view kName("DeviceInterfaceGUIDs\0", 21);
  const std::string guids = std::string(kInterfaceGuid) + std::string(2, '\0');
  append_le16(features, static_cast<std::uint16_t>(10 + 2 * kName.size() + 2 * guids.size()));
  append_le16(features, 4);  // MS_OS_20_FEATURE_REG_PROPERTY
  append_le16(features, 7);  // REG_MULTI_SZ
  append_le16(features, static_cast<std::uint16_t>(2 * kName.size()));
  append_utf16(features, kName);
  append_le16(features, static_cast<std::uint16_t>(2 * guids.size()));
  append_utf16(features, guids);

  Bytes set;
  append_le16(set, 10);
  append_le16(set, 0);  // MS_OS_20_SET_HEADER_DESCRIPTOR
  append_le32(set, kWindows81);
  append_le16(set, static_cast<std::uint16_t>(10 + features.size()));
  append(set, features);
  return set;
}

// USB 3.2, 9.6.2: one platform capability, Microsoft's, which says how to ask for the set above.
Bytes bos(std::size_t microsoft_set_size) {
  Bytes bytes = {5, 15 /* BOS */, 33, 0, 1 /* capability */, 28, 16 /* device capability */, 5 /* platform */,
                 0};
  append(bytes, Bytes{0xDF, 0x60, 0xDD, 0xD8, 0x89, 0x45, 0xC7, 0x4C,  // D8DD60DF-4589-4CC7-9CD2-659D9E648A9F
                      0x9C, 0xD2, 0x65, 0x9D, 0x9E, 0x64, 0x8A, 0x9F});
  append_le32(bytes, kWindows81);
  append_le16(bytes, static_cast<std::uint16_t>(microsoft_set_size));
  append(bytes, Bytes{kMicrosoftRequest, 0 /* no other enumeration */});
  return bytes;
}

// Version 1: 64 bytes a millisecond each way.
InterfaceDescription hid_interface(const Model& model) {
  constexpr std::uint8_t kEveryFrame = 1;
  const auto packet = static_cast<std::uint16_t>(model.packet_size);
  InterfaceDescription only{.number = 0, .class_code = 0x03, .subclass = 0, .protocol = 0};
  only.name = "CMSIS-DAP v1";
  only.report_descriptor = report_descriptor(static_cast<std::uint8_t>(packet));
  only.class_descriptors = HidFunction::descriptor(only.report_descriptor.size());
  only.endpoints = {{kInEndpoint, UsbEndpointKind::interrupt, packet, kEveryFrame},
                    {kOutEndpoint, UsbEndpointKind::interrupt, packet, kEveryFrame}};
  return only;
}

// Version 2: out, then in; a third for SWO, where it is streamed.
InterfaceDescription bulk_interface(const Model& model) {
  const auto packet = static_cast<std::uint16_t>(model.high_speed ? 512 : 64);
  InterfaceDescription only{.number = 0, .class_code = 0xFF, .subclass = 0, .protocol = 0};
  only.name = "CMSIS-DAP v2";
  only.endpoints = {{kOutEndpoint, UsbEndpointKind::bulk, packet, 0},
                    {kInEndpoint, UsbEndpointKind::bulk, packet, 0}};
  if (model.swo_stream) only.endpoints.push_back({kTraceEndpoint, UsbEndpointKind::bulk, packet, 0});
  return only;
}

}  // namespace

UsbDescription describe(const Model& model, std::string serial) {
  UsbDescription device;
  device.vendor = model.vendor_id;
  device.product = model.product_id;
  device.manufacturer = "Probity";
  device.product_name = model.product_name;
  device.serial = std::move(serial);
  device.high_speed = model.high_speed;
  device.interfaces = {model.hid ? hid_interface(model) : bulk_interface(model)};
  if (!model.hid) {
    device.usb_version = 0x0210;
    device.microsoft_vendor_code = kMicrosoftRequest;
    device.microsoft_os_set = microsoft_set();
    device.bos = bos(device.microsoft_os_set.size());
  }
  return device;
}

}  // namespace probity::vboard::cmsis_dap
