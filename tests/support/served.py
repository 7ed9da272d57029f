"""Our program while it serves: its ports, and clients of them."""
import os
import re
import signal
import socket
import subprocess
import threading
import time

from support.probity import BUILD

FREE_PORTS = "gdb_port 0; telnet_port 0; tcl_port 0"
LISTENING = re.compile(r"Info : Listening on port (\d+) for (\S+) connections")


class Served:
    """A program that serves until it is stopped. Its log is read all the time and kept in `text`; `ports` by name."""

    def __init__(self, words, cwd=None, env=None, wait_for=("telnet", "tcl", "gdb"), stdin=subprocess.DEVNULL, **popen):
        environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")}
        environment |= {"HOME": "/nonexistent"} | (env or {})
        self.process = subprocess.Popen(list(map(str, words)), cwd=cwd, env=environment, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, **popen)
        self.raw = b""
        self.grown = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        try:
            for name in wait_for:
                self.wait_log(rf"Listening on port \d+ for {name} ")
        except BaseException:
            self.process.kill()
            raise

    def _read(self):
        while piece := os.read(self.process.stdout.fileno(), 65536):
            with self.grown:
                self.raw += piece
                self.grown.notify_all()
        with self.grown:
            self.raw += b"\n[end of log]\n"
            self.grown.notify_all()

    @property
    def text(self) -> str:
        return self.raw.decode(errors="replace")

    @property
    def ports(self) -> dict[str, int]:
        return {name: int(number) for number, name in LISTENING.findall(self.text)}

    def wait_log(self, pattern: str, seconds: float = 30):
        end = time.monotonic() + seconds
        with self.grown:
            while not re.search(pattern, self.text):
                assert "[end of log]" not in self.text, self.text
                assert self.grown.wait(timeout=max(0, end - time.monotonic())), f"{pattern!r} never came:\n{self.text}"

    def memory_peak(self) -> int:
        """In KiB: VmHWM of proc(5)."""
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())[1])

    def connect(self, name: str, timeout: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.ports[name]), timeout=timeout)

    def telnet(self) -> "Telnet":
        return Telnet(self.connect("telnet"))

    def tcl(self) -> "Tcl":
        return Tcl(self.connect("tcl"))

    def wait(self, seconds: float = 20) -> int:
        status = self.process.wait(timeout=seconds)
        self.reader.join(timeout=seconds)
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, number=signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.wait()
        finally:
            self.process.kill()


def ours(*commands, chip="stm32f407vg", ports=FREE_PORTS, transport=None, **keywords) -> Served:
    words = [BUILD / "openocd", "--virtual", chip, "-c", ports, "-f", "interface/stlink.cfg"]
    words += ["-c", f"transport select {transport}"] if transport else []
    words += ["-f", f"target/{chip[:7]}x.cfg"]
    for command in commands:
        words += ["-c", command]
    return Served(words, **keywords)


class Tcl:
    """A client of the Tcl port."""

    def __init__(self, connection: socket.socket):
        self.socket = connection
        self.rest = b""

    def message(self) -> str:
        while b"\x1a" not in self.rest:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError(f"closed; {self.rest[-200:]!r} was left")
            self.rest += piece
        text, self.rest = self.rest.split(b"\x1a", 1)
        return text.decode(errors="replace")

    def send(self, command: str):
        self.socket.sendall(command.encode() + b"\x1a")

    def ask(self, command: str) -> str:
        self.send(command)
        return self.message()


class Telnet:
    """A client of the telnet port, and what it saw."""
    PROMPT = b"\r> "

    def __init__(self, connection: socket.socket):
        self.socket = connection
        self.seen = b""
        self.greeting = self.until(self.PROMPT)

    def until(self, mark: bytes) -> bytes:
        """What came up to `mark`, which is taken along."""
        while mark not in self.seen:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError(f"closed; {self.seen!r} was left")
            self.seen += piece
        text, self.seen = self.seen.split(mark, 1)
        return text + mark

    def send(self, keys: bytes):
        self.socket.sendall(keys)

    def ask(self, command: str) -> str:
        """A command's output without its echo and the prompt behind it."""
        self.send(command.encode() + b"\r\n")
        self.until(b"\r\n\x00")
        text = self.until(self.PROMPT)
        return text[:-len(self.PROMPT)].decode(errors="replace").replace("\r\n", "\n")

    def closed(self) -> bool:
        """Waits for the other side's end."""
        try:
            while piece := self.socket.recv(65536):
                self.seen += piece
        except ConnectionResetError:
            pass
        return True


def rendered(data: bytes) -> list[str]:
    """The lines of a terminal that was sent this."""
    lines, line, at = [], [], 0
    for byte in data:
        if byte == 8:
            at = max(0, at - 1)
        elif byte == 13:
            at = 0
        elif byte == 10:
            lines.append("".join(line).rstrip())
            line = []
        elif 32 <= byte < 127:
            line += " " * (at + 1 - len(line))
            line[at] = chr(byte)
            at += 1
    return [*lines, "".join(line).rstrip()]
