"""A program that makes every semihosting call, under our program and under stock OpenOCD: same output, same files, same exit status."""
import os
import pathlib
import re
import subprocess

import pytest

from support import probity, stock
from support.probity import Bench
from support.stock import HLA_V2_1

FIRMWARE = pathlib.Path(__file__).parent / "firmware"
ELF = FIRMWARE / "semihosting.elf"
RUN = [f"program {{{ELF}}}", "arm semihosting enable", "arm semihosting_cmdline a {b c}", "reset run", "sleep 5000", "shutdown"]
EXIT_STATUS = 42  # of SYS_EXIT_EXTENDED


def run_apart(words, folder):
    """stdout, where the program's output goes, and stderr, apart."""
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")} | {"HOME": "/nonexistent"}
    return subprocess.run(list(map(str, words)), cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)


def run_ours(folder, commands, interface="interface/stlink.cfg", **spec):
    folder.mkdir()
    bench = Bench(folder, interface=interface, **spec)
    words = [probity.BUILD / "openocd", "--virtual", bench.virtual, *bench.files, "-c",
             "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for command in commands:
        words += ["-c", command]
    return run_apart(words, folder)


def files_of(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.suffix == ".txt"}


@pytest.mark.parametrize("interface,probe", [("interface/stlink.cfg", "stlink-v2-1"), ("interface/stlink-dap.cfg", "stlink-v3"),
                                             ("interface/cmsis-dap.cfg", "cmsis-dap-v2")])
def test_same_as_stock(vboard, tmp_path, interface, probe):
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    theirs_folder = tmp_path / "theirs"
    theirs_folder.mkdir()
    words = [stock.OPENOCD, *HLA_V2_1.words(board), "-f", "target/stm32f4x.cfg", "-c",
             "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for command in RUN:
        words += ["-c", command]
    theirs = run_apart(words, theirs_folder)
    ours = run_ours(tmp_path / "ours", RUN, interface, probe=probe)
    assert theirs.returncode == ours.returncode == EXIT_STATUS, theirs.stderr + ours.stderr
    assert ours.stdout == theirs.stdout
    assert ours.stdout.startswith("hello\nistty of the console 1\nto stdout\n")
    assert files_of(tmp_path / "ours") == files_of(theirs_folder)
    assert {"answers.txt", "second.txt", "system.txt"} == set(files_of(theirs_folder))
    for text in (theirs.stderr, ours.stderr):
        assert "to stderr" in text and "semihosting command line is [a b c]" in text
    assert "semihosting: *** application exited with 42 ***" in ours.stderr


def test_folder_of_the_files(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    commands = RUN[:2] + [f"arm semihosting_basedir {{{there}}}"] + RUN[2:]
    assert run_ours(tmp_path / "ours", commands).returncode == EXIT_STATUS
    assert {"answers.txt", "second.txt"} <= set(files_of(there))
    assert set(files_of(tmp_path / "ours")) == {"system.txt"}  # written by the shell


# Words, and what stock OpenOCD 0.12.0 answers with them.
ANSWERS = [
    ("arm semihosting", "semihosting is disabled"),
    ("arm semihosting_cmdline x y", "semihosting command line is [x y]"),
    ("arm semihosting_cmdline", "semihosting command line is [(null)]"),
    ("arm semihosting enable", "semihosting is enabled"),
    ("arm semihosting_fileio", "semihosting fileio is disabled"),
    ("arm semihosting_fileio enable", "semihosting fileio is enabled"),
    ("arm semihosting_resexit", "semihosting resumable exit is disabled"),
    ("arm semihosting_resexit enable", "semihosting resumable exit is enabled"),
    ("arm semihosting_basedir", "semihosting base dir: "),
    ("arm semihosting_basedir /tmp", "semihosting base dir: /tmp"),
    ("stm32f4x.cpu arm semihosting disable", "semihosting is disabled"),
]
REFUSED = [
    ("arm semihosting_fileio", "semihosting not yet enabled for current target"),
    ("arm semihosting_basedir", "semihosting not yet enabled for current target"),
    ("arm semihosting_redirect disable", "semihosting not yet enabled for current target"),
]


def test_same_answers_as_stock(vboard, tmp_path):
    commands = ["init", *(f'catch {{{words}}} text; echo "<[string trim $text \\n]>"' for words, _ in REFUSED + ANSWERS), "shutdown"]
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    theirs = stock.run(board, HLA_V2_1, *commands)
    ours = run_ours(tmp_path / "ours", commands)
    expected = [text for _, text in REFUSED + ANSWERS]
    assert re.findall("^<(.*)>$", theirs.text, re.MULTILINE) == expected
    assert re.findall("^<(.*)>$", ours.stderr, re.MULTILINE) == expected


def test_user_operation_runs_its_event(tmp_path):
    """bkpt 0xab with r0 = 0x101, r1 -> {text, 5}; then a loop."""
    commands = ["init", "reset halt", "arm semihosting enable",
                "stm32f4x.cpu configure -event semihosting-user-cmd-0x101 {echo \"told: [arm semihosting_read_user_param]\"}",
                "write_memory 0x20000000 16 {0xbeab 0xe7fe}", "write_memory 0x20000100 32 {0x20000110 5}",
                "write_memory 0x20000110 8 {0x68 0x65 0x6c 0x6c 0x6f}", "reg pc 0x20000000", "reg r0 0x101", "reg r1 0x20000100", "resume",
                "sleep 300", "halt", "echo [string trim [reg pc]]", "arm semihosting_read_user_param", "shutdown"]
    ours = run_ours(tmp_path / "ours", commands)
    assert "told: hello" in ours.stderr.splitlines()
    assert "pc (/32): 0x20000002" in ours.stderr
    assert "Error: This command is usable only from a registered user semihosting event callback." in ours.stderr
