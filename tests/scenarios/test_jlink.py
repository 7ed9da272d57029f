"""SEGGER J-Link: the whole job by both wires, what it says, its commands, and what goes wrong with it."""
import re

import pytest

from support import swo
from support.firmware import firmware, write_elf
from support.probity import Bench, run

INTERFACE = "interface/jlink.cfg"
SWD, JTAG = "transport select swd", "transport select jtag"
LINES = ["** Programming Started **", "** Programming Finished **", "** Verify Started **", "** Verified OK **",
         "** Resetting Target **", "shutdown command invoked"]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path, interface=INTERFACE, probe="jlink")


def said(result, *ends) -> list[str]:
    """What is printed by the commands, without the log's lines."""
    assert result.status == 0, result.text
    return [line for line in result.lines if line and not re.match(r"(Info |Warn |Error|Debug)", line) and line not in ends]


@pytest.mark.parametrize("probe, before", [("jlink", [SWD]), ("jlink", [JTAG]), ("jlink", []), ("jlink-v4", [JTAG])])
def test_program(tmp_path, probe, before):
    image = firmware(20_001)
    write_elf(tmp_path / "firmware.elf", [(0x08000000, image)])
    bench = Bench(tmp_path, interface=INTERFACE, probe=probe)
    result = bench.program("firmware.elf", before=before)
    assert result.status == 0, result.text
    assert [line for line in result.lines if line in LINES] == LINES
    assert bench.holds((0x08000000, image))


def test_every_chip_that_another_probe_reaches(tmp_path):
    """Other access ports, other debug ports: nothing in the driver is about one chip."""
    for chip in ("stm32f103cb", "stm32g071rb", "stm32h743zi", "stm32u575zi"):
        image = firmware(6000)
        folder = tmp_path / chip
        folder.mkdir()
        write_elf(folder / "firmware.elf", [(0x08000000, image)])
        result = Bench(folder, chip=chip, interface=INTERFACE, probe="jlink").program("firmware.elf", before=[SWD])
        assert result.status == 0, result.text
        assert "** Verified OK **" in result.lines


def test_what_it_says(bench):
    result = bench.run("adapter speed 4000", "init", "shutdown", before=[SWD])
    at = result.lines.index("Info : J-Link V9 compiled May  7 2021 16:26:12")
    assert result.lines[at:at + 5] == [
        "Info : J-Link V9 compiled May  7 2021 16:26:12", "Info : Hardware version: 9.40", "Info : VTarget = 3.300 V",
        "Info : clock speed 4000 kHz", "Info : SWD DPIDR 0x2ba01477"]


def test_too_fast(bench):
    result = bench.run("adapter speed 50000", "init", "shutdown", before=[SWD])
    assert "Info : Reduced speed from 50000 kHz to 15000 kHz (maximum)" in result.lines
    assert "Info : clock speed 15000 kHz" in result.lines


@pytest.mark.parametrize("before", [SWD, JTAG])
@pytest.mark.parametrize("wires", ["none", "srst_only srst_nogate connect_assert_srst", "trst_and_srst srst_nogate"])
def test_resets(bench, before, wires):
    write_elf(bench.folder / "firmware.elf", [(0x08000000, firmware(100))])
    assert bench.program("firmware.elf", before=[before]).status == 0
    result = bench.run(f"reset_config {wires}", "init", "reset halt", "reset run", "sleep 5", "halt", "reset init", "shutdown",
                       before=[before])
    assert result.status == 0, result.text
    assert "Error" not in result.text


def test_the_core_is_held_in_reset_and_let_go(bench):
    result = bench.run("reset_config srst_only srst_nogate", "init", "adapter assert srst", "jlink hwstatus",
                       "adapter deassert srst", "jlink hwstatus", "shutdown", before=[SWD])
    levels = re.findall(r"SRST = (\d)", result.text)
    assert levels == ["0", "1"], result.text


