"""STM32L0 and L1 through the real binary: cells that erase to 0, half-pages and words, second banks, option words, protection."""
import pytest
from support.firmware import firmware, pattern, write_elf
from support.probity import Bench

KIB = 1024
BASE = 0x08000000
# One file for each chip bank, and where the second one begins.
DUAL = [("stm32l073rz", "target/stm32l0_dual_bank.cfg", 96 * KIB), ("stm32l152zd", "target/stm32l1x_dual_bank.cfg", 192 * KIB),
        ("stm32l152re", "target/stm32l1x_dual_bank.cfg", 256 * KIB)]


def halted(bench, *commands):
    result = bench.run("init", "reset halt", *commands, "shutdown")
    assert result.status == 0, result.text
    return result


@pytest.mark.parametrize("interface,transport", [("stlink.cfg", "hla_swd"), ("stlink-dap.cfg", "dapdirect_swd"),
                                                 ("stlink-dap.cfg", "dapdirect_jtag"), ("cmsis-dap.cfg", "swd"),
                                                 ("cmsis-dap.cfg", "jtag")])
def test_every_way_to_an_l1(tmp_path, interface, transport):
    bench = Bench(tmp_path, "stm32l152rb", f"interface/{interface}")
    image = firmware(3 * KIB + 5)
    write_elf(tmp_path / "a.elf", [(BASE, image)])
    result = bench.program("a.elf", before=[f"transport select {transport}"])
    assert result.status == 0 and "** Verified OK **" in result.lines, result.text
    assert "no working area" not in result.text
    assert bench.holds((BASE, image))
    bench.run("init; reset halt", f"dump_image d.bin {BASE:#x} {len(image) + 64}", "shutdown",
              before=[f"transport select {transport}"])
    assert (tmp_path / "d.bin").read_bytes() == image + bytes(64)


@pytest.mark.parametrize("chip", ["stm32l053r8", "stm32l152rb"])
def test_without_a_working_area(tmp_path, chip):
    bench = Bench(tmp_path, chip)
    image = pattern(777)
    write_elf(tmp_path / "a.elf", [(BASE + 4 * KIB - 70, image)])
    result = bench.program("a.elf", before=["set WORKAREASIZE 0"])
    assert result.status == 0 and "** Verified OK **" in result.lines, result.text
    assert "Warn : no working area available, can't do block memory writes" in result.lines
    assert bench.holds((BASE + 4 * KIB - 70, image))


@pytest.mark.parametrize("chip,target,second", DUAL)
def test_both_banks_declared_or_one_for_all(tmp_path, chip, target, second):
    pieces = [(BASE, firmware(333)), (BASE + second - 100, pattern(201, 2))]
    for file in (target, None):
        folder = tmp_path / str(file is None)
        bench = Bench(folder, chip, target=file)
        write_elf(folder / "a.elf", pieces)
        result = bench.program("a.elf")
        assert result.status == 0, result.text
        assert bench.holds(*pieces)
    text = halted(Bench(tmp_path / "two", chip, target=target), "flash info 0", "flash info 1").text
    assert f"at {BASE:#010x}, size {second:#010x}" in text and f"at {BASE + second:#010x}, size {second:#010x}" in text
    assert f"size {2 * second:#010x}" in halted(Bench(tmp_path / "one", chip), "flash info 0").text


def test_gaps_and_tails_are_filled_with_what_an_erased_cell_reads(tmp_path):
    bench = Bench(tmp_path, "stm32l152rb")
    write_elf(tmp_path / "a.elf", [(BASE + 1, b"\xaa"), (BASE + 1000, b"\x55\x66\x77")])
    bench.flash_file.write_bytes(pattern(128 * KIB))
    assert bench.program("a.elf").status == 0
    assert bench.flash()[:4 * KIB] == b"\0\xaa" + bytes(998) + b"\x55\x66\x77" + bytes(4 * KIB - 1003)


@pytest.mark.parametrize("chip", ["stm32l053r8", "stm32l152re"])
def test_lock_unlock_and_mass_erase(tmp_path, chip):
    bench = Bench(tmp_path, chip)
    image = firmware(500)
    write_elf(tmp_path / "a.elf", [(BASE, image)])
    assert bench.program("a.elf").status == 0
    assert "STM32Lx locked, takes effect after power cycle." in halted(bench, "stm32lx lock 0").lines
    result = bench.program("a.elf")
    assert result.status == 1 and "stm32lx unlock" in result.errors(), result.text
    assert bench.holds((BASE, image))
    assert "stm32lx mass erase complete" in halted(bench, "stm32lx mass_erase 0").lines
    assert set(bench.flash()) == {0}
    assert bench.program("a.elf").status == 0 and bench.holds((BASE, image))
    assert "STM32Lx unlocked, takes effect after power cycle." in halted(bench, "stm32lx lock 0", "stm32lx unlock 0").lines
    assert bench.program("a.elf").status == 0, "it was never in force"


@pytest.mark.parametrize("chip,alias", [("stm32l053r8", "stm32l0x"), ("stm32l152rb", "stm32l1x")])
def test_write_protection_by_option_load(tmp_path, chip, alias):
    bench = Bench(tmp_path, chip)
    text = halted(bench, "flash protect 0 1 2 on", f"{alias} option_load 0", "reset halt", "flash info 0").text
    assert "stm32lx option load completed" in text
    assert [("#  1:" in line, "#  2:" in line) for line in text.splitlines() if line.endswith(") protected")] == [(True, False),
                                                                                                               (False, True)]
    write_elf(tmp_path / "a.elf", [(BASE, firmware(9000))])
    result = bench.program("a.elf")
    assert result.status == 1 and " 1 2 off and then stm32lx option_load" in result.errors(), result.text
    assert set(bench.flash()) == {0}


def test_options_by_name(tmp_path):
    bench = Bench(tmp_path, "stm32l073rz")
    text = halted(bench, "option list").text
    for name in ("RDP", "WPRMOD", "BOR_LEV", "WDG_SW", "nRST_STOP", "BFB2", "nBOOT1", "WRPROT1", "WRPROT2"):
        assert name in text
    halted(bench, "option write nRST_STDBY=0 WRPROT2=0x8001")
    text = halted(bench, "echo [option read nRST_STDBY] ; echo [option read WRPROT2]", "flash info 0").text
    assert "0x0" in text.splitlines() and "0x8001" in text.splitlines()
    assert text.count(") protected") == 2
    result = bench.run("init; reset halt", "option write RDP=0xcc", "shutdown")
    assert result.status == 1 and "needs -permanent" in result.text


def test_another_chip_is_named(tmp_path):
    result = Bench(tmp_path, "stm32f103c8", target="target/stm32l1.cfg").run("init", "reset halt", "flash probe 0", "shutdown")
    assert result.status == 1 and "device id 0x410" in result.text
