// Numbers of FTDI's chips with an MPSSE (Multi-Protocol Synchronous Serial Engine). Sources: FTDI AN_108
// (commands of the MPSSE), AN_135 (how to bring it up), and for the USB requests libftdi's public header.
#pragma once

#include <cstdint>

namespace probity::ftdi {

// Vendor requests to the device; wIndex is the channel, counted from 1.
constexpr std::uint8_t kVendorOut = 0x40;
enum class Request : std::uint8_t { reset = 0x00, set_latency_timer = 0x09, set_bit_mode = 0x0B };
// wValue of `reset`; "in" and "out" as the host sees them.
constexpr std::uint16_t kResetChannel = 0, kPurgeOutBuffer = 1, kPurgeInBuffer = 2;
// High byte of wValue of `set_bit_mode`.
constexpr std::uint16_t kBitModeReset = 0x00, kBitModeMpsse = 0x02;

// Each packet to the host begins with modem and line status.
constexpr std::size_t kStatusBytes = 2;

// Commands (AN_108 chapter 3).
enum class Opcode : std::uint8_t {
  set_low_byte = 0x80,   // value, direction
  read_low_byte = 0x81,  // answers a byte
  set_high_byte = 0x82,
  read_high_byte = 0x83,
  loopback_off = 0x85,
  set_divisor = 0x86,  // low, high
  send_immediate = 0x87,
  divide_by_5_off = 0x8A,  // H types only
  divide_by_5_on = 0x8B,
  adaptive_on = 0x96,
  adaptive_off = 0x97,
  none = 0xAA,  // no command: answered as a bad one, by which the two ends find each other (AN_135 3.2)
};
constexpr std::uint8_t kBadCommand = 0xFA;  // answered with the byte that was not understood behind it

// Shift commands are made of bits (AN_108 3.2): what is done, by bits (a length of up to 8) or bytes (up to
// 65536), on which edges.
constexpr std::uint8_t kOutOnFalling = 0x01, kByBits = 0x02, kInOnFalling = 0x04, kLsbFirst = 0x08,
                       kWriteTdi = 0x10, kReadTdo = 0x20, kWriteTms = 0x40;
constexpr std::size_t kMostBytes = 65536;
constexpr std::size_t kMostTmsBits = 7;  // bit 7 of the data byte is TDI

}  // namespace probity::ftdi
