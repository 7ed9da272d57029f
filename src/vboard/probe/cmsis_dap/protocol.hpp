// Numbers of the CMSIS-DAP protocol 2.1 (Arm, CMSIS-DAP reference, "DAP Commands").
#pragma once

#include <cstdint>

namespace probity::vboard::cmsis_dap {

constexpr std::uint8_t kOk = 0x00, kError = 0xFF;

namespace command {
constexpr std::uint8_t kInfo = 0x00, kHostStatus = 0x01, kConnect = 0x02, kDisconnect = 0x03;
constexpr std::uint8_t kTransferConfigure = 0x04, kTransfer = 0x05, kTransferBlock = 0x06,
                       kTransferAbort = 0x07, kWriteAbort = 0x08, kDelay = 0x09, kResetTarget = 0x0A;
constexpr std::uint8_t kSwjPins = 0x10, kSwjClock = 0x11, kSwjSequence = 0x12, kSwdConfigure = 0x13,
                       kJtagSequence = 0x14, kJtagConfigure = 0x15, kJtagIdCode = 0x16, kSwdSequence = 0x1D;
constexpr std::uint8_t kSwoTransport = 0x17, kSwoMode = 0x18, kSwoBaudrate = 0x19, kSwoControl = 0x1A,
                       kSwoStatus = 0x1B, kSwoData = 0x1C, kSwoExtendedStatus = 0x1E;
constexpr std::uint8_t kQueueCommands = 0x7E, kExecuteCommands = 0x7F;
}  // namespace command

namespace info {
constexpr std::uint8_t kVendor = 0x01, kProduct = 0x02, kSerial = 0x03, kProtocolVersion = 0x04,
                       kTargetVendor = 0x05, kTargetName = 0x06, kBoardVendor = 0x07, kBoardName = 0x08,
                       kFirmwareVersion = 0x09;
constexpr std::uint8_t kCapabilities = 0xF0, kTimer = 0xF1, kUartReceive = 0xFB, kUartTransmit = 0xFC,
                       kSwoBuffer = 0xFD, kPacketCount = 0xFE, kPacketSize = 0xFF;
}  // namespace info

// Capabilities: SWD, JTAG, atomic commands; and what of SWO the model has.
constexpr std::uint8_t kCapabilityBits = 0x01 | 0x02 | 0x10;
constexpr std::uint8_t kSwoUart = 0x04, kSwoManchester = 0x08, kSwoStreaming = 0x40;

// Transfer request bits.
constexpr std::uint8_t kApnDp = 0x01, kRnW = 0x02, kMatchValue = 0x10, kMatchMask = 0x20, kTimestamp = 0x80;
// Transfer response: bits 2:0 the acknowledge, bit 3 protocol error, bit 4:
constexpr std::uint8_t kMismatch = 0x10;

}  // namespace probity::vboard::cmsis_dap
