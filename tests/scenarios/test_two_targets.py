"""Two targets on one DAP: a GDB port each, both in use at the same time; and `target smp`, which makes them one. The virtual chip
has one core, which both targets mean here, as with stock OpenOCD on the same board."""
import re
import subprocess

import pytest

from support.debugging import GDB, GdbServer
from support.probity import SOURCE, Bench
from support.stock import HLA_V2_1, WIRES

BLINK = SOURCE / "contrib/example/blink.elf"
CHIP = "stm32f407vg"
SECOND = "target create stm32f4x.cpu2 cortex_m -dap stm32f4x.dap -ap-num 0"
DAPDIRECT = next(wire for wire in WIRES if wire.name == "dapdirect-v3")


@pytest.fixture
def server(vboard, tmp_path):
    servers = []

    def start(who, wire, *commands):
        image = tmp_path / f"{CHIP}.flash"
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", BLINK, image], check=True)
        image.write_bytes(image.read_bytes().ljust(1 << 20, b"\xff"))
        servers.append(GdbServer(who, wire.start(vboard, CHIP), wire, SECOND, *commands, "init"))
        return servers[-1]

    yield start
    for one in servers:
        one.stop()


def ports(server):
    """By target: "starting gdb server for X" comes in the order of the ports."""
    log = server.log()
    return dict(zip(re.findall(r"starting gdb server for (\S+) on", log), re.findall(r"Listening on port (\d+) for gdb", log)))


# Stock shows the registers of before where another target let the core run, and its step there does not end.
@pytest.mark.parametrize("wire", [HLA_V2_1, DAPDIRECT], ids=lambda w: w.name)
def test_one_gdb_at_both(server, wire):
    one = server("ours", wire)
    one.wait_for_ports(2)
    at = ports(one)
    assert list(at) == ["stm32f4x.cpu", "stm32f4x.cpu2"]
    # The core runs for some time so that both see that it ran, whoever let it.
    run = ["monitor resume", "monitor sleep 500", "monitor halt", "monitor sleep 500"]
    commands = [f"target extended-remote localhost:{at['stm32f4x.cpu']}", "monitor reset halt", *run, "add-inferior -no-connection",
                "inferior 2", f"file {BLINK}", f"target extended-remote localhost:{at['stm32f4x.cpu2']}", "info connections",
                "monitor target current", "printf \"second %#x\\n\", $pc", "set var *(unsigned*)0x20000800 = 0x12345678",
                "hbreak SysTick_Handler", "continue", "printf \"second stopped %#x\\n\", $pc", "delete", *run, "inferior 1",
                "maintenance flush register-cache", "monitor target current", "printf \"first %#x\\n\", $pc", "x/1wx 0x20000800",
                "stepi", "printf \"first stepped %#x\\n\", $pc"]
    words = [*GDB, "-batch", BLINK]
    for command in commands:
        words += ["-ex", command]
    text = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, errors="replace").stdout
    pc = dict(re.findall(r"^((?:first|second)(?: \w+)?) (0x[0-9a-f]+)$", text, re.MULTILINE))
    assert set(pc) == {"second", "second stopped", "first", "first stepped"}, text + one.log()
    assert "Thread 2.1 hit Breakpoint" in text and " in SysTick_Handler ()" in text, text
    assert pc["first stepped"] != pc["first"], text
    assert re.search(r"^0x20000800:\s+0x12345678$", text, re.MULTILINE), text
    assert "\nstm32f4x.cpu2\n" in text and "\nstm32f4x.cpu\n" in text, text  # of `target current`
    assert text.count("extended-remote localhost:") == 2, text  # of `info connections`
    assert one.alive() and "Error: " not in one.log(), one.log()


@pytest.mark.parametrize("who", ["ours", "stock"])
def test_smp_has_one_gdb_port(server, who):
    one = server(who, DAPDIRECT, "target smp stm32f4x.cpu stm32f4x.cpu2")
    assert list(ports(one)) == ["stm32f4x.cpu"]
    log = one.log()
    assert log.count("Listening on port") == 1 and "Error" not in log.replace("clearing lockup", ""), log


STATES = 'puts "<[stm32f4x.cpu curstate] [stm32f4x.cpu2 curstate]>"'


@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/stlink-dap.cfg", "interface/cmsis-dap.cfg"])
def test_smp_halts_and_runs_together(tmp_path, interface):
    bench = Bench(tmp_path / "ours", interface=interface)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", BLINK, bench.flash_file], check=True)
    bench.flash_file.write_bytes(bench.flash_file.read_bytes().ljust(1 << 20, b"\xff"))
    commands = [SECOND, "target smp stm32f4x.cpu stm32f4x.cpu2", "init", "reset run", "sleep 10", "poll off",
                "stm32f4x.cpu2 configure -event halted {puts {second: halted}} -event resumed {puts {second: resumed}}",
                "targets stm32f4x.cpu", "halt", STATES, "resume", STATES, "halt", "step", STATES, "shutdown"]
    result = bench.run(*commands)
    assert result.status == 0, result.text
    assert re.findall("^<(.*)>$", result.text, re.MULTILINE) == ["halted halted", "running running", "halted halted"], result.text
    assert re.findall("^second: .*$", result.text, re.MULTILINE)[:3] == ["second: halted", "second: resumed", "second: halted"]
    assert result.text.count("[stm32f4x.cpu] halted due to debug-request") == 2  # as with stock, one line for all of them
    assert "[stm32f4x.cpu2] halted" not in result.text


@pytest.mark.parametrize("names", ["", "stm32f4x.cpu", "stm32f4x.cpu stm32f4x.cpu", "stm32f4x.cpu nonsense"])
def test_what_smp_takes(tmp_path, names):
    """A name without a target is passed over, as by stock, but not in silence."""
    result = Bench(tmp_path / "ours").run(f"target smp {names}", "init", "reset halt", "shutdown")
    assert result.status == 0, result.text
    assert ("Warn : target smp: there is no target named 'nonsense'" in result.text) == ("nonsense" in names)
