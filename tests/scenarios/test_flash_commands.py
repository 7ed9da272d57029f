"""The `flash …` and `stm32f2x …` commands one by one. Each test looks at the whole flash: nothing else may change."""
import pytest

from support.firmware import firmware, pattern, write_elf, write_hex, write_srec
from support.probity import Bench

MIB = 1 << 20
BASE = 0x08000000


def session(bench, *commands, status=0, **keywords):
    """`commands` on a halted chip; returns the output."""
    result = bench.run("init", "reset halt", *commands, "shutdown", **keywords)
    assert result.status == status, result.text
    return result.text


def filled(tmp_path, chip="stm32f407vg", size=MIB, **spec):
    """A chip full of content, and that content."""
    bench = Bench(tmp_path, chip, **spec)
    before = pattern(size, 31)
    bench.flash_file.write_bytes(before)
    return bench, before


def erased(content, first, end):
    return content[:first] + b"\xff" * (end - first) + content[end:]


@pytest.mark.parametrize("offset", [0, 1, 0x3FFE, 0x8003])
@pytest.mark.parametrize("size", [1, 2, 5, 3001])
def test_write_bank_at_any_offset(tmp_path, offset, size):
    (tmp_path / "a.bin").write_bytes(pattern(size))
    bench = Bench(tmp_path)
    text = session(bench, f"flash write_bank 0 a.bin {offset}", f"flash verify_bank 0 a.bin {offset}",
                   f"flash read_bank 0 back.bin {offset} {size}")
    assert f"wrote {size} bytes from file a.bin to flash bank 0 at offset 0x{offset:08x} in" in text
    assert "contents match" in text
    assert bench.holds((BASE + offset, pattern(size)))
    assert (tmp_path / "back.bin").read_bytes() == pattern(size)


def test_write_bank_cuts_a_file_that_is_too_long(tmp_path):
    (tmp_path / "a.bin").write_bytes(pattern(600))
    bench = Bench(tmp_path)
    assert "Only writing the first 256 bytes" in session(bench, "flash write_bank 0 a.bin 0xfff00")
    assert bench.holds((BASE + 0xFFF00, pattern(256)))


def test_read_bank_reads_the_whole_bank(tmp_path):
    bench, before = filled(tmp_path)
    session(bench, "flash read_bank 0 back.bin")
    assert (tmp_path / "back.bin").read_bytes() == before


def test_verify_bank_tells_where(tmp_path):
    bench, before = filled(tmp_path)
    wrong = bytearray(before[0x100:0x200])
    wrong[0x42] ^= 0x10
    (tmp_path / "a.bin").write_bytes(wrong)
    text = session(bench, "flash verify_bank 0 a.bin 0x100", status=1)
    assert "contents differ" in text
    assert f"Was 0x{before[0x142]:02x} instead of 0x{wrong[0x42]:02x}" in text and "1 of 256 bytes" in text


OUTSIDE = {
    "flash write_bank 0 a.bin 0x100001": "Offset 0x00100001 is out of range of the flash bank",
    "flash read_bank 0 b.bin 0x100001": "Offset 0x00100001 is out of range of the flash bank",
    "flash read_bank 0 b.bin 0 0x100001": "Length of 1048577 bytes with offset 0x00000000 is out of range",
    "flash write_bank 0 missing.bin": "couldn't open missing.bin",
    "flash write_bank 7 a.bin": "'7'",
    "flash fillw 0x07fffffc 1 2": "No flash at address 0x07fffffc",
    "flash fillw 0x080ffffc 1 2": "0x08100003",
    "flash fillb 0x08000000 0x100 1": "0x100",
    "flash erase_address 0x08004000 0": "Length must be >0",
    "flash erase_address 0x0 0x4000": "No flash at address 0x00000000",
    "flash erase_address 0x080e0000 0x40000": "0x0811ffff",
    "flash erase_address 0x08004000 0x4001": "address range 0x08004000 .. 0x08008000 is not sector-aligned",
    "flash erase_address 0x08004004 0x3ffc": "address range 0x08004004 .. 0x08007fff is not sector-aligned",
    "flash erase_address unlock 0x08004000 0x100": "is not sector-aligned",
    "flash erase_sector 0 10 12": "last sector must be <= 11",
    "flash erase_sector 0 3 2": "first sector must be <= last",
    "flash erase_sector 0 x last": "'x'",
    "flash erase_sector 0 1": "flash erase_sector bank_id first_sector_num (last_sector_num|'last')",
    "flash protect 0 0 12 on": "last sector must be <= 11",
    "flash protect 0 0 1 maybe": "maybe",
    "flash erase_sector 1 0 0": "Cannot erase OTP memory",
    "stm32f2x mass_erase": "stm32f2x mass_erase bank_id",
    "stm32f2x otp 0 show": "not an OTP bank",
    "stm32f2x options_write 0 0x3ffff": "0x3ffff",
    "stm32f2x options_write 0 0xec 0x80 0x40": "options_write",
}


