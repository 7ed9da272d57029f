// Names of the FTFA, FTFL and FTFE (KL25P80M48SF0RM 27.33, K64P144M120SF5RM 29.33): registers are bytes.
#pragma once

#include <cstdint>

#include "base/bits.hpp"

namespace probity::vboard::ftf_reg {

enum : std::uint32_t {
  FSTAT = 0x00,
  FCNFG = 0x01,
  FSEC = 0x02,
  FOPT = 0x03,
  FCCOB3 = 0x04,  // FCCOB0 is the last of its four, FCCOB4 of the next, FCCOB8 of those behind
  FCCOB8 = 0x0F,
  FPROT3 = 0x10,  // bit 0: the lowest region; FPROT0, at 0x13, has the highest
  FPROT0 = 0x13,
  FEPROT = 0x16,
  FDPROT = 0x17,
};

constexpr Field CCIF{"CCIF", 7}, RDCOLERR{"RDCOLERR", 6}, ACCERR{"ACCERR", 5}, FPVIOL{"FPVIOL", 4},
    MGSTAT0{"MGSTAT0", 0};                                                      // FSTAT
constexpr Field CCIE{"CCIE", 7}, RDCOLLIE{"RDCOLLIE", 6}, RAMRDY{"RAMRDY", 1};  // FCNFG
constexpr Field KEYEN{"KEYEN", 6, 2}, MEEN{"MEEN", 4, 2}, SEC{"SEC", 0, 2};     // FSEC
constexpr std::uint32_t kUnsecured = 2, kKeyEnabled = 2, kMassEraseDisabled = 2;

// FCCOB0 (KL25P80M48SF0RM table 27-27, K64P144M120SF5RM table 29-29).
enum : std::uint8_t {
  RD1BLK = 0x00,
  RD1SEC = 0x01,
  PGMCHK = 0x02,
  PGM4 = 0x06,
  PGM8 = 0x07,
  ERSBLK = 0x08,
  ERSSCR = 0x09,
  PGMSEC = 0x0B,
  RD1ALL = 0x40,
  ERSALL = 0x44,
  VFYKEY = 0x45,
  SETRAM = 0x81,
};

// The flash configuration field (KL25P80M48SF0RM 27.3.1), by offset in the program flash.
constexpr std::uint32_t kBackdoorKey = 0x400, kKeySize = 8, kFcfFprot3 = 0x408, kFcfFsec = 0x40C,
                        kFcfFopt = 0x40D, kFcfFeprot = 0x40E, kFcfFdprot = 0x40F;
constexpr std::uint8_t kUnsecuredByte = 0xFE;

}  // namespace probity::vboard::ftf_reg
