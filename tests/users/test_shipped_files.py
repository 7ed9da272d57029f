"""Our interface, target and board files that stock OpenOCD 0.12 has as well, for chips of other makers and other adapters: after
loading, both programs are in the same state. What a file says by the way is its own business. (Files for STM32, event by event:
differential/test_config_files.py.)"""
import pathlib
import re
import subprocess

import pytest

from support.probity import BUILD, SOURCE
from support.stock import OPENOCD

STOCK = pathlib.Path("/usr/share/openocd/scripts")
OURS = {"interface": SOURCE / "interface", "target": SOURCE / "target", "board": SOURCE / "tcl/board"}
WAYS = {
    "swd": ["-f", "interface/cmsis-dap.cfg", "-c", "transport select swd"],
    "jtag": ["-f", "interface/cmsis-dap.cfg", "-c", "transport select jtag"],
    "hla": ["-f", "interface/stlink.cfg", "-c", "transport select hla_swd"],
}
EVENTS = """examine-start examine-end examine-fail reset-init reset-start reset-end reset-assert-pre reset-assert-post
    reset-deassert-pre reset-deassert-post halted resumed gdb-attach gdb-flash-erase-start"""
SHOW = """
    proc say {what} { echo "state $what" }
    say "adapter [adapter name]"
    if {[adapter name] ne "undefined"} { say "transport [transport select]" }
    foreach bank [flash list] { foreach key {driver base size target} { lappend banks [dict get $bank $key] } }
    if {[info exists banks]} { say "banks $banks" }
    foreach target [target names] {
        say "target $target [$target cget -type] [$target cget -endian] [$target cget -dap]"
        foreach word {phys size backup} { say "$target $word [$target cget -work-area-$word]" }
        foreach event {%s} {
            if {![catch {$target cget -event $event} body] && $body ne ""} { say "$target event $event" }
        }
    }
    foreach name {_CHIPNAME _TARGETNAME _FLASHNAME _ENDIAN _CPUTAPID} {
        if {[info exists $name]} { echo "variable $name [set $name]" }
    }
""" % EVENTS.replace("\n", " ")
# Where no file gave a speed, stock fails when asked; it is 100 kHz then.
END = ["-c", SHOW, "-c", "reset_config", "-c", "if {[catch {adapter speed} khz]} {set khz none}; echo \"state speed $khz\"", "-c", "shutdown"]


def shipped(folder: str) -> list[str]:
    names = [str(path.relative_to(OURS[folder])) for path in sorted(OURS[folder].rglob("*.cfg"))]
    return [name for name in names if (STOCK / folder / name).exists() and "stm32" not in name and not name.startswith("st_")]


def state(program: pathlib.Path, *words: str) -> tuple[int, list[str], set[str]]:
    """Exit status, what SHOW and the commands after it printed, the variables left behind."""
    done = subprocess.run([program, "-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled", *words, *END],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20, cwd="/",
                          env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"})
    lines = done.stdout[done.stdout.find("state adapter"):].splitlines() if done.returncode == 0 else []
    variables = {re.sub(r"0x[0-9a-f]+", lambda number: str(int(number[0], 16)), line, flags=re.IGNORECASE)
                 for line in lines if line.startswith("variable ")}
    shown = [line.replace("state speed none", "state speed adapter speed: 100 kHz") for line in lines if re.match(r"state |(none|srst|trst)\S* ", line)]
    return done.returncode, shown, variables


def assert_same(*words: str):
    (*ours, ours_left), (*stocks, stocks_left) = (state(program, *words) for program in (BUILD / "openocd", OPENOCD))
    if stocks[0] != 0:
        return  # drivers that this build of it lacks, commands that the transport lacks: ours may go further
    assert ours == stocks
    assert stocks_left <= ours_left


@pytest.mark.parametrize("name", shipped("interface"))
def test_an_interface(name):
    assert_same("-f", f"interface/{name}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", shipped("target"))
def test_a_target(name, way):
    assert_same(*WAYS[way], "-f", f"target/{name}")


@pytest.mark.parametrize("name", shipped("board"))
def test_a_board(name):
    code = re.sub(r"(?m)^\s*#.*", "", (STOCK / "board" / name).read_text())
    before = [] if "find interface/" in code or "adapter driver" in code else WAYS["swd"]
    assert_same(*before, "-f", f"board/{name}")


def test_a_name_that_is_nearly_right():
    names = {"target/stn32f4x.cfg": "target/stm32f4x.cfg", "interface/stlnk.cfg": "interface/stlink.cfg",
             "board/st_nucleo_f44.cfg": "board/st_nucleo_f4.cfg", "target/cortex_m_chips.tcl": "target/cortex_m_chip.tcl",
             "target/nothing_like_it.cfg": None, "nowhere/stm32f4x.cfg": None}
    words = [word for name in names for word in ("-c", f"catch {{find {name}}} why; echo $why")]
    done = subprocess.run([BUILD / "openocd", *words, "-c", "shutdown"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=20)
    said = [line for line in done.stdout.splitlines() if line.startswith("Can't find")]
    assert len(said) == len(names), done.stdout
    for line, (name, meant) in zip(said, names.items()):
        assert line.startswith(f"Can't find {name}; did you mean {meant}?; looked in" if meant else f"Can't find {name}; looked in"), line
