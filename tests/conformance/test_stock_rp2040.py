"""The outside judge on the RP2040: an unmodified OpenOCD finds the flash through our boot ROM, erases, programs and
verifies it, and boots what it has programmed, all by its own target/rp2040.cfg, which selects core 0's debug port
(tests/unit/vboard has the rest)."""
import re

from support import stock
from support.firmware import write_elf
from support.rp2040 import BASE, boot_image
from support.stock import SWD, FlashInfo, succeeded

SIZE, SECTOR = 2 << 20, 64 << 10  # stock erases by 64 KiB; by the poll, bit by bit, so one of them has to do


def run(board, folder, *commands):
    target = folder / "target.cfg"
    target.write_text("set USE_CORE 0\nsource [find target/rp2040.cfg]\n")
    return stock.run(board, SWD, *commands, "shutdown", target=target)


def test_program_verify_dump_info_and_run(vboard, tmp_path):
    image = boot_image(5 * 1024 + 3)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    dump = tmp_path / "dump.bin"
    board = SWD.start(vboard, "rp2040")
    text = succeeded(run(board, tmp_path, f"program {elf} verify", f"dump_image {dump} {BASE:#x} {len(image) + 61}",
                         "reset run; sleep 50; halt", "mdw 0xd0000000", "mdb 0x10 4", "mdw 0x40000000"))
    assert "Found flash device 'win w25q16jv' (ID 0x001540ef)" in text
    assert f"RP2040 B0 Flash Probe: {SIZE} bytes @0x10000000, in {SIZE // SECTOR} sectors" in text
    assert "** Verified OK **" in text
    assert dump.read_bytes() == image + b"\xff" * 61
    assert re.findall(r"pc: (0x[0-9a-f]+) msp: (0x[0-9a-f]+)", text)[-1] == ("0x10000140", "0x20002000")
    assert "0xd0000000: 00000000" in text and "0x00000010: 4d 75 01 03" in text and "0x40000000: 20002927" in text
    info = FlashInfo.parse(run(board, tmp_path, "init; reset halt", "flash info 0").text)  # it ends as an error there
    assert (info.base, info.size) == (BASE, SIZE)
    assert list(info.sectors) == [(n * SECTOR, SECTOR) for n in range(SIZE // SECTOR)]
    stock.finish(board)
    assert board.flash() == image + b"\xff" * (SIZE - len(image))
