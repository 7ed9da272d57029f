"""The package comes and goes."""
from sessions import CHIP, INSTALL, REMOVE, STLINK, holds, image, program

from support.firmware import firmware

# What dpkg itself and its triggers keep.
OF_DPKG = ("/var/lib/dpkg/", "/var/log/", "/var/cache/")


def changed(guest) -> set[str]:
    """Files of the system that are new or other than before the machine started."""
    text = guest.check("find", "/run/changes", "-not", "-type", "d", "-printf", "/%P\n")
    return {name for name in text.splitlines() if not name.startswith(OF_DPKG)}


def test_removed_without_a_trace(guest, package, rack, shared):
    board = rack(f"{CHIP},probe=stlink-v2-1")
    guest.check(*REMOVE, "probity")
    try:
        before = changed(guest)
        stock = guest.check("openocd", "--version")
        guest.check(*INSTALL, package)
        content = firmware(1000, seed=6)
        guest.check(*program(STLINK, image(shared, content)))
        assert holds(board.flash(), content)
        guest.check(*REMOVE, "probity")
        assert changed(guest) == before
        assert guest.check("openocd", "--version") == stock
    finally:
        guest.check(*INSTALL, package)
