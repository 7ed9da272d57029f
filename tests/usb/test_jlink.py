"""J-Link's other wire, through a probe too old for SWD: by us, and by OpenOCD's libjaylink. SWD is in test_program.py."""
from sessions import CHIP, JLINK_JTAG, image, program

from support.firmware import firmware


def test_program_by_jtag(rack, guest, shared):
    board = rack(f"{CHIP},probe=jlink-v4")
    for seed, openocd in enumerate(("openocd", "openocd.stock")):
        content = firmware(2000, seed=seed)
        text = guest.check(*program(JLINK_JTAG, image(shared, content), openocd=openocd))
        assert text.count("** Verified OK **") == 1
        assert board.flash()[:len(content)] == content
