"""The outside judge on H5, which stock OpenOCD 0.12 has no flash driver for: it connects to the core behind access port 1,
examines it, and reads and writes through it; flash is programmed by the register sequence of RM0481 7.3, typed by hand."""
import re

import pytest

from support import stock
from support.stock import DAPDIRECT_V2_1

TARGET = """
source [find target/swj-dp.tcl]
swj_newdap chip cpu -irlen 4 -expected-id 0x6ba02477
dap create chip.dap -chain-position chip.cpu
target create chip.cpu cortex_m -dap chip.dap -ap-num 1
chip.cpu configure -work-area-phys 0x20000000 -work-area-size 0x4000
cortex_m reset_config sysresetreq
"""
# DBGMCU_IDCODE, KiB of flash: RM0492, RM0481
CHIPS = {"stm32h503rb": (0x10016474, 128), "stm32h523ce": (0x10006478, 512), "stm32h563zi": (0x10076484, 2048)}


@pytest.mark.parametrize("chip", CHIPS)
def test_examine_program_by_hand_and_read(vboard, tmp_path, chip):
    idcode, kib = CHIPS[chip]
    target = tmp_path / "target.cfg"
    target.write_text(TARGET)
    board = DAPDIRECT_V2_1.start(vboard, chip)
    second = 0x08000000 + kib * 512
    unlock = ["mww 0x40022004 0x45670123", "mww 0x40022004 0xcdef89ab"]
    program = ["mww 0x40022028 2", f"mww {second:#x} 0x03020100 1", f"mww {second + 4:#x} 0x07060504 1", f"mww {second + 8:#x} 0x0b0a0908 1",
               f"mww {second + 12:#x} 0x0f0e0d0c 1", "mdw 0x40022020", "mww 0x40022028 1"]
    result = stock.run(board, DAPDIRECT_V2_1, "init", "reset halt", "mdw 0x44024000", "mdh 0x08fff80c", *unlock, *program,
                       f"dump_image {tmp_path}/dump.bin {second:#x} 32", "mww 0x20000000 0xcafebabe", "mdw 0x20000000", "shutdown",
                       target=str(target))
    assert result.status == 0, result.text
    assert "Cortex-M33 r0p4 processor detected" in result.text
    assert f"0x44024000: {idcode:08x}" in result.text
    assert re.search(rf"0x08fff80c: {kib:04x}", result.text), result.text
    assert "0x20000000: cafebabe" in result.text
    assert (tmp_path / "dump.bin").read_bytes() == bytes(range(16)) + b"\xff" * 16
    assert board.stop() == 0
    assert board.flash() == b"\xff" * (kib * 512) + bytes(range(16)) + b"\xff" * (kib * 512 - 16)
    assert board.stats()["flash operations refused"] == 0
