"""Several debug ports on one SWD wire (RP2040), and the access ports of ADIv6 (RP2350), with every kind of probe that reaches them."""
import pytest

from support.firmware import firmware, write_elf
from support.probity import run

GPIO = "adapter driver linuxgpiod; adapter gpio swclk 11 -chip 0; adapter gpio swdio 25 -chip 0"

# The probe, and what selects it.
WAYS = {
    "cmsis-dap": ("cmsis-dap-v2", ["-f", "interface/cmsis-dap.cfg"]),
    "cmsis-dap-v1": ("cmsis-dap-v1", ["-f", "interface/cmsis-dap.cfg"]),
    "jlink": ("jlink", ["-f", "interface/jlink.cfg", "-c", "transport select swd"]),
    "ftdi": ("ft232h", ["-f", "interface/ftdi/ft232h-module-swd.cfg"]),
    "gpio": ("gpio", ["-c", GPIO]),
}
BASE = 0x10000000


def on(chip, way, *commands, target=None, spec="", before=(), **keywords):
    probe, interface = WAYS[way]
    words = ["--virtual", f"{chip},probe={probe}{spec}", *interface, "-c", "adapter speed 4000"]
    for command in before:
        words += ["-c", command]
    words += ["-f", target or f"target/{chip}.cfg"]
    for command in commands:
        words += ["-c", command]
    return run(*words, **keywords)


@pytest.mark.parametrize("way", WAYS)
def test_each_core_is_reached_by_its_own_port(way):
    result = on("rp2040", way, "init", "rp2040.core0 arp_halt; rp2040.core1 arp_halt",
                "rp2040.core0 arp_waitstate halted 1000; rp2040.core1 arp_waitstate halted 1000",
                "rp2040.core0 mww 0x20000000 0x12345678; targets rp2040.core1; mdw 0x20000000",
                "echo \"cores [rp2040.core0 read_memory 0xd0000000 32 1] [rp2040.core1 read_memory 0xd0000000 32 1]\"",
                "echo \"states [rp2040.core0 curstate] [rp2040.core1 curstate]\"", "shutdown")
    assert result.status == 0, result.text
    for line in ("Info : SWD DPIDR 0x0bc12477, DLPIDR 0x00000001", "Info : SWD DPIDR 0x0bc12477, DLPIDR 0x10000001",
                 "0x20000000: 12345678", "cores 0x0 0x1", "states halted halted"):
        assert line in [found.strip() for found in result.lines], result.text


def test_programs_and_verifies(tmp_path):
    image = firmware(2500)
    write_elf(tmp_path / "firmware.elf", [(BASE, image)])
    flash = tmp_path / "flash"
    result = on("rp2040", "cmsis-dap", "program firmware.elf verify reset exit", spec=f",flash={flash}", cwd=tmp_path)
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.lines
    assert flash.read_bytes()[:len(image)] == image


@pytest.mark.parametrize("core", [0, 1])
def test_one_core_alone(core):
    result = on("rp2040", "cmsis-dap", "init", "halt", "mdw 0xd0000000", "echo [target names]", "shutdown", before=[f"set USE_CORE {core}"])
    assert result.status == 0, result.text
    assert f"0xd0000000: {core:08x}" in [line.strip() for line in result.lines]
    assert f"rp2040.core{core}" in result.lines


def test_an_instance_that_is_not_there():
    result = on("rp2040", "cmsis-dap", "swd newdap c cpu; dap create c.dap -chain-position c.cpu -dp-id 0x01002927 -instance-id 3; init",
                target="target/swj-dp.tcl", before=["transport select swd"])
    assert result.status == 1
    assert "Failed to connect multidrop c.dap" in result.text


def test_an_stlink_says_that_it_cannot():
    result = run("--virtual", "rp2040,probe=stlink-v3", "-f", "interface/stlink-dap.cfg", "-c", "set USE_CORE 0", "-c",
                 "swd newdap c cpu; dap create c.dap -chain-position c.cpu -dp-id 0x01002927 -instance-id 0; init", "-c", "shutdown")
    assert result.status == 1
    assert "cannot choose a target on a multi-drop SWD bus" in result.text


# OpenOCD 0.12.0's sentences, and when it says them.
@pytest.mark.parametrize("first, second, complaint", [
    ("-dp-id 1 -instance-id 1", "", "Mixing of SWD multidrop DAPs and non multidrop DAPs is not supported"),
    ("-dp-id 1 -instance-id 1", "-dp-id 1 -instance-id 1",
     "a.dap and b.dap have the same multidrop selectors -dp-id 0x00000001 and -instance-id 0x1"),
    ("-dp-id 1 -instance-id 1", "-dp-id 2 -instance-id 16", "create b.dap: -instance-id out of range"),
    ("-dp-id 1 -instance-id 1", "-dp-id 2 -instance-id -1", "create b.dap: -instance-id out of range"),
    ("-dp-id 1 -instance-id 1", "-dp-id 0x10000000 -instance-id 1", "create b.dap: -dp-id out of range"),
    ("-dp-id 1 -instance-id 1", "-dp-id x -instance-id 1", "create b.dap: bad parameter -dp-id"),
])
def test_daps_that_cannot_share_a_wire(first, second, complaint):
    result = run("-c", "adapter driver cmsis-dap; transport select swd; swd newdap c cpu", "-c", f"dap create a.dap -chain-position c.cpu {first}",
                 "-c", f"catch {{dap create b.dap -chain-position c.cpu {second}}} text; echo $text; echo \"daps [dap names]\"", "-c", "shutdown")
    assert result.status == 0, result.text
    assert complaint in result.text
    assert "daps a.dap" in result.lines


def test_two_daps_that_are_no_multi_drop_ports():
    result = run("--virtual", "stm32f407vg,probe=cmsis-dap-v2", "-c", "adapter driver cmsis-dap; transport select swd; swd newdap c cpu",
                 "-c", "dap create a.dap -chain-position c.cpu; dap create b.dap -chain-position c.cpu; init")
    assert result.status == 1
    assert "Two or more SWD non multidrop DAPs are not supported" in result.text