@pytest.mark.parametrize("command", OUTSIDE)
def test_what_cannot_be_done_changes_nothing(tmp_path, command):
    bench, before = filled(tmp_path)
    (tmp_path / "a.bin").write_bytes(pattern(100))
    assert OUTSIDE[command] in session(bench, command, status=1)
    assert bench.flash() == before


@pytest.mark.parametrize("command,width", [("fillw", 4), ("fillh", 2), ("fillb", 1), ("filld", 8)])
@pytest.mark.parametrize("offset,count", [(0, 1), (0x4010, 77), (0x7FF8, 300)])
def test_fill(tmp_path, command, width, offset, count):
    value = 0x8877665544332211 & (1 << 8 * width) - 1
    bench = Bench(tmp_path)
    text = session(bench, f"flash {command} {BASE + offset:#x} {value:#x} {count}")
    assert f"wrote {count * width} bytes to 0x{BASE + offset:08x} in" in text
    assert bench.holds((BASE + offset, value.to_bytes(width, "little") * count))


def test_fill_over_other_content_is_no_success(tmp_path):
    bench, before = filled(tmp_path)
    text = session(bench, "flash fillw 0x08000104 0xdeadbeef 4", status=1)
    both = int.from_bytes(before[0x104:0x108], "little") & 0xDEADBEEF  # bits only go from 1 to 0
    assert f"Verification error address 0x08000104, read back 0x{both:08x}, expected 0xdeadbeef" in text


ERASES = [  # command, first byte, end, a line it prints
    ("flash erase_sector 0 1 1", 0x4000, 0x8000, "erased sectors 1 through 1 on flash bank 0 in"),
    ("flash erase_sector 0 10 last", 0xC0000, MIB, "erased sectors 10 through 11 on flash bank 0 in"),
    ("flash erase_sector stm32f4x.flash 3 5", 0xC000, 0x40000, "erased sectors 3 through 5"),
    ("flash erase_address 0x08004000 0x8000", 0x4000, 0xC000, "erased address 0x08004000 (length 32768) in"),
    ("flash erase_address pad 0x08004004 0x10", 0x4000, 0x8000,
     "Warn : Adding extra erase range, 0x08004000 .. 0x08004003\n"
     "Warn : Adding extra erase range, 0x08004014 .. 0x08007fff\n"),
    ("flash erase_address pad 0x08007fff 2", 0x4000, 0xC000, "Adding extra erase range, 0x08004000 .. 0x08007ffe"),
    ("flash erase_address pad unlock 0x08004000 0x4001", 0x4000, 0xC000, "erased address 0x08004000"),
    ("flash erase_address unlock pad 0x08004000 1", 0x4000, 0x8000, "erased address 0x08004000"),
]


@pytest.mark.parametrize("command,first,end,line", ERASES)
def test_erase(tmp_path, command, first, end, line):
    bench, before = filled(tmp_path)
    assert line in session(bench, command)
    assert bench.flash() == erased(before, first, end)


def test_erase_address_unlock_lifts_only_what_it_erases(tmp_path):
    bench, before = filled(tmp_path)
    session(bench, "flash protect 0 0 3 on")
    text = session(bench, "flash erase_address 0x08004000 0x8000", status=1)
    assert "sectors 1-2 are write-protected" in text and bench.flash() == before
    text = session(bench, "flash erase_address unlock 0x08004000 0x8000", "flash info 0")
    assert bench.flash() == erased(before, 0x4000, 0xC000)
    states = ["not protected" in line for line in text.splitlines() if line.startswith("\t#")]
    assert states == [False, True, True, False] + [True] * 8


def test_erase_check(tmp_path):
    bench, before = filled(tmp_path)
    bench.flash_file.write_bytes(erased(before, 0x10000, 0x40000)[:-1] + b"\x00")
    text = session(bench, "flash erase_check 0")
    assert "successfully checked erase state" in text
    # Only those that are not erased are listed, as OpenOCD 0.12.0 does.
    listed = [int(line[2:5]) for line in text.splitlines() if line.startswith("\t#") and line.endswith("not erased")]
    assert listed == [0, 1, 2, 3, 6, 7, 8, 9, 10, 11]


