"""The outside judge on the RP2040: an unmodified OpenOCD finds the flash through our boot ROM, programs, verifies and
erases it, and boots what it has programmed. Its remote_bitbang has no SWD and its ST-Link cannot select one of several
debug ports, so it is given the chip as an adapter shows it that has selected core 0 (tests/unit/vboard has the rest)."""
import re

from support import stock
from support.firmware import pattern, write_elf
from support.rp2040 import BASE, boot_image
from support.stock import DAPDIRECT_V2_1, FlashInfo, succeeded

SIZE, SECTOR = 2 << 20, 64 << 10  # stock erases by 64 KiB
# What target/rp2040-core0.cfg says, but for its transport, which an ST-Link calls otherwise.
TARGET = """source [find target/swj-dp.tcl]
swj_newdap rp2040 cpu -expected-id 0x0bc12477
dap create rp2040.dap -chain-position rp2040.cpu
target create rp2040.cpu cortex_m -dap rp2040.dap
rp2040.cpu configure -work-area-phys 0x20010000 -work-area-size 0x10000 -work-area-backup 1
flash bank rp2040.flash rp2040_flash 0x10000000 0 0 0 rp2040.cpu
cortex_m reset_config sysresetreq
"""


def run(board, folder, *commands):
    target = folder / "target.cfg"
    target.write_text(TARGET)
    return stock.run(board, DAPDIRECT_V2_1, *commands, "shutdown", target=target)


def test_program_verify_dump_info_and_run(vboard, tmp_path):
    image = boot_image(9 * 1024 + 3)
    elf = write_elf(tmp_path / "image.elf", [(BASE, image)])
    dump = tmp_path / "dump.bin"
    board = DAPDIRECT_V2_1.start(vboard, "rp2040core0")
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


def test_erase_one_sector_and_two(vboard, tmp_path):
    parts = [(n * SECTOR, pattern(1000, n)) for n in range(3)]
    elf = write_elf(tmp_path / "image.elf", [(BASE + offset, part) for offset, part in parts])
    board = DAPDIRECT_V2_1.start(vboard, "rp2040core0")
    succeeded(run(board, tmp_path, f"program {elf} verify", "flash erase_sector 0 1 1"))
    board.stop()
    left = [board.flash()[offset:offset + 1000] for offset, _ in parts]
    assert left == [parts[0][1], b"\xff" * 1000, parts[2][1]]
    board = DAPDIRECT_V2_1.start(vboard, "rp2040core0")
    succeeded(run(board, tmp_path, "init; reset halt; flash erase_sector 0 0 1"))
    stock.finish(board)
    assert board.flash() == b"\xff" * 2 * SECTOR + parts[2][1] + b"\xff" * (SIZE - 2 * SECTOR - 1000)
