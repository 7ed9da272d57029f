// Numbers of the J-Link USB protocol (SEGGER, RM08001 "J-Link USB Protocol": "Command list" and the bits of
// EMU_CMD_GET_CAPS), under the manual's names without EMU_CMD_. Those of SWO are not in the manual: they are
// what users of the probe send (libjaylink).
#pragma once

#include <cstdint>

namespace probity::vboard::jlink {

namespace command {
constexpr std::uint8_t kVersion = 0x01, kSetSpeed = 0x05, kGetState = 0x07, kSetKsPower = 0x08,
                       kRegister = 0x09;
constexpr std::uint8_t kGetSpeeds = 0xC0, kGetHwInfo = 0xC1, kSelectIf = 0xC7, kHwJtag2 = 0xCE,
                       kHwJtag3 = 0xCF, kGetMaxMemBlock = 0xD4;
constexpr std::uint8_t kHwReset0 = 0xDC, kHwReset1 = 0xDD, kHwTrst0 = 0xDE, kHwTrst1 = 0xDF;
constexpr std::uint8_t kGetCaps = 0xE8, kSwo = 0xEB, kGetCapsEx = 0xED, kGetHwVersion = 0xF0,
                       kReadConfig = 0xF2, kWriteConfig = 0xF3;
}  // namespace command

// Bit numbers of the answer to GET_CAPS.
namespace cap {
constexpr unsigned kAlways = 0, kGetHwVersion = 1, kReadConfig = 4, kWriteConfig = 5, kSpeedInfo = 9,
                   kGetMaxBlockSize = 11, kGetHwInfo = 12, kSetKsPower = 13, kSelectIf = 17, kSwo = 23,
                   kRegister = 27, kGetCapsEx = 31;
}  // namespace cap

namespace swo {
constexpr std::uint8_t kStart = 0x64, kStop = 0x65, kRead = 0x66, kGetSpeeds = 0x6E;
constexpr std::uint8_t kMode = 0x01, kBaud = 0x02, kReadSize = 0x03, kBufferSize = 0x04;
constexpr std::uint32_t kUart = 0, kRefused = 0x80000000;
}  // namespace swo

// REGISTER: the second byte.
constexpr std::uint8_t kRegisterMe = 0x64, kUnregisterMe = 0x65;
// SELECT_IF: the argument, beside an interface's number.
constexpr std::uint8_t kWhichIsSelected = 0xFE, kWhichAreThere = 0xFF;
constexpr std::uint32_t kJtag = 0, kSwd = 1;
// HW_JTAG3: the byte behind the data.
constexpr std::uint8_t kDone = 0x00, kNoMemory = 0x06;
constexpr std::uint16_t kAdaptive = 0xFFFF;  // SET_SPEED

}  // namespace probity::vboard::jlink
