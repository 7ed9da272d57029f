"""Resets by every means, work areas of every kind, and firmware that does what it can to disturb the next programming."""
import pytest

from support.firmware import firmware, pattern, write_elf
from support.probity import SOURCE, Bench
from support.thumb import Thumb, busy_systick, independent_watchdog, sleeper

BLINK = SOURCE / "contrib/example/blink.elf"
BASE = 0x08000000
CONFIGS = ["reset_config none", "reset_config srst_only", "reset_config srst_only srst_nogate",
           "reset_config srst_only srst_nogate connect_assert_srst", "reset_config srst_only srst_gates_jtag",
           "cortex_m reset_config sysresetreq", "reset_config none; cortex_m reset_config vectreset"]
INTERFACES = ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"]


def masked_in_a_fault() -> Thumb:
    """FAULTMASK and PRIMASK set, a stack pointer that points nowhere, flash unlocked with PG set, then an undefined instruction."""
    code = Thumb().store(0x40023C04, 0x45670123).store(0x40023C04, 0xCDEF89AB).store(0x40023C10, 1)
    code.put(0xB672, 0xB671).load(0, 0x60000000).put(0x4685)  # cpsid i; cpsid f; mov sp, r0
    return code.put(0xDE00)


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("config", CONFIGS)
def test_every_reset_configuration(tmp_path, interface, config):
    bench = Bench(tmp_path, interface=interface)
    write_elf(tmp_path / "a.elf", [(BASE, firmware(2000))])
    result = bench.run(config, "program a.elf verify", "reset halt", "reg pc", "targets", "reset run", "targets", "reset init", "reg pc",
                       "targets", "reset", "targets", "shutdown")
    assert result.status == 0, result.text
    assert bench.holds((BASE, firmware(2000)))
    states = [line.split()[-1] for line in result.lines if " 0* stm32f4x.cpu" in line]
    assert states == ["halted", "running", "halted", "running"], result.text
    assert result.text.count("pc (/32): 0x08000040") == 2


@pytest.mark.parametrize("interface", INTERFACES)
def test_peripherals_are_reset(tmp_path, interface):
    bench = Bench(tmp_path, interface=interface)
    bench.flash_file.write_bytes(firmware(1 << 20))
    result = bench.run("init", "reset halt", "mww 0x40023830 0x0010000f", "reset halt", "mdw 0x40023830", "reset_config srst_only",
                       "mww 0x40023830 0x0010000f", "reset halt", "mdw 0x40023830", "shutdown")
    assert result.status == 0, result.text
    assert result.text.count("0x40023830: 00100000") == 2  # RCC_AHB1ENR after reset (RM0090)


@pytest.mark.parametrize("mode", ["run", "halt", "init"])
def test_reset_init_runs_the_event(tmp_path, mode):
    bench = Bench(tmp_path)
    bench.flash_file.write_bytes(firmware(1 << 20))
    result = bench.run("stm32f4x.cpu configure -event reset-init {echo event-reset-init}", "init", f"reset {mode}", "shutdown")
    assert result.status == 0, result.text
    assert ("event-reset-init" in result.lines) == (mode == "init")


def test_reset_of_an_unknown_kind(tmp_path):
    result = Bench(tmp_path).run("init", "reset now", "shutdown")
    assert result.status == 1 and "halt, init, or run" in result.text


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("config", ["srst_only", "srst_only srst_nogate connect_assert_srst"])
def test_reset_wire_that_is_not_there(tmp_path, interface, config):
    bench = Bench(tmp_path, interface=interface, fault="nrst-open")
    write_elf(tmp_path / "a.elf", [(BASE, firmware(2000))])
    result = bench.run(f"reset_config {config}", "program a.elf verify reset exit")
    assert result.status == 0, result.text
    assert "nRST was pulled but the core was not reset" in result.text and "SYSRESETREQ" in result.text
    assert bench.holds((BASE, firmware(2000)))


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("milliseconds", [50, 400])
def test_reset_wire_that_rises_slowly(tmp_path, interface, milliseconds):
    bench = Bench(tmp_path, interface=interface, fault=f"nrst-stretched={milliseconds}")
    write_elf(tmp_path / "a.elf", [(BASE, firmware(2000))])
    result = bench.run("reset_config srst_only srst_nogate", "program a.elf verify reset exit")
    assert result.status == 0, result.text
    assert bench.holds((BASE, firmware(2000)))


