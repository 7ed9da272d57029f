"""Gecko, Stellaris and Kinetis: our driver and stock OpenOCD's do the same to the same chip, and say the same of it."""
import pytest

from support import probity, stock
from support.firmware import firmware, write_elf
from support.stock import DAPDIRECT_V2_1, finish, succeeded

KIB = 1024
FCF = b"\xff" * 12 + b"\xfe\xff\xff\xff"  # of a Kinetis: nothing protected, not secured
FCF_KE = b"\xff" * 14 + b"\xfe\xff"
# Chip, its file, its image's flash configuration field, how many banks are looked at.
CHIPS = [
    ("efm32gg990f1024", "target/efm32.cfg", b"", 3),
    ("efm32zg222f32", "target/efm32.cfg", b"", 1),
    ("efr32mg1p232f256", "target/efm32.cfg", b"", 1),
    ("lm3s811", "target/stellaris.cfg", b"", 1),
    ("tm4c123gh6pm", "target/stellaris.cfg", b"", 1),
    ("tm4c1294ncpdt", "target/stellaris.cfg", b"", 1),
    ("mkl25z128", "target/klx.cfg", FCF, 1),
    ("mkl46z256", "target/klx.cfg", FCF, 2),
    ("mk20dx256", "target/kx.cfg", FCF, 2),
    ("mk64fn1m0", "target/kx.cfg", FCF, 2),
]


def information(text):
    """The lines of `flash banks` and `flash info`, without the log around them."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith(("Info :", "Warn :", "Debug:", "Error:", "**"))
            and any(mark in line for mark in ("#", "protected", "Gecko", "Chip is", "did1", "master clock", "kinetis"))]


@pytest.mark.parametrize("chip,target,fcf,banks", CHIPS, ids=lambda p: p if isinstance(p, str) and "/" not in p else "")
def test_programs_and_says_what_stock_does(vboard, tmp_path, chip, target, fcf, banks):
    image = firmware(5 * KIB + 3, base=0)
    image = image[:0x400] + fcf + image[0x400 + len(fcf):]
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    commands = [f"program {elf} verify", "flash banks", *(f"flash info {n}" for n in range(banks)), "shutdown"]
    board = DAPDIRECT_V2_1.start(vboard, chip)
    theirs = succeeded(stock.run(board, DAPDIRECT_V2_1, *commands, target=target))
    finish(board)
    flash = tmp_path / "ours.flash"
    words = [word for command in commands for word in ("-c", command)]
    ours = probity.run("--virtual", f"{chip},flash={flash}", "-f", "interface/stlink-dap.cfg", "-f", target, *words)
    assert ours.status == 0, ours.text
    assert "** Verified OK **" in ours.text
    assert flash.read_bytes() == board.flash()
    assert information(ours.text) == information(theirs)


@pytest.mark.parametrize("chip", ["mke02z64", "mke06z128"])
def test_programs_a_ke(tmp_path, chip):
    image = firmware(3 * KIB + 3, base=0)
    image = image[:0x400] + FCF_KE + image[0x410:]
    elf = write_elf(tmp_path / "image.elf", [(0, image)])
    flash = tmp_path / "ours.flash"
    ours = probity.run("--virtual", f"{chip},flash={flash}", "-f", "interface/stlink-dap.cfg", "-f", "target/ke0x.cfg",
                       "-c", f"program {elf} verify", "-c", "flash info 0", "-c", "shutdown")
    assert ours.status == 0 and "** Verified OK **" in ours.text, ours.text
    assert "kinetis_ke driver for flash bank ke.flash at 0x00000000" in ours.text
    assert flash.read_bytes()[:len(image)] == image


@pytest.mark.parametrize("chip,target,driver", [("mkl25z128", "target/klx.cfg", "kinetis"), ("mke02z64", "target/ke0x.cfg", "kinetis_ke")])
def test_a_secured_kinetis_is_said_to_be_and_opened(tmp_path, chip, target, driver):
    flash = tmp_path / "chip.flash"

    def run(*commands):
        words = [word for command in commands for word in ("-c", command)]
        return probity.run("--virtual", f"{chip},flash={flash}", "-f", "interface/stlink-dap.cfg", "-f", target, *words)

    assert run(f"init; {driver} mdm check_security; shutdown").status == 0
    content = bytearray(flash.read_bytes())
    content[0x40c:0x410] = b"\xff" * 4
    flash.write_bytes(content)
    secured = run("init", f"{driver} mdm check_security", "shutdown")
    assert "Your Kinetis MCU is in secured state" in secured.text
    opened = run("init", f"{driver} mdm mass_erase", "shutdown")
    assert opened.status == 0, opened.text
    assert flash.read_bytes()[0:0x400] == b"\xff" * 0x400
