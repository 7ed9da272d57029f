"""The end of a run from outside: Ctrl-C, kill, kill -9, an unplugged cable. Whatever happens, the next run works."""
import os
import random
import re
import signal
import subprocess
import time

import pytest

from support.firmware import firmware, pattern
from support.probity import BUILD, SOURCE, run

TARGET = ["-f", "target/stm32f4x.cfg"]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


# Tests run beside each other.
FREE_PORTS = "gdb_port 0; telnet_port 0; tcl_port 0"
SERVING = "for telnet connections"  # the last one, where init was said before


def at_server(board):
    return ["-f", "interface/stlink.cfg", "-c", f"hla_stlink_backend tcp {board.port}", *TARGET]


def start(*words, cwd):
    """Our program, with the signals as a shell's foreground job has them."""
    def defaults():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")}
    return subprocess.Popen([BUILD / "openocd", "-c", FREE_PORTS, *map(str, words)], cwd=cwd, env=environment | {"HOME": "/nonexistent"},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace", preexec_fn=defaults)


def read_until(process, mark):
    text = ""
    while mark not in text:
        line = process.stdout.readline()
        assert line, f"{mark!r} never came:\n{text}"
        text += line
    return text


def finish(process, begun=""):
    text = begun + process.communicate(timeout=30)[0]
    return process.returncode, text


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(pattern(200_000))
    return path


def works_again(board, folder):
    small = folder / "small.bin"
    small.write_bytes(firmware(2000, seed=int(time.monotonic() * 1000)))
    result = run(*at_server(board), "-c", f"program {small} 0x08000000 verify reset exit", cwd=folder)
    assert result.status == 0, result.text
    assert "** Verified OK **" in result.text
    assert not result.errors()


# Stock OpenOCD 0.12.0, too, says "shutdown command invoked" and then dies of the signal.
@pytest.mark.parametrize("number", SIGNALS)
def test_while_idle(tmp_path, number):
    process = start("--virtual", "stm32f407vg", "-f", "interface/stlink.cfg", *TARGET, "-c", "init", cwd=tmp_path)
    text = read_until(process, SERVING)
    process.send_signal(number)
    status, text = finish(process, text)
    assert status == -number
    assert text.splitlines()[-1] == "shutdown command invoked"
    assert "Warn : SIG" not in text


@pytest.mark.parametrize("number", SIGNALS)
def test_while_programming(vboard, tmp_path, image, number):
    board = vboard("stm32f407vg", pace="real")
    process = start(*at_server(board), "-c", f"program {image} 0x08000000 verify reset exit", cwd=tmp_path)
    text = read_until(process, "** Programming Started **")
    time.sleep(0.2)
    process.send_signal(number)
    begin = time.monotonic()
    status, text = finish(process, text)
    assert status == -number, text
    assert time.monotonic() - begin < 3
    assert re.search(r"Warn : SIG\w+ came: what was running is not finished\nshutdown command invoked\n$", text), text
    assert "** Programming Finished **" not in text
    works_again(board, tmp_path)


@pytest.mark.parametrize("script", ["sleep 60000", "catch {sleep 60000}; echo after", "wait_halt 60000",
                                    "while 1 {catch {mdw 0x20000000}}", "while 1 {set a 1}",
                                    "dump_image d.bin 0x08000000 0x100000"])
def test_while_a_script_runs(vboard, tmp_path, script):
    board = vboard("stm32f407vg", pace="real")
    endless_loop = "halt; mww 0x20000000 0xbf00e7fe; resume 0x20000000"
    process = start(*at_server(board), "-c", f"init; poll off; {endless_loop}; echo now; {script}; echo done", cwd=tmp_path)
    text = read_until(process, "now\n")
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    status, text = finish(process, text)
    assert status == -signal.SIGTERM, text
    assert "\nafter\n" not in text and "\ndone\n" not in text
    assert "shutdown command invoked" in text
    works_again(board, tmp_path)


def test_impatience_changes_nothing(vboard, tmp_path, image):
    board = vboard("stm32f407vg", pace="real")
    process = start(*at_server(board), "-c", f"program {image} 0x08000000 verify reset exit", cwd=tmp_path)
    read_until(process, "** Programming Started **")
    for _ in range(10):
        process.send_signal(signal.SIGINT)
        time.sleep(0.003)
    status, text = finish(process)
    assert status == -signal.SIGINT
    works_again(board, tmp_path)


def test_a_background_job_ignores_ctrl_c(tmp_path):
    """A shell's `openocd … &` in a script: Ctrl-C is for the foreground."""
    script = f"trap '' INT; exec {BUILD}/openocd -c '{FREE_PORTS}' --virtual stm32f407vg -f interface/stlink.cfg -f target/stm32f4x.cfg -c init"
    process = subprocess.Popen(["sh", "-c", script], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    read_until(process, SERVING)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == -signal.SIGTERM


def test_a_reader_that_goes_away_does_not_kill(tmp_path):
    script = (f"{BUILD}/openocd -c '{FREE_PORTS}' --virtual stm32f407vg,flash=f.flash -f interface/stlink.cfg -f target/stm32f4x.cfg "
              f"-c 'program {SOURCE}/contrib/example/blink.elf verify exit' 2>&1 | head -n 1; echo ${{PIPESTATUS[0]}}")
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.stdout.splitlines()[-1] == "0"


def test_killed_ten_times_in_a_row(vboard, tmp_path, image):
    board = vboard("stm32f407vg", pace="real")
    moments = random.Random(3)
    for _ in range(10):
        process = start(*at_server(board), "-c", f"program {image} 0x08000000 verify reset exit", cwd=tmp_path)
        time.sleep(moments.uniform(0.02, 0.8))
        process.kill()
        process.communicate()
        works_again(board, tmp_path)


@pytest.mark.parametrize("probe, interface", [("stlink-v2-1", "stlink"), ("cmsis-dap-v1", "cmsis-dap"),
                                              ("cmsis-dap-v2", "cmsis-dap")])
@pytest.mark.parametrize("transfer", [1, 40, 200, 400])
def test_unplugged(tmp_path, probe, interface, transfer):
    (tmp_path / "a.bin").write_bytes(firmware(20_000))
    virtual = f"stm32f407vg,probe={probe},flash=f.flash"
    job = ["-f", f"interface/{interface}.cfg", *TARGET, "-c", "program a.bin 0x08000000 verify reset exit"]
    begin = time.monotonic()
    result = run("--virtual", f"{virtual},fault=unplug@usb:{transfer}", *job, cwd=tmp_path)
    assert result.status == 1
    assert time.monotonic() - begin < 3
    told = [line for line in result.lines if "was unplugged" in line]
    assert len(told) == 1, result.text
    assert len(re.findall(r"^Error: (?!  )", result.text, re.MULTILINE)) == 1, result.text
    again = run("--virtual", virtual, *job, cwd=tmp_path)
    assert again.status == 0, again.text
