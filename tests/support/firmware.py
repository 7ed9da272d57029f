"""Images for tests: deterministic content, and small writers of ELF, Intel HEX and S-record files."""
import hashlib
import pathlib
import struct


def pattern(size: int, seed: int = 0) -> bytes:
    """`size` bytes that look random, never 0xFF (an erased cell), the same for the same seed."""
    out = bytearray()
    block = 0
    while len(out) < size:
        out += hashlib.sha256(f"{seed}:{block}".encode()).digest()
        block += 1
    return bytes(b if b != 0xFF else 0x5A for b in out[:size])


def firmware(size: int, seed: int = 0, base: int = 0x08000000) -> bytes:
    """`pattern` behind a vector table of 16 words whose reset handler is an endless loop."""
    code = base + 0x40
    vectors = struct.pack("<16I", 0x20002000, *[code | 1] * 15)
    return (vectors + b"\xfe\xe7\x00\xbf" + pattern(size, seed))[:size]


def write_elf(path: pathlib.Path, segments: list[tuple[int, bytes]], entry: int | None = None) -> pathlib.Path:
    """A 32-bit Arm executable with one PT_LOAD a segment: (physical address, content)."""
    header_size, program_header_size = 52, 32
    offset = header_size + program_header_size * len(segments)
    headers, body = b"", b""
    for address, data in segments:
        headers += struct.pack("<8I", 1, offset + len(body), address, address, len(data), len(data), 5, 4)
        body += data
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    entry = segments[0][0] if entry is None and segments else entry or 0
    elf = ident + struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, entry, header_size, 0, 0x05000000, header_size,
                              program_header_size, len(segments), 40, 0, 0)
    path.write_bytes(elf + headers + body)
    return path


def hex_record(kind: int, address: int, data: bytes) -> str:
    raw = bytes([len(data), address >> 8 & 0xFF, address & 0xFF, kind]) + data
    return f":{(raw + bytes([-sum(raw) & 0xFF])).hex().upper()}\n"


def write_hex(path: pathlib.Path, segments: list[tuple[int, bytes]]) -> pathlib.Path:
    text = ""
    for address, data in segments:
        upper = None
        for at in range(0, len(data), 16):
            here = address + at
            if here >> 16 != upper:
                upper = here >> 16
                text += hex_record(4, 0, struct.pack(">H", upper))
            text += hex_record(0, here & 0xFFFF, data[at:at + 16])
    path.write_text(text + hex_record(1, 0, b""))
    return path


def write_srec(path: pathlib.Path, segments: list[tuple[int, bytes]]) -> pathlib.Path:
    def record(kind: int, body: bytes) -> str:
        raw = bytes([len(body) + 1]) + body
        return f"S{kind}{(raw + bytes([~sum(raw) & 0xFF])).hex().upper()}\n"

    text = record(0, b"\x00\x00test")
    for address, data in segments:
        for at in range(0, len(data), 16):
            text += record(3, struct.pack(">I", address + at) + data[at:at + 16])
    path.write_text(text + record(7, struct.pack(">I", 0)))
    return path
