"""GDB servers (ours and stock OpenOCD) on a virtual board, and gdb-multiarch running a script against one of them."""
import os
import pathlib
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field

from support import stock
from support.probity import BUILD, SOURCE
from support.stock import HLA_V2_1, Wire
from support.vboard import Vboard

FIRMWARE = SOURCE / "tests/gdb/firmware"
VARIANTS = ["O0-soft", "O2-soft", "O0-hard", "O2-hard"]
GDB = ["gdb-multiarch", "-nx", "-q", "-iex", "set width 0", "-iex", "set height 0", "-iex", "set confirm off",
       "-iex", "set print entry-values no"]


def build_firmware(folder: pathlib.Path) -> pathlib.Path:
    """Builds every variant of tests/gdb/firmware into `folder`: VARIANT.elf, and VARIANT.flash, a chip that holds it."""
    subprocess.run(["sh", FIRMWARE / "build.sh", folder], check=True)
    for variant in VARIANTS:
        elf = folder / f"{variant}.elf"
        image = folder / f"{variant}.flash"
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", "-j", ".vectors", "-j", ".text", "-j",
                        ".rodata", "-j", ".data", elf, image], check=True)
        image.write_bytes(image.read_bytes().ljust(1 << 20, b"\xff"))
    return folder


class GdbServer:
    """A running server ("ours" or "stock") for a board; its GDB port is `port`."""

    def __init__(self, who: str, board: Vboard, wire: Wire = HLA_V2_1, *commands: str):
        program = stock.OPENOCD if who == "stock" else BUILD / "openocd"
        words = [program, *wire.words(board), "-f", stock.target_file(board.chip),
                 "-c", "gdb_port 0; telnet_port disabled; tcl_port disabled"]
        for command in commands:
            words += ["-c", command]
        environment = {k: v for k, v in os.environ.items() if k not in ("OPENOCD_SCRIPTS", "PROBITY_VIRTUAL")}
        self.log_file = board.flash_file.with_suffix(f".{who}-log")
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(list(map(str, words)), env=environment | {"HOME": "/nonexistent"},
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.port = self._wait_for_port()

    def _wait_for_port(self, seconds=10) -> int:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(r"Listening on port (\d+) for gdb connections", self.log()):
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        self.stop()
        raise RuntimeError(f"no GDB port: {self.log()}")

    def wait_for_ports(self, count: int, seconds=10):
        """Until that many GDB ports are there."""
        deadline = time.monotonic() + seconds
        while self.log().count("for gdb connections") < count:
            assert time.monotonic() < deadline and self.alive(), self.log()
            time.sleep(0.01)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> int:
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@dataclass
class Step:
    """One command of a script, what its transcript must hold (regular expressions, in order), and what it printed. What is
    `timed` need not be the same twice."""
    command: str
    expected: list[str] = field(default_factory=list)
    timed: bool = False
    output: str = ""

    def missing(self) -> str | None:
        """The first expectation that is not met."""
        at = 0
        for pattern in self.expected:
            found = re.compile(pattern, re.MULTILINE).search(self.output, at)
            if not found:
                return pattern
            at = found.end()
        return None


BLOCK = re.compile(r"(commands|define|document|while|if|python)\b")


def parse(script: str, circumstances: str) -> list[Step]:
    """The steps of a script: `#= RE` is expected of the command before it, `#O2= RE` only where the circumstances
    (variant and server: "O2-soft ours") hold "O2"; `#~ WHY` says that its output depends on time. The body of a block belongs to the command that opens it."""
    steps: list[Step] = []
    depth = 0
    for line in script.splitlines():
        if found := re.match(r"#(\w*)= (.*)", line):
            if found[1] in circumstances:
                steps[-1].expected.append(found[2])
        elif line.startswith("#~ "):
            steps[-1].timed = True
        elif (line.startswith("#") and depth == 0) or not line.strip():
            continue
        elif depth == 0:
            steps.append(Step(line))
            depth = 1 if BLOCK.match(line) else 0
        else:
            steps[-1].command += "\n" + line
            word = line.strip()
            depth += 1 if BLOCK.match(word) else -1 if word == "end" else 0
    return steps


def server_commands(script: str) -> list[str]:
    """What the server is to be started with: lines "#server COMMAND"."""
    return re.findall(r"^#server (.*)", script, re.MULTILINE)


def run_script(script: str, circumstances: str, elf: pathlib.Path, port: int, folder: pathlib.Path, timeout=60) -> list[Step]:
    """Feeds a script to gdb's standard input, where an error does not end it, and returns its steps with their output.
    PORT in the script is the server's port."""
    steps = parse(script, circumstances)
    text = "\n".join(step.command for step in steps).replace("PORT", str(port)) + "\n"
    done = subprocess.run([*GDB, "-iex", "set prompt", "-iex", "set trace-commands on", elf], input=text, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, errors="replace")
    transcript = re.sub(r"Transfer rate: \d+ ([KMB]+|bytes)/sec", "Transfer rate: N/sec", done.stdout.replace(f":{port}", ":PORT"))
    _distribute(transcript, steps)
    return steps


def _distribute(transcript: str, steps: list[Step]):
    """Cuts a transcript at the commands that gdb echoes."""
    current = None
    waiting = iter(steps)
    following = next(waiting, None)
    for line in transcript.splitlines(keepends=True):
        if following and line.lstrip("> ") == "+" + following.command.splitlines()[0] + "\n":  # "> " prompts in a block
            current, following = following, next(waiting, None)
        elif current:
            current.output += line
