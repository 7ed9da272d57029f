"""Semihosting whose other end is a client of a server: GDB, which carries out the calls on its own machine, and a TCP port."""
import pathlib
import re
import socket
import subprocess

import pytest

from support import served
from support.debugging import GDB, GdbServer
from support.stock import HLA_V2_1

ELF = pathlib.Path(__file__).parent / "firmware/semihosting.elf"
CHIP = "stm32f407vg"
CALLS_ALLOWED = "set remote system-call-allowed 1"  # else gdb refuses SYS_SYSTEM
EXITED = "semihosting: *** application exited with 42 ***"


def flash_with_program(folder):
    image = folder / f"{CHIP}.flash"
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", ELF, image], check=True)
    image.write_bytes(image.read_bytes().ljust(1 << 20, b"\xff"))
    return image


@pytest.fixture
def debug(vboard, tmp_path):
    """Runs the program under gdb; what gdb said, its folder, and the server, which is still there."""
    servers = []

    def run(who, *commands, arm=()):
        flash_with_program(tmp_path)
        servers.append(GdbServer(who, vboard(CHIP), HLA_V2_1))
        folder = tmp_path / who
        folder.mkdir()
        words = [*GDB, "-batch", ELF]
        for command in [CALLS_ALLOWED, f"target extended-remote localhost:{servers[-1].port}", "monitor reset halt",
                        *(f"monitor arm {word}" for word in ["semihosting enable", *arm]), *commands]:
            words += ["-ex", command]
        done = subprocess.run(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, errors="replace")
        return done.stdout, folder, servers[-1]

    yield run
    for one in servers:
        one.stop()


@pytest.mark.parametrize("who", ["ours", "stock"])
def test_end_of_the_program_does_not_end_the_server(debug, who):
    text, _, server = debug(who, "continue", "monitor targets", "info registers pc")
    assert EXITED in server.log()
    assert "Program received signal SIGTRAP" in text, text
    assert re.search(r"stm32f4x.cpu +\S+ +little stm32f4x.cpu +halted", text), text
    assert re.search(r"^pc .*<main\+\d+>$", text, re.MULTILINE), text
    assert server.alive()


def test_end_of_the_program_once_gdb_has_gone(debug):
    """As without GDB: the run ends with the program's status. gdb's `disconnect` closes the connection and lets the core be."""
    _, _, server = debug("ours", "break main", "continue", "delete", "monitor resume", "disconnect")
    assert server.process.wait(timeout=20) == 42, server.log()


FILES = {"second.txt": "abcdefghijklm", "system.txt": "system\n"}
# Stock 0.12.0 tells the length of every file as 0, knows no errno of GDB's calls, and takes a refused read for an empty one.
STOCKS = {"length 10": "length 0", "length 13": "length 0", "errno 2": "errno 0", "read from no file -1": "read from no file 3"}


@pytest.mark.parametrize("who", ["ours", "stock"])
def test_gdb_carries_out_the_calls(debug, who):
    text, folder, server = debug(who, "continue", arm=["semihosting_fileio enable", "semihosting_cmdline a {b c}"])
    files = {path.name: path.read_text() for path in folder.iterdir()}
    answers = files.pop("answers.txt")
    assert files == FILES, text
    for ours, stock in STOCKS.items():
        assert f"{ours if who == 'ours' else stock}\n" in answers
    for line in ["read efghij", "seek 0", "rename 0", "remove 0", "remove again -1", "system that fails 3", "command line a b c"]:
        assert f"{line}\n" in answers, answers
    assert "\nhello\n" in text and "to stdout\nto stderr\n" in text and answers.replace("istty", "", 1).split("\n", 1)[1] in text
    assert server.alive() and "no GDB is connected" not in server.log()
    # Stock shows the BKPT of the last call.
    assert ("[Inferior 1 (Remote target) exited with code 052]" if who == "ours" else "received signal SIGTRAP") in text


def test_run_again_after_the_end(debug):
    """GDB's `run` resets and starts anew."""
    text, folder, server = debug("ours", "continue", "run", arm=["semihosting_fileio enable"])
    assert text.count("exited with code 052") == 2, text + server.log()
    assert text.count("\nhello\n") == 2


# Which console is where with each choice: what the port gets of the program's three ways to say something.
DEBUG, OUT, ERR = b"hello\nistty of the console 1\n", b"to stdout\n", b"to stderr\n"
PORTS = {"": (DEBUG + OUT + ERR, b""), "all": (DEBUG + OUT + ERR, b""), "debug": (DEBUG, OUT + ERR), "stdio": (OUT + ERR, DEBUG)}


@pytest.mark.parametrize("choice", PORTS)
def test_console_behind_a_port(tmp_path, choice):
    there, here = PORTS[choice]
    image = flash_with_program(tmp_path)
    with served.ours("init", "reset halt", "arm semihosting enable", f"arm semihosting_redirect tcp 0 {choice}",
                     chip=f"{CHIP},flash={image}", ports=served.FREE_PORTS, cwd=tmp_path) as server:
        server.wait_log(r"Listening on port \d+ for semihosting")
        with server.connect("semihosting") as client:
            server.tcl().send("sleep 50; resume")
            received = b""
            while piece := client.recv(4096):
                received += piece
        assert server.wait() == 42
        assert received.startswith(there) or there == OUT + ERR and received == there, received
        assert (b"open 1\n" in received) == (choice != "stdio"), received
        for line in here.splitlines():
            assert line in server.raw.splitlines() and line not in received.splitlines(), server.text
        for line in there.splitlines():
            assert line not in server.raw.splitlines(), server.text


def test_what_a_redirection_may_not_be(tmp_path):
    with served.ours("init", cwd=tmp_path) as server:
        tcl = server.tcl()
        assert tcl.ask("catch {arm semihosting_redirect tcp 0} text; set text") == "semihosting not yet enabled for current target"
        tcl.ask("arm semihosting enable")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            assert str(taken) in tcl.ask(f"catch {{arm semihosting_redirect tcp {taken}}} text; set text")
        assert tcl.ask("catch {arm semihosting_redirect tcp 0 nonsense}") == "1"
        assert tcl.ask("catch {arm semihosting_redirect tcp 70000}") == "1"