def work_area(size=None, backup=None):
    before = [f"set WORKAREASIZE {size}"] if size is not None else []
    after = [f"stm32f4x.cpu configure -work-area-backup {backup}"] if backup is not None else []
    return before, after


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("size,backup", [(0, None), (0x200, None), (0x400, None), (0x800, 1), (0x4000, 1), (0x20000, 0)])
def test_work_areas_of_every_size_give_the_same_flash(tmp_path, interface, size, backup):
    before, after = work_area(size, backup)
    image = [(BASE, firmware(9001)), (BASE + 0x8003, pattern(3001, 4))]
    write_elf(tmp_path / "a.elf", image)
    bench = Bench(tmp_path, interface=interface)
    result = bench.run(*after, "program a.elf verify reset exit", before=before)
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert bench.holds(*image)


def test_work_area_backup_gives_the_ram_back(tmp_path):
    (tmp_path / "ram.bin").write_bytes(pattern(0x8000, 8))
    write_elf(tmp_path / "a.elf", [(BASE, firmware(40000))])
    for backup in (0, 1):
        bench = Bench(tmp_path)
        result = bench.run("stm32f4x.cpu configure -work-area-backup " + str(backup), "init", "reset halt",
                           "load_image ram.bin 0x20000000 bin", "flash write_image erase a.elf", "verify_image a.elf",
                           "flash erase_check 0", "dump_image back.bin 0x20000000 0x8000", "shutdown")
        assert result.status == 0, result.text
        same = (tmp_path / "back.bin").read_bytes() == pattern(0x8000, 8)
        assert same == bool(backup), "the work area was used without a backup, and not used up with one"
        bench.flash_file.unlink()


NASTY = {"watchdog fed": independent_watchdog(True), "watchdog bites": independent_watchdog(False), "SysTick": busy_systick(),
         "masked, faulted, flash open": masked_in_a_fault(), "asleep": sleeper()}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("interface,times", [("interface/stlink.cfg", 10), ("interface/cmsis-dap.cfg", 3)])
def test_again_and_again_over_nasty_firmware(tmp_path, interface, times, name):
    bench = Bench(tmp_path, interface=interface)
    for turn in range(times):
        image = NASTY[name].image(3000 + 17 * turn, seed=turn)
        write_elf(tmp_path / "a.elf", [(BASE, image)])
        # The firmware runs for a while, in this very session, before the next image comes.
        result = bench.run("init", "reset run", "sleep 40", "program a.elf verify reset exit")
        assert result.status == 0, f"turn {turn}: {result.text}"
        assert "** Verified OK **" in result.lines
        assert bench.holds((BASE, image)), f"turn {turn}"


def test_the_watchdog_of_the_nasty_firmware_does_bite(tmp_path):
    bench = Bench(tmp_path)
    bench.flash_file.write_bytes(independent_watchdog(False).image(1 << 20, 0))
    # IWDGRSTF, RCC_CSR bit 29 (RM0090)
    result = bench.run("init", "reset run", "sleep 100", "echo <[expr {[read_memory 0x40023874 32 1] >> 29 & 1}]>", "shutdown")
    assert result.status == 0 and "<1>" in result.lines, result.text


@pytest.mark.parametrize("size", [None, 0])
def test_hardware_watchdog(tmp_path, size):
    before, _ = work_area(size)
    bench = Bench(tmp_path)
    assert bench.run("init", "reset halt", "stm32f2x options_write 0 0xcc", "shutdown").status == 0  # WDG_SW = 0
    for turn in range(2):
        image = firmware(20000, seed=turn)
        write_elf(tmp_path / "a.elf", [(BASE, image)])
        result = bench.run("program a.elf verify reset exit", before=before)
        assert result.status == 0, result.text
        assert bench.holds((BASE, image))


def test_the_example_firmware_again_and_again(tmp_path):
    bench = Bench(tmp_path)
    for turn in range(10):
        write_elf(tmp_path / "a.elf", [(BASE, firmware(1000, seed=turn))])
        file = BLINK if turn % 2 == 0 else "a.elf"
        result = bench.run("init", "sleep 5", f"program {file} verify reset", "sleep 30", "shutdown")
        assert result.status == 0, result.text
        assert "** Verified OK **" in result.lines
    assert bench.holds((BASE, firmware(1000, seed=9)))
