"""Runs one gdb script against stock OpenOCD and against our server, each on a virtual board of its own, and compares."""
import pathlib
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from support.debugging import GdbServer, Step, run_script, server_commands
from support.stock import WIRES
from support.vboard import Vboard

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
WIRE = {wire.name: wire for wire in WIRES}
CHIP = "stm32f407vg"


@dataclass(frozen=True)
class Lines:
    """Lines that only one of the two prints, anywhere, and why: `pattern` in what `who` prints counts as `becomes`."""
    who: str
    pattern: str
    becomes: str
    reason: str

    def without(self, who: str, text: str) -> str:
        return re.sub(self.pattern, self.becomes, text, flags=re.MULTILINE) if who == self.who else text


@dataclass(frozen=True)
class Difference:
    """One that is allowed, and why: after `command` in `script`, what stock prints where ours prints something else. Three
    regular expressions, each for the whole of its text; `wire` says which wires' names begin so."""
    script: str
    command: str
    stock: str
    ours: str
    reason: str
    wire: str = ""

    def explains(self, script: str, wire: str, command: str, stock: str, ours: str) -> bool:
        return (script == self.script and wire.startswith(self.wire)
                and all(re.fullmatch(pattern, text, re.DOTALL)
                        for pattern, text in ((self.command, command), (self.stock, stock), (self.ours, ours))))


@dataclass
class Session:
    """What one server's run left."""
    steps: dict[str, list[Step]]  # by script
    log: str
    board_log: str
    board_errors: int


def session(who: str, scripts: list[str], variant: str, wire: str, programs: pathlib.Path, folder: pathlib.Path) -> Session:
    """The scripts one after another against one server; the board holds the program, but for the script "load"."""
    folder.mkdir()
    if scripts[0] != "load":
        shutil.copy(programs / f"{variant}.flash", folder / f"{CHIP}.flash")
    board = Vboard(folder, CHIP, probe=WIRE[wire].probe)
    texts = {name: (SCRIPTS / f"{name}.gdb").read_text() for name in scripts}
    try:
        server = GdbServer(who, board, WIRE[wire], *server_commands(texts[scripts[0]]))
        try:
            elf = programs / f"{variant}.elf"
            steps = {name: run_script(text, f"{variant} {who}", elf, server.port, folder) for name, text in texts.items()}
            assert server.alive(), server.log()
        finally:
            server.stop()
    finally:
        board.stop()
    return Session(steps, server.log(), board.log(), int(board.stats()["probe errors"]))


def both(scripts: list[str], variant: str, wire: str, programs: pathlib.Path, folder: pathlib.Path) -> dict[str, Session]:
    with ThreadPoolExecutor() as pool:
        running = {who: pool.submit(session, who, scripts, variant, wire, programs, folder / who) for who in ("stock", "ours")}
        return {who: future.result() for who, future in running.items()}


def findings(runs: dict[str, Session], wire: str, lines: list[Lines], differences: list[Difference], used: set) -> str:
    """What is wrong, as text: commands whose output differs for no reason given (those met are added to `used`), and
    expectations not met by ours, or by stock where nothing says that it differs."""
    found = ""
    for script, steps in runs["stock"].steps.items():
        for stock, ours in zip(steps, runs["ours"].steps[script], strict=True):
            left = {"stock": stock.output, "ours": ours.output}
            for rule in lines:
                after = {who: rule.without(who, text) for who, text in left.items()}
                used.update([rule] if after != left else [])
                left = after
            same = stock.timed or left["stock"] == left["ours"]
            reasons = [] if same else [d for d in differences
                                       if d.explains(script, wire, stock.command, left["stock"], left["ours"])]
            used.update(reasons)
            for who, step in (("ours", ours), ("stock", stock)):
                if (pattern := step.missing()) is not None and not (who == "stock" and reasons):
                    found += f"{script}: +{step.command}\n--- {who} lacks {pattern}\n{step.output}"
            if not same and not reasons:
                found += f"{script}: +{stock.command}\n--- stock\n{stock.output}--- ours\n{ours.output}"
    return found
