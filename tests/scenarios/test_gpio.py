"""GPIO lines as an adapter: linuxgpiod, and the other drivers' names for the same, on the virtual board's header."""
import pytest

from support.firmware import firmware, write_elf
from support.probity import Bench

LINUX = ("adapter driver linuxgpiod; foreach {name number} {tck 11 tms 25 tdi 10 tdo 9 swclk 11 swdio 25 srst 24 trst 7} "
         "{adapter gpio $name $number -chip 0}\n")

WAYS = {
    "linuxgpiod": LINUX,
    "raspberrypi": "source [find interface/raspberrypi-native.cfg]\n",
    "raspberrypi2": "source [find interface/raspberrypi2-native.cfg]\n",
    "sysfsgpio": "source [find interface/sysfsgpio-raspberrypi.cfg]\n",
    "jtag-hat": "source [find interface/jtag_hat_rpi2.cfg]\n",
    "imx": "adapter driver imx_gpio; imx_gpio_swd_nums 11 25; imx_gpio_jtag_nums 11 25 10 9\n",
}


def bench(folder, way, **spec):
    (folder / "interface.cfg").write_text(WAYS[way])
    return Bench(folder, interface=folder / "interface.cfg", probe="gpio", **spec)


@pytest.mark.parametrize("transport", ["swd", "jtag"])
@pytest.mark.parametrize("way", WAYS)
def test_programs_verifies_and_resets(tmp_path, way, transport):
    content = firmware(900)
    write_elf(tmp_path / "firmware.elf", [(0x08000000, content)])
    board = bench(tmp_path, way)
    result = board.program("firmware.elf", before=[f"transport select {transport}"])
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert board.holds((0x08000000, content))
    assert "changes with the clock" not in result.text


def test_reset_halt_under_srst(tmp_path):
    write_elf(tmp_path / "firmware.elf", [(0x08000000, firmware(900))])
    board = bench(tmp_path, "linuxgpiod")
    result = board.program("firmware.elf", "verify exit", before=["transport select swd", "reset_config srst_only srst_nogate connect_assert_srst"])
    assert result.status == 0, result.text
    result = board.run("init", "reset halt", "echo \"state [[target current] curstate]\"", "exit",
                       before=["transport select swd", "reset_config srst_only srst_nogate connect_assert_srst"])
    assert "state halted" in result.lines, result.text


def test_lines_as_openocd_shows_them(tmp_path):
    result = bench(tmp_path, "linuxgpiod").run("echo [adapter gpio tck]", "echo [adapter gpio srst]", "adapter gpio led 5 -open-drain -active-low -chip 2",
                                               "echo [adapter gpio led]", "catch {adapter gpio srst -open-drain} text; echo $text",
                                               "catch {adapter gpio foo 3} text; echo $text", "exit")
    for line in ("adapter gpio tck (output): num 11, chip 0, active-high, push-pull, pull-none, init-state inactive",
                 "adapter gpio srst (output): num 24, chip 0, active-low, pull-none, init-state inactive",
                 "adapter gpio led (output): num 5, chip 2, active-low, open-drain, pull-none, init-state inactive"):
        assert line in result.lines, result.text
    assert "illegal option for adapter gpio srst: -open-drain" in result.text
    assert "adapter has no gpio named foo" in result.text


@pytest.mark.parametrize("configuration, complaint", [
    ("adapter driver linuxgpiod\n", "Require swclk and swdio gpio for SWD mode"),
    ("adapter driver linuxgpiod; adapter gpio swclk 11 -chip 4; adapter gpio swdio 25 -chip 0\n", "chip 4"),
    ("adapter driver linuxgpiod; adapter gpio swclk 11 -chip 0; adapter gpio swdio 99 -chip 0\n", "no line 99"),
    ("adapter driver linuxgpiod; adapter gpio swclk 11 -chip 0; adapter gpio swdio 11 -chip 0\n", "two signals"),
])
def test_lines_that_cannot_be_had(tmp_path, configuration, complaint):
    (tmp_path / "interface.cfg").write_text(configuration)
    board = Bench(tmp_path, interface=tmp_path / "interface.cfg", probe="gpio")
    result = board.run("init", before=["transport select swd"])
    assert result.status == 1
    assert complaint in result.errors(), result.text
