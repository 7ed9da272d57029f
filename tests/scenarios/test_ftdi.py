"""FTDI probes (MPSSE), as their interface files describe them: both wires, resets, which probe, and what goes wrong."""
import re

import pytest

from support.firmware import firmware, write_elf
from support.probity import Bench

FTDI = "interface/ftdi"
OLIMEX = f"{FTDI}/olimex-arm-usb-tiny-h.cfg"
MODULE = f"{FTDI}/ft232h-module-swd.cfg"
RESISTOR = [f"source [find {FTDI}/swd-resistor-hack.cfg]"]

# The interface file, the probe that is wired so, and what is said between it and the target file.
WAYS = {
    "jtag": (OLIMEX, "ft2232h", []),
    "swd-resistor": (OLIMEX, "ft2232h-swd", RESISTOR),
    "swd-module": (MODULE, "ft232h", []),
    "swd-buffer": (f"{FTDI}/kt-link.cfg", "kt-link", ["transport select swd"]),
    "jtag-buffer": (f"{FTDI}/kt-link.cfg", "kt-link", ["transport select jtag"]),
    "jtag-full-speed": (f"{FTDI}/olimex-jtag-tiny.cfg", "ft2232d", []),
}


@pytest.fixture
def image(tmp_path):
    content = firmware(5000)
    write_elf(tmp_path / "firmware.elf", [(0x08000000, content)])
    return content


@pytest.mark.parametrize("way", WAYS)
def test_programs_verifies_and_resets(tmp_path, image, way):
    interface, probe, words = WAYS[way]
    bench = Bench(tmp_path, interface=interface, probe=probe, stats="-")
    result = bench.program("firmware.elf", before=[*words, "adapter speed 4000"])
    assert result.status == 0, result.text
    for line in ("** Programming Finished **", "** Verified OK **", "** Resetting Target **"):
        assert line in result.lines, result.text
    assert bench.holds((0x08000000, image))
    assert "MPSSE" not in result.text, "the probe complains of a command"


@pytest.mark.parametrize("way", ["jtag", "swd-module"])
def test_64_kib_take_few_transfers(tmp_path, way):
    """What is queued goes out together: there are over a million clocks."""
    interface, probe, before = WAYS[way]
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(65536))])
    bench = Bench(tmp_path, interface=interface, probe=probe, stats=tmp_path / "stats")
    result = bench.run("adapter speed 10000; program a.elf verify reset exit", before=before)
    assert result.status == 0, result.text
    stats = dict(line.rsplit(" ", 1) for line in (tmp_path / "stats").read_text().splitlines() if line[-1].isdigit())
    assert int(stats["USB transfers"]) < 5000


def test_a_speed_is_a_divisor(tmp_path, image):
    interface, probe, before = WAYS["jtag"]
    result = Bench(tmp_path, interface=interface, probe=probe).run(
        "adapter speed 1000", "init", "echo [adapter speed]", "echo [adapter speed 7000]", "adapter speed 30000", "shutdown", before=before)
    assert result.status == 0, result.text
    assert "Info : clock speed 1000 kHz" in result.lines
    assert "adapter speed: 1000 kHz" in result.text and "adapter speed: 6000 kHz" in result.text
    assert 'try the command "ftdi tdo_sample_edge falling"' in result.text


def test_reset_halt_under_srst(tmp_path, image):
    interface, probe, before = WAYS["jtag"]
    bench = Bench(tmp_path, interface=interface, probe=probe)
    assert bench.program("firmware.elf", before=before).status == 0
    result = bench.run("init", "reset halt", "echo \"state [[target current] curstate]\"", "reg pc", "exit",
                       before=[*before, "reset_config srst_only srst_nogate connect_assert_srst"])
    assert result.status == 0, result.text
    assert "state halted" in result.lines


def test_signals(tmp_path):
    interface, probe, _ = WAYS["swd-module"]
    result = Bench(tmp_path, interface=interface, probe=probe).run(
        "ftdi layout_signal LED -data 0x40", "ftdi layout_signal NSENSE -input 0x10", "init", "ftdi set_signal LED 1", "ftdi set_signal nSRST 0",
        "echo [ftdi get_signal NSENSE]", "ftdi set_signal nSRST z", "echo [ftdi get_signal NSENSE]",
        "catch {ftdi set_signal LED z} text; echo $text", "catch {ftdi set_signal FOO 1} text; echo $text",
        "catch {ftdi set_signal LED 2} text; echo $text", "shutdown")
    assert result.status == 0, result.text
    for line in ("Signal NSENSE = 000000", "Signal NSENSE = 0x0010"):
        assert line in result.lines, result.text
    for words in ("interface can't tri-state 'LED'", "interface configuration doesn't define signal 'FOO'",
                  "unknown signal level '2', use 0, 1 or z"):
        assert words in result.text


@pytest.mark.parametrize("words, complaint", [
    (["adapter serial WRONG"], "serial 'WRONG'"),
    (["ftdi device_desc {Another probe}"], "description 'Another probe'"),
    (["ftdi vid_pid 0x0403 0x6010"], "vid 0403, pid 6010"),
    (["adapter usb location 1-7"], "at bus location '1-7'"),
])
def test_the_wrong_probe(tmp_path, words, complaint):
    interface, probe, before = WAYS["jtag"]
    result = Bench(tmp_path, interface=interface, probe=probe).run("init", "shutdown", before=[*before, *words])
    assert result.status == 1
    assert complaint in result.errors() and "Olimex OpenOCD JTAG ARM-USB-TINY-H" in result.text


def test_a_channel_that_is_not_there(tmp_path):
    interface, probe, before = WAYS["jtag"]
    result = Bench(tmp_path, interface=interface, probe=probe).run("init", before=[*before, "ftdi channel 2"])
    assert result.status == 1
    assert "(FT2232H) has no channel 2; it has 2" in result.errors()


def test_swd_needs_a_layout_for_it(tmp_path):
    result = Bench(tmp_path, interface=OLIMEX, probe="ft2232h").run("init", before=["transport select swd"])
    assert result.status == 1
    assert "SWD mode is active but SWD_EN signal is not defined" in result.errors()


def test_unplugged_while_programming(tmp_path, image):
    interface, probe, before = WAYS["jtag"]
    bench = Bench(tmp_path, interface=interface, probe=probe, fault="unplug@usb:150x100000")
    result = bench.program("firmware.elf", before=before)
    assert result.status == 1
    assert result.text.count("FTDI 15ba:002a at 1-1, serial OLA00001 was unplugged") == 1, result.text


def test_listed(tmp_path):
    result = Bench(tmp_path, interface=MODULE, probe="ft232h").run("adapter list-probes", "exit")
    rows = [line for line in result.lines if "0403:6014" in line]
    assert len(rows) == 1 and re.match(r"\S.* \(FT232H\) +0403:6014 .* serial FTC00001 ", rows[0]), result.text
