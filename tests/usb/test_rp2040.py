"""An unmodified OpenOCD with its own target/rp2040.cfg on a virtual RP2040: several debug ports on one SWD wire, both cores.
By CMSIS-DAP: 0.12's J-Link driver takes the silence after TARGETSEL for an error, its ST-Link driver cannot select."""
import re

from sessions import CMSIS_DAP

from support.firmware import write_elf
from support.rp2040 import BASE, boot_image


def test_both_cores_of_an_rp2040(rack, guest, shared):
    board = rack("rp2040,probe=cmsis-dap-v2")
    content = boot_image(3000)
    image = write_elf(shared / "pico.elf", [(BASE, content)])
    text = guest.check("openocd.stock", *CMSIS_DAP, "-c", "adapter speed 4000", "-f", "target/rp2040.cfg",
                       "-c", f"program {image} verify", "-c", "reset run; sleep 50; halt", "-c", "mdw 0xd0000000",
                       "-c", "targets rp2040.core1; halt; mdw 0xd0000000", "-c", "shutdown")
    assert "Found flash device 'win w25q16jv'" in text and "** Verified OK **" in text
    assert re.findall(r"0xd0000000: (\d+)", text) == ["00000000", "00000001"]
    pcs = [int(pc, 16) for pc in re.findall(r" pc: (0x[0-9a-f]+)", text)]
    assert pcs[-2] == 0x10000140 and pcs[-1] < 0x4000  # core 1 is still in the boot ROM
    assert board.flash()[:len(content)] == content
