// ST-LINK's USB commands and status codes. ST publishes none of it; the numbers are those that STLINK's own
// firmware V2J37 and V3J10 are seen to take and give on the wire, as described by the open-source drivers.
#pragma once

#include <cstdint>

namespace probity::vboard::stlink {

constexpr std::size_t kCommandSize = 16;
// Bytes of 16- and 32-bit memory access. OpenOCD keeps to 6144; st-flash 1.7.0 writes as much as 32 KiB at
// once.
constexpr std::uint32_t kMaxTransfer = 0x8000;

namespace command {
constexpr std::uint8_t kGetVersion = 0xF1, kDebug = 0xF2, kDfu = 0xF3, kSwim = 0xF4, kGetCurrentMode = 0xF5,
                       kGetTargetVoltage = 0xF7, kGetVersionEx = 0xFB;
}
constexpr std::uint8_t kDfuExit = 0x07;
constexpr std::uint8_t kSwimExit = 0x01;

namespace debug {
constexpr std::uint8_t kReadMem32 = 0x07, kWriteMem32 = 0x08, kReadMem8 = 0x0C, kWriteMem8 = 0x0D;
constexpr std::uint8_t kExit = 0x21, kEnter = 0x30, kReadIdCodes = 0x31, kResetSys = 0x32;
constexpr std::uint8_t kReadReg = 0x33, kWriteReg = 0x34, kWriteDebugReg = 0x35, kReadDebugReg = 0x36,
                       kReadAllRegs = 0x3A;
constexpr std::uint8_t kGetLastRwStatus = 0x3B, kDriveNrst = 0x3C, kGetLastRwStatus2 = 0x3E;
constexpr std::uint8_t kStartTrace = 0x40, kStopTrace = 0x41, kGetTraceCount = 0x42;
constexpr std::uint8_t kSwdSetFrequency = 0x43, kJtagSetFrequency = 0x44;
constexpr std::uint8_t kReadDapReg = 0x45, kWriteDapReg = 0x46, kReadMem16 = 0x47, kWriteMem16 = 0x48;
constexpr std::uint8_t kInitAp = 0x4B, kCloseAp = 0x4C;
constexpr std::uint8_t kWriteMem32NoIncrement = 0x50, kRwMiscOut = 0x51, kRwMiscIn = 0x52,
                       kReadMem32NoIncrement = 0x54;
constexpr std::uint8_t kSetComFrequency = 0x61, kGetComFrequency = 0x62;  // V3
}  // namespace debug

namespace enter {
constexpr std::uint8_t kJtagReset = 0x00, kSwdNoReset = 0xA3, kJtagNoReset = 0xA4;
}
namespace misc {
constexpr std::uint8_t kPadding = 0, kAddress = 1, kWrite = 2, kRead = 3, kApNumber = 5;
}
constexpr std::uint16_t kDebugPort = 0xFFFF;  // in the place of an AP number

namespace status {
constexpr std::uint8_t kOk = 0x80;
constexpr std::uint8_t kNoDeviceConnected = 0x05, kCommandError = 0x08, kGetIdCodeError = 0x09,
                       kAlignmentError = 0x0A;
constexpr std::uint8_t kApWait = 0x10, kApFault = 0x11, kApError = 0x12, kApParityError = 0x13;
constexpr std::uint8_t kDpWait = 0x14, kDpFault = 0x15, kDpError = 0x16, kDpParityError = 0x17;
constexpr std::uint8_t kBadAp = 0x1D;
constexpr std::uint8_t kUnknownCommand = 0x42;
}  // namespace status

enum class Mode : std::uint8_t { dfu = 0, mass_storage = 1, debug = 2, swim = 3 };

}  // namespace probity::vboard::stlink
