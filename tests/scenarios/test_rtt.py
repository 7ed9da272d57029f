"""RTT of a program that answers in capitals, through our program and through stock OpenOCD, over TCP in both directions."""
import pathlib
import socket
import subprocess
import time

import pytest

from support import probity, stock
from support.probity import Bench
from support.stock import HLA_V2_1

ELF = pathlib.Path(__file__).parent / "firmware/rtt.elf"
HELLO = b"Hello from the target, in more bytes than the ring holds at once.\n"
START = [f"program {{{ELF}}}", "reset run", "sleep 100", "rtt setup 0x20000000 0x4000 {SEGGER RTT}", "rtt start", "rtt polling_interval 5"]
LISTENING = "Listening on port {} for rtt connections"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A debugger that runs until the test ends."""

    def __init__(self, words, folder, port):
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while LISTENING.format(port) not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def commands(port, more=()):
    words = ["-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled"]
    for command in [*START, *more, f"rtt server start {port} 0"]:
        words += ["-c", command]
    return words


@pytest.fixture
def server(vboard, tmp_path):
    running = []

    def start(kind, port, more=()):
        folder = tmp_path / kind
        if kind == "theirs":
            folder.mkdir()
            board = HLA_V2_1.start(vboard, "stm32f407vg", pace="real")
            words = [stock.OPENOCD, *HLA_V2_1.words(board), "-f", "target/stm32f4x.cfg"]
        else:
            bench = Bench(folder)
            words = [probity.BUILD / "openocd", "--virtual", bench.virtual, *bench.files]
        running.append(Server([*words, *commands(port, more)], folder, port))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def dialogue(port, text, size):
    """What comes back, `size` bytes of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        received = b""
        while len(received) < len(HELLO):
            received += connection.recv(4096)
        connection.sendall(text)
        while len(received) < size:
            piece = connection.recv(4096)
            assert piece, received
            received += piece
        return received


@pytest.mark.parametrize("kind", ["ours", "theirs"])
def test_both_directions(server, kind):
    port = free_port()
    server(kind, port)
    text = b"in small letters.\n"[:12]  # stock drops what the ring of 16 bytes has no room for
    assert dialogue(port, text, len(HELLO) + len(text)) == HELLO + text.upper()


def test_nothing_is_lost_where_the_ring_is_small(server):
    port = free_port()
    server("ours", port)
    text = bytes(range(ord("a"), ord("z") + 1)) * 40
    assert dialogue(port, text, len(HELLO) + len(text)) == HELLO + text.upper()


LISTS = ["rtt channels", "rtt channellist", "rtt polling_interval"]


def test_same_lists_as_stock(vboard, tmp_path):
    words = [*START, *(f'echo "<[string trim [{command}]]>"' for command in LISTS), "rtt stop", "shutdown"]
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    theirs = stock.run(board, HLA_V2_1, *words)
    ours = Bench(tmp_path / "ours").run(*words)
    assert theirs.status == ours.status == 0, theirs.text + ours.text
    for text in (theirs.text, ours.text):
        assert "Info : rtt: Searching for control block 'SEGGER RTT'" in text
        assert "Info : rtt: Control block found at 0x20000000" in text
    part = [text[text.index("<Channels"):text.index("ms>")] for text in (theirs.text, ours.text)]
    assert part[0] == part[1]


@pytest.mark.parametrize("command,said", [("rtt start", "RTT is not configured"), ("rtt stop", "rtt: Not configured"),
                                          ("rtt channels", "rtt: Control block not available"),
                                          ("rtt setup 0x20000000 16 0123456789abcdef", "rtt: Invalid control block ID")])
def test_what_cannot_be_is_said(tmp_path, command, said):
    result = Bench(tmp_path / "ours").run("init", command, "shutdown")
    assert result.status == 1
    assert said in result.errors(), result.text


def test_profile_is_read_by_gprof(tmp_path):
    bench = Bench(tmp_path / "ours")
    result = bench.run(f"program {{{ELF}}}", "reset run", "sleep 100", "profile 1 gmon.out 0x08000000 0x08000400", "shutdown")
    assert result.status == 0, result.text
    assert "Wrote gmon.out" in result.lines
    table = subprocess.run(["gprof", "-b", "-p", ELF, bench.folder / "gmon.out"], capture_output=True, text=True, check=True).stdout
    shares = {line.split()[-1]: float(line.split()[0]) for line in table.splitlines() if line.strip()[:1].isdigit()}
    assert shares.get("main", 0) > 50, table
