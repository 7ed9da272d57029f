"""What a virtual RP2040 boots: a second stage of ours with its CRC, and a program behind it that waits."""
import struct

from support.firmware import pattern

BASE = 0x10000000
# Sets SPI reads of 03h up for the XIP window (SSIENR, BAUDR, CTRLR0, SPI_CTRLR0, SER, SSIENR), then starts what the
# vector table at 0x10000100 says (VTOR, MSP, reset handler).
SECOND_STAGE = bytes.fromhex("09480021816002214161084901600849084a1160012101618160074807490860"
                             "0cc882f3088818470000001800031f0018020003f40000180001001008ed00e0")


def crc32_mpeg2(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


def boot_image(size: int, seed: int = 0) -> bytes:
    """Its program is `b .` at 0x10000140, its stack 0x20002000."""
    stage = SECOND_STAGE.ljust(252, b"\0")
    vectors = struct.pack("<16I", 0x20002000, *[BASE + 0x141] * 15)
    return (stage + struct.pack("<I", crc32_mpeg2(stage)) + vectors + b"\xfe\xe7\x00\xbf" + pattern(size, seed))[:size]