def test_swd_is_not_for_an_old_one(tmp_path):
    result = Bench(tmp_path, interface=INTERFACE, probe="jlink-v4").run("init", "shutdown", before=[SWD])
    assert result.status == 1
    assert "Device supports JTAG transport only" in result.errors()


COMMANDS = [
    ("jlink hwstatus", ["VTarget = 3.300 V", "TCK = 0 TDI = 0 TDO = 1 TMS = 0 SRST = 1 TRST = 1"]),  # on SWD
    ("jlink jtag", ["JTAG command version: 3"]),
    ("jlink jtag 2; jlink jtag", ["JTAG command version: 2"]),
    ("jlink targetpower on", []),
    ("jlink freemem", ["Device has 20464 bytes of free memory"]),
    ("jlink config", ["J-Link device configuration:", "USB address: 0", "Target power supply: off"]),
    ("jlink config usb", ["USB address: 0"]),
    ("jlink config usb 2; jlink config", ["J-Link device configuration:", "USB address: 0 [2]", "Target power supply: off"]),
    ("jlink config targetpower on; jlink config targetpower", ["Target power supply: off [on]"]),
    ("jlink config usb 2; jlink config reset; jlink config usb", ["USB address: 0"]),
    ("jlink config write", ["Operation not performed due to no changes in the configuration"]),
    ("jlink config mac", ["Ethernet connectivity is not supported by the device"]),
    ("jlink config ip", ["Ethernet connectivity is not supported by the device"]),
]


