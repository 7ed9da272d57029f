// Registers of a debug port and of a MEM-AP, by the names of ADIv5.2 (Arm IHI 0031) and, where marked,
// ADIv6.0 (Arm IHI 0074).
#pragma once

#include <cstdint>

#include "base/bits.hpp"

namespace probity {

// --- Debug port, B2.2: A[3:2] in bits 3:0, the bank (SELECT.DPBANKSEL) in bits 7:4 ---
namespace dp {
inline constexpr std::uint8_t ABORT = 0x0;  // write
inline constexpr std::uint8_t DPIDR = 0x0;  // read
inline constexpr std::uint8_t CTRL_STAT = 0x4;
inline constexpr std::uint8_t SELECT = 0x8;   // write
inline constexpr std::uint8_t RDBUFF = 0xC;   // read
inline constexpr std::uint8_t DLPIDR = 0x34;  // DPv2, SWD: read
// ADIv6, B2.2: address 0 is banked as well.
inline constexpr std::uint8_t DPIDR1 = 0x10, BASEPTR0 = 0x20, BASEPTR1 = 0x30, SELECT1 = 0x54;

// DPIDR, B2.2.5
inline constexpr Field VERSION{"VERSION", 12, 4};
// DLPIDR, B2.2.3
inline constexpr Field PROTVSN{"PROTVSN", 0, 4}, TINSTANCE{"TINSTANCE", 28, 4};
inline constexpr std::uint32_t kSwdVersion2 = 1;  // PROTVSN
// DPIDR1, BASEPTR0; ADIv6 B2.2.6, B2.2.2
inline constexpr Field ASIZE{"ASIZE", 0, 7}, VALID{"VALID", 0}, PTR{"PTR", 12, 20};

// ABORT, B2.2.1
inline constexpr Field DAPABORT{"DAPABORT", 0}, STKCMPCLR{"STKCMPCLR", 1}, STKERRCLR{"STKERRCLR", 2},
    WDERRCLR{"WDERRCLR", 3}, ORUNERRCLR{"ORUNERRCLR", 4};
// CTRL/STAT, B2.2.2
inline constexpr Field ORUNDETECT{"ORUNDETECT", 0}, STICKYORUN{"STICKYORUN", 1}, STICKYCMP{"STICKYCMP", 4},
    STICKYERR{"STICKYERR", 5}, WDATAERR{"WDATAERR", 7}, CDBGPWRUPREQ{"CDBGPWRUPREQ", 28},
    CDBGPWRUPACK{"CDBGPWRUPACK", 29}, CSYSPWRUPREQ{"CSYSPWRUPREQ", 30}, CSYSPWRUPACK{"CSYSPWRUPACK", 31};
// SELECT, B2.2.11
inline constexpr Field DPBANKSEL{"DPBANKSEL", 0, 4}, APBANKSEL{"APBANKSEL", 4, 4}, APSEL{"APSEL", 24, 8};
// SELECT of a DPv3, ADIv6 B2.2.11: bits 31:4 of an access port register's address
inline constexpr Field ADDR{"ADDR", 4, 28};
}  // namespace dp

// --- MEM-AP, C2.6 ---
namespace ap {
inline constexpr std::uint8_t CSW = 0x00, TAR = 0x04, DRW = 0x0C, BD0 = 0x10, CFG = 0xF4, BASE = 0xF8,
                              IDR = 0xFC;
// An ADIv6 access port is a block of 4 KiB, which has these registers here (ADIv6 C2.5).
inline constexpr std::uint16_t kAdiv6Registers = 0xD00;

// CSW, C2.6.4
inline constexpr Field SIZE{"Size", 0, 3}, ADDRINC{"AddrInc", 4, 2}, DEVICEEN{"DeviceEn", 6},
    SPIDEN{"SPIDEN", 23}, PROT{"Prot", 24, 7}, HNONSEC{"HNONSEC", 30}, DBGSWENABLE{"DbgSwEnable", 31};
inline constexpr std::uint32_t kAddrIncOff = 0, kAddrIncSingle = 1, kAddrIncPacked = 2;
// IDR, C3.3 (C2.6.5 of issue E): REVISION, DESIGNER, CLASS, VARIANT, TYPE
inline constexpr Field TYPE{"TYPE", 0, 4}, VARIANT{"VARIANT", 4, 4}, CLASS{"CLASS", 13, 4};
inline constexpr std::uint32_t kClassMemAp = 8;
}  // namespace ap

}  // namespace probity