def test_erase_check_sees_one_bit(tmp_path):
    bench = Bench(tmp_path)
    bench.flash_file.write_bytes(b"\xff" * (MIB - 1) + b"\xfe")
    lines = session(bench, "flash erase_check 0").splitlines()
    assert [line for line in lines if "not erased" in line] == ["\t# 11: 0x000e0000 (0x20000 128kB) not erased"]
    bench.flash_file.write_bytes(b"\xff" * MIB)
    assert "\tBank is erased" in session(bench, "flash erase_check 0").splitlines()


def test_probe_by_number_and_name(tmp_path):
    text = session(Bench(tmp_path), "flash probe 0", "flash probe stm32f4x.otp")
    assert "flash 'stm32f2x' found at 0x08000000" in text and "flash 'stm32f2x' found at 0x1fff7800" in text


def test_protect_and_unprotect(tmp_path):
    bench, before = filled(tmp_path)
    assert "set protection for sectors 1 through 11 on flash bank 0" in session(bench, "flash protect 0 1 last on")
    assert "write-protected" in session(bench, "stm32f2x mass_erase 0", status=1)
    assert bench.flash() == before
    assert "cleared protection for sectors 0 through 11" in session(bench, "flash protect 0 0 last off")
    session(bench, "flash erase_sector 0 1 1")
    assert bench.flash() == erased(before, 0x4000, 0x8000)


@pytest.mark.parametrize("chip,family,size", [("stm32f407vg", "stm32f4x", MIB), ("stm32f407vg", "stm32f2x", MIB),
                                              ("stm32f429zi", "stm32f4x", 2 * MIB), ("stm32f746zg", "stm32f7x", MIB),
                                              ("stm32f767zi", "stm32f7x", 2 * MIB)])
def test_mass_erase(tmp_path, chip, family, size):
    bench, _ = filled(tmp_path, chip, size)
    assert "stm32x mass erase complete" in session(bench, f"{family} mass_erase 0")
    assert bench.holds()


@pytest.mark.parametrize("chip,size,spec", [("stm32f407vg", MIB, {}), ("stm32f429zi", 2 * MIB, {}), ("stm32f767zi", 2 * MIB, {}),
                                            ("stm32f767zi", 2 * MIB, {"dual_bank": True})])
def test_lock_and_unlock(tmp_path, chip, size, spec):
    bench, before = filled(tmp_path, chip, size, **spec)
    session(bench, "stm32f2x lock 0")
    assert bench.flash() == before
    for command in ("flash erase_sector 0 0 0", "flash write_bank 0 a.bin"):
        (tmp_path / "a.bin").write_bytes(b"1234")
        text = session(bench, command, status=1)
        assert "read-out protection level 1" in text and "stm32f2x unlock" in text
    assert session(bench, "mdw 0x08000000", status=1)
    assert bench.flash() == before
    session(bench, "stm32f2x unlock 0")
    assert bench.holds()  # level 1 to 0 erases everything
    write_elf(tmp_path / "a.elf", [(BASE, firmware(1000))])
    assert bench.program("a.elf").status == 0
    assert bench.holds((BASE, firmware(1000)))


def test_options(tmp_path):
    bench, before = filled(tmp_path)
    assert "stm32f2x user_options 0xEC" in session(bench, "stm32f2x options_read 0")
    text = session(bench, "stm32f2x options_write 0 0xcc", "reset halt", "stm32f2x options_read 0")
    assert "stm32f2x write options complete.\nINFO: a reset or power cycle is required" in text
    assert "stm32f2x user_options 0xCC" in text
    assert "stm32f2x user_options 0xCC" in session(bench, "stm32f4x options_read 0")
    assert bench.flash() == before


def test_options_of_f7_with_boot_addresses(tmp_path):
    bench, before = filled(tmp_path, "stm32f767zi", 2 * MIB)
    session(bench, "stm32f2x options_write 0 0xffc", status=1)  # the boot addresses are missing
    session(bench, "stm32f2x options_write 0 0xffc 0x0081 0x0043")
    text = session(bench, "stm32f7x options_read 0")
    assert "stm32f2x user_options 0xFFC, boot_add0 0x0081, boot_add1 0x0043" in text
    assert bench.flash() == before


def test_options_write_switches_the_banks_of_f767(tmp_path):
    bench = Bench(tmp_path, "stm32f767zi")
    text = session(bench, "stm32f2x options_write 0 0xdfc 0x80 0x40", "reset halt", "flash probe 0")
    assert "Info : Dual Bank 2048 kiB STM32F76x/77x found" in text


