"""Reports from the field (H7A3, XL and the options' are in test_h7.py, test_f1.py, test_options.py): what stood in the way of programming
again."""
import pytest

from support.firmware import write_elf
from support.probity import Bench
from support.thumb import BASE, Thumb, sleeper, stopper

ROUNDS = 25


def everything_left_on() -> Thumb:
    """SysTick interrupts all the time, the watchdog running with 26 ms and fed, DMA2 writing into RAM as fast as it is told, the flash unlocked
    with PG, a wrong size and stale error flags, and FAULTMASK set now and then (RM0390; the board's DMA has registers only)."""
    code = Thumb().store(0x40023C04, 0x45670123).store(0x40023C04, 0xCDEF89AB).store(0x40023C10, 0x00000001)  # FLASH_CR: PG, x8
    code.store(0x08040000, 0x12345678)  # a word while PSIZE says bytes: PGPERR stays in FLASH_SR
    code.store(0x40023830, 0x00400000).store(0x4002641C, 0x20000000).store(0x40026410, 0x00000441)  # RCC_AHB1ENR, DMA2 stream 0
    code.store(0x40003000, 0x5555).store(0x40003004, 0).store(0x40003008, 0xD0).store(0x40003000, 0xCCCC)  # IWDG
    code.store(0xE000E014, 200).store(0xE000E010, 7)  # SysTick
    code.load(0, 0x40003000).load(1, 0xAAAA)
    return code.put(0x6001, 0xB671, 0xB661, 0xE7FB)  # str r1, [r0]; cpsid f; cpsie f; b back


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/cmsis-dap.cfg"])
def test_f446_again_and_again(tmp_path, interface):
    """"flash loader run error" every other time: each image runs and leaves everything on when the next one comes."""
    images = [everything_left_on().image(5000 + seed, seed) for seed in (0, 1)]
    for name, image in zip(("a.elf", "b.elf"), images):
        write_elf(tmp_path / name, [(BASE, image)])
    bench = Bench(tmp_path, "stm32f446re", interface)
    # The second time without a reset before it: what the application left is all there.
    again = "program a.elf verify reset; sleep 40; halt; flash write_image erase b.elf; echo [verify_image b.elf]; reset run; sleep 40"
    result = bench.run("init", f"for {{set i 0}} {{$i < {ROUNDS}}} {{incr i}} {{{again}}}", "shutdown")
    assert result.status == 0, result.text
    assert result.text.count("** Verified OK **") == ROUNDS and result.text.count("verified 5001 bytes") == ROUNDS
    assert "does not run" not in result.text  # the loader did, each time
    assert bench.holds((BASE, images[1]))


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/stlink-dap.cfg"])
def test_h725_asleep(tmp_path, interface):
    """"File download complete" and nothing updated: the application sleeps when the programmer comes."""
    images = [sleeper().image(9000 + seed, seed) for seed in (0, 1)]
    bench = Bench(tmp_path, "stm32h725ig", interface)
    for image in images:
        write_elf(tmp_path / "a.elf", [(BASE, image)])
        result = bench.program("a.elf", "verify reset exit")
        assert result.status == 0 and "** Verified OK **" in result.lines, result.text
        assert bench.holds((BASE, image))


STOPPED = "the debug port answers, the bus behind it does not: its clocks seem to stand still, as in Stop or Standby mode"
WITH_NRST = "reset_config srst_only srst_nogate"


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"])
def test_h725_in_stop_mode(tmp_path, interface):
    """The same with the application in Stop mode. Without a wire for nRST nothing reaches the core: that is said, with what was
    measured and what helps, and nothing else is. With one the chip is programmed, however often."""
    images = [stopper().image(9000 + seed, seed) for seed in (0, 1, 2)]
    bench = Bench(tmp_path, "stm32h725ig", interface)
    write_elf(tmp_path / "a.elf", [(BASE, images[0])])
    assert bench.program("a.elf").status == 0  # erased until now, so awake

    write_elf(tmp_path / "a.elf", [(BASE, images[1])])
    result = bench.program("a.elf")
    assert result.status == 1, result.text
    assert STOPPED in result.text and "use: reset_config srst_only srst_nogate connect_assert_srst" in result.text
    assert "Verified OK" not in result.text and "Programming Finished" not in result.text
    assert bench.holds((BASE, images[0]))

    for setting in (WITH_NRST, WITH_NRST + " connect_assert_srst"):
        for image in images[1:]:
            write_elf(tmp_path / "a.elf", [(BASE, image)])
            result = bench.run(setting, "program a.elf verify reset exit")
            assert result.status == 0 and "** Verified OK **" in result.lines, result.text
            assert (STOPPED in result.text) == (setting == WITH_NRST)
            assert bench.holds((BASE, image))


@pytest.mark.parametrize("chip", ["stm32f051r8", "stm32g071rb", "stm32f407vg", "stm32l552ze", "stm32h563zi"])
def test_stop_mode_after_a_reset_by_nrst(tmp_path, chip):
    """Any family: connected under reset the core is halted before its firmware, which then may be debugged although it stops."""
    write_elf(tmp_path / "a.elf", [(BASE, stopper().image(600, 1))])
    bench = Bench(tmp_path, chip, "interface/cmsis-dap.cfg")
    assert bench.program("a.elf").status == 0
    result = bench.run(WITH_NRST, "init", "echo state:[[target current] curstate]", "reg pc", "resume", "sleep 5",
                       "poll", "halt", "echo state:[[target current] curstate]", "shutdown")
    assert result.status == 0, result.text
    assert result.text.count("state:halted") == 2 and STOPPED in result.text
    assert "pc (/32): 0x08000040" in result.text