@pytest.mark.parametrize("command, expected", COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands(bench, command, expected):
    result = bench.run("init", command, "shutdown", before=[SWD])
    assert said(result, "shutdown command invoked")[-len(expected):] == expected or not expected, result.text


def test_written_settings_are_read_back(bench):
    result = bench.run("init", "jlink config usb 3", "jlink config write", "jlink config usb", "shutdown", before=[SWD])
    assert said(result, "shutdown command invoked")[-2:] == [
        "The new device configuration applies after power cycling the J-Link device", "USB address: 3"]


@pytest.mark.parametrize("command, error", [
    ("jlink jtag 4", "Invalid argument: 4"), ("jlink targetpower maybe", "Invalid argument: maybe"),
    ("jlink targetpower", "jlink targetpower <on|off>"), ("jlink config usb 7", "Invalid USB address: 7"),
    ("jlink emucom read 0 4", "Device does not support EMUCOM")])
def test_wrong_words(bench, command, error):
    result = bench.run("init", command, "shutdown", before=[SWD])
    assert result.status == 1
    assert error in result.errors(), result.text


def test_low_target_voltage(tmp_path):
    bench = Bench(tmp_path, interface=INTERFACE, probe="jlink", voltage=1400)
    result = bench.run("init", "jlink hwstatus", "shutdown", before=[SWD])
    assert "VTarget = 1.400 V" in result.lines
    assert "Target voltage too low. Check target power" in result.lines


def test_an_old_one_says_what_it_has_not(tmp_path):
    bench = Bench(tmp_path, interface=INTERFACE, probe="jlink-v4")
    result = bench.run("init", "jlink jtag", "jlink freemem", "jlink targetpower on", "jlink config", "shutdown", before=[JTAG])
    assert said(result, "shutdown command invoked")[-5:] == [
        "JTAG command version: 2", "Retrieval of free memory is not supported by the device",
        "Target power supply is not supported by the device", "J-Link device configuration:", "USB address: 0"]


def test_commands_of_another_adapter(tmp_path):
    result = Bench(tmp_path).run("init", "jlink hwstatus", "shutdown")
    assert result.status == 1
    assert "the adapter is no J-Link, but hla" in result.errors()


@pytest.mark.parametrize("choice, status, expected", [
    ("adapter serial 50100002", 0, "** Verified OK **"),
    ("adapter serial 000050100002", 0, "** Verified OK **"),
    ("adapter serial 4711", 1, "looked for J-Link with serial 4711"),
    ("adapter serial V9", 1, "Invalid serial number: V9"),
    ("jlink usb 1", 1, "looked for J-Link at USB address 1"),
    ("adapter usb location 1-2", 0, "** Verified OK **"),
    ("", 1, "2 probes fit (J-Link); choose one:")])
def test_choice(tmp_path, choice, status, expected):
    (tmp_path / "a.bin").write_bytes(firmware(3000))
    boards = ";".join(f"stm32f407vg,probe=jlink,flash={tmp_path}/{n}.flash" for n in (1, 2))
    choices = ["-c", choice] if choice else []
    result = run("--virtual", boards, "-f", INTERFACE, *choices, "-c", SWD, "-f", "target/stm32f4x.cfg",
                 "-c", "program a.bin 0x08000000 verify reset exit", cwd=tmp_path)
    assert result.status == status, result.text
    assert expected in result.text
    if status == 0:
        assert (tmp_path / "2.flash").read_bytes()[:3000] == firmware(3000)
        assert (tmp_path / "1.flash").read_bytes() == b"\xff" * 0x100000


def test_none_there(tmp_path):
    result = Bench(tmp_path, interface=INTERFACE, probe="stlink-v2-1").run("init", before=[SWD])
    assert result.status == 1
    assert "no probe found: looked for J-Link; USB devices seen:\n  0483:374b" in result.text.replace("Error:   ", "  ")


@pytest.mark.parametrize("transfer", [1, 9, 40, 100])
@pytest.mark.parametrize("before", [SWD, JTAG])
def test_unplugged(tmp_path, before, transfer):
    (tmp_path / "a.bin").write_bytes(firmware(20_000))
    bench = Bench(tmp_path, interface=INTERFACE, probe="jlink", fault=f"unplug@usb:{transfer}")
    result = bench.program("a.bin 0x08000000", before=[before])
    assert result.status == 1
    assert len([line for line in result.lines if "was unplugged" in line]) == 1, result.text
    assert len(re.findall(r"^Error: (?!  )", result.text, re.MULTILINE)) == 1, result.text
    again = Bench(tmp_path, interface=INTERFACE, probe="jlink").program("a.bin 0x08000000", before=[before])
    assert again.status == 0, again.text


@pytest.mark.parametrize("before, fault", [(SWD, "wait@ap:200x5"), (JTAG, "wait@ap:40x30"), (SWD, "parity@ap:300")])
def test_a_wire_that_waits_or_flips(tmp_path, before, fault):
    image = firmware(20_000)
    (tmp_path / "a.bin").write_bytes(image)
    bench = Bench(tmp_path, interface=INTERFACE, probe="jlink", fault=fault)
    result = bench.program("a.bin 0x08000000", before=[before])
    assert result.status == 0, result.text
    assert bench.holds((0x08000000, image))


@pytest.mark.parametrize("pin", [2_000_000, 0])
def test_swo(tmp_path, pin):
    bench = Bench(tmp_path / "bench", interface=INTERFACE, probe="jlink")
    result = bench.run(swo.enable("out.bin", pin), *swo.PROGRAM, *swo.RUN, "stm32f4x.tpiu disable", "shutdown", before=[SWD])
    assert result.status == 0, result.text
    assert (bench.folder / "out.bin").read_bytes() == swo.ALL


def test_swo_cannot_be_manchester(tmp_path):
    bench = Bench(tmp_path / "bench", interface=INTERFACE, probe="jlink")
    result = bench.run(swo.enable("out.bin", more="-protocol manchester"), "init", "shutdown", before=[SWD])
    assert result.status == 1
    assert "Selected pin protocol is not supported" in result.errors()


def test_listed(tmp_path):
    result = run("--virtual", "stm32f407vg,probe=jlink", "-c", "adapter list-probes", "-c", "exit", cwd=tmp_path)
    rows = [line for line in result.lines if " usb " in line]
    assert len(rows) == 1, result.text
    assert re.match(r"J-Link +1366:0101 +usb \S+ +serial 50100001 +firmware V9 compiled May 7 2021 16:26:12 +3\.30 V +free$",
                    rows[0]), rows[0]