@pytest.mark.parametrize("chip,base,block", [("stm32f407vg", 0x1FFF7800, 32), ("stm32f767zi", 0x1FF0F000, 64)])
def test_otp(tmp_path, chip, base, block):
    bench, before = filled(tmp_path, chip, MIB if chip == "stm32f407vg" else 2 * MIB)
    (tmp_path / "a.bin").write_bytes(pattern(7))
    text = session(bench, "stm32f2x otp 1 show", "flash write_bank 1 a.bin 0", status=1)
    assert "OTP memory bank #1 is disabled for write commands." in text
    assert "Error: OTP memory bank is disabled for write commands." in text
    text = session(bench, "stm32f2x otp 1 enable", "stm32f2x otp 1 enable", "stm32f2x otp 1 show",
                   f"flash write_bank 1 a.bin {block + 1}", f"flash verify_bank 1 a.bin {block + 1}",
                   "stm32f2x otp 1 disable", "flash write_bank 1 a.bin 0", status=1)
    assert "Info : OTP memory bank #1 is is enabled for write commands." in text
    assert "Warn : OTP memory bank #1 is is already enabled for write commands." in text
    assert "contents match" in text and "Error: OTP memory bank is disabled" in text
    text = session(bench, f"echo [read_memory {base:#x} 8 {block + 8}]", "stm32f2x otp 1 enable", "flash protect 1 1 1 on",
                   f"flash write_bank 1 a.bin {block + 20}", status=1)
    shown = next(line for line in text.splitlines() if line.startswith("0xff 0xff"))
    assert bytes(int(word, 16) for word in shown.split()) == b"\xff" * (block + 1) + pattern(7)
    assert "OTP block 1 is locked" in text
    assert bench.flash() == before


@pytest.mark.parametrize("name,write,kind", [("a", write_hex, "ihex"), ("a", write_srec, "s19"), ("a", write_elf, "elf"),
                                             ("a.txt", None, "bin")])
@pytest.mark.parametrize("offset", [0, 0x4100])
def test_write_image_with_a_type_and_an_offset(tmp_path, name, write, kind, offset):
    content = pattern(5003)
    bench, before = filled(tmp_path)
    if write:
        write(tmp_path / name, [(BASE + 0x4000, content)])
    else:
        (tmp_path / name).write_bytes(content)
    added = offset if write else BASE + 0x4000 + offset
    text = session(bench, f"flash write_image erase {name} {added:#x} {kind}", f"verify_image {name} {added:#x} {kind}",
                   f"flash verify_image {name} {added:#x} {kind}")
    assert "auto erase enabled" in text and "verified 5003 bytes" in text
    at = 0x4000 + offset
    last = 0xC000 if at + 5003 > 0x8000 else 0x8000
    # Only the sectors that the image touches may lose what they held.
    got = bench.flash()
    assert got[at:at + 5003] == content
    first = at & ~0x3FFF
    assert got[:first] == before[:first] and got[last:] == before[last:] and len(got) == len(before)


def test_write_image_of_the_wrong_type(tmp_path):
    bench, before = filled(tmp_path)
    write_elf(tmp_path / "a.elf", [(BASE, firmware(100))])
    assert "line 1" in session(bench, "flash write_image erase a.elf 0 ihex", status=1)
    assert "'foo'" in session(bench, "flash write_image erase a.elf 0 foo", status=1)
    assert bench.flash() == before


@pytest.mark.parametrize("millivolts,width", [(3300, "x32"), (2400, "x16"), (1900, "x8")])
def test_a_low_supply_takes_a_narrower_width(tmp_path, millivolts, width):
    image = firmware(6001)
    write_elf(tmp_path / "a.elf", [(BASE, image)])
    bench = Bench(tmp_path, voltage=millivolts)
    result = bench.run("debug_level 3", "program a.elf verify reset exit")
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert f"programming {width}" in result.text
    assert bench.holds((BASE, image))


def test_a_probe_that_cannot_measure_the_supply(tmp_path):
    write_elf(tmp_path / "a.elf", [(BASE, firmware(6001))])
    enough = Bench(tmp_path, interface="interface/cmsis-dap.cfg", voltage=2400)
    assert enough.program("a.elf").status == 0
    assert enough.holds((BASE, firmware(6001)))
    enough.flash_file.unlink()
    result = Bench(tmp_path, interface="interface/cmsis-dap.cfg", voltage=1900).program("a.elf")
    assert result.status == 1 and "** Programming Failed **" in result.lines
    assert "PGPERR" in result.text and "the supply is too low" in result.text
