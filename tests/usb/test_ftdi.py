"""An FTDI chip's MPSSE through the kernel and libusb: stock OpenOCD's ftdi driver judges the model, then ours does the same."""
import pytest
from rack import Rack
from sessions import CHIP, image

from support.firmware import firmware

OLIMEX = ["-f", "interface/ftdi/olimex-arm-usb-tiny-h.cfg"]
RESISTOR = ["-f", "interface/ftdi/swd-resistor-hack.cfg"]
WIRES = {"jtag": (0, [*OLIMEX, "-c", "adapter serial OLA00001"]), "swd": (1, [*OLIMEX, *RESISTOR, "-c", "adapter serial OLB00001"])}


@pytest.fixture(scope="module")
def boards(guest, tmp_path_factory):
    """One wired for JTAG, one for SWD through a resistor."""
    boards = Rack(guest, tmp_path_factory.mktemp("ftdi"), f"{CHIP},probe=ft2232h", f"{CHIP},probe=ft2232h-swd")
    yield boards
    boards.close()


@pytest.mark.parametrize("openocd", ["openocd.stock", "openocd"])
@pytest.mark.parametrize("wire", WIRES)
def test_programs_and_verifies(boards, guest, shared, wire, openocd):
    number, interface = WIRES[wire]
    content = firmware(2000, seed=len(openocd))
    file = image(shared, content)
    text = guest.check(openocd, *interface, "-c", "adapter speed 2000", "-f", "target/stm32f4x.cfg", "-c",
                       f"program {file} verify reset exit")
    assert text.count("** Verified OK **") == 1
    assert boards.flash(number)[:len(content)] == content
