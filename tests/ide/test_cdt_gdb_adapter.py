"""An IDE's session: the npm package cdt-gdb-adapter (the debug adapter of Eclipse CDT Cloud, Theia and the Arm extensions of
VS Code) with gdb-multiarch, against stock OpenOCD and against our server."""
import shutil

import pytest

from debug_adapter import DebugAdapter
from support import stock
from support.debugging import FIRMWARE, GdbServer, build_firmware
from support.probity import BUILD
from support.stock import HLA_V2_1

CHIP = "stm32f407vg"
SOURCE_LINES = (FIRMWARE / "firmware.c").read_text().splitlines()
SERVERS = ["stock", "ours"]


def line_of(text: str) -> int:
    found = [number for number, line in enumerate(SOURCE_LINES, 1) if line.strip() == text]
    assert len(found) == 1, (text, found)
    return found[0]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    return build_firmware(tmp_path_factory.mktemp("firmware"))


@pytest.fixture
def adapter():
    started = DebugAdapter()
    yield started
    started.close()


class Ide:
    """What a user does with buttons and panes, in requests."""

    def __init__(self, adapter: DebugAdapter):
        self.adapter = adapter
        capabilities = adapter.request("initialize", adapterID="gdbtarget", pathFormat="path", linesStartAt1=True,
                                       columnsStartAt1=True, supportsVariableType=True)
        assert capabilities["supportsConfigurationDoneRequest"]

    def begin(self, how: str, breakpoints: list[int], functions: list[str], **arguments):
        """launch or attach, the breakpoints, configurationDone."""
        started = self.adapter.send(how, gdb="gdb-multiarch", **arguments)
        self.adapter.event("initialized")
        self.breakpoints(breakpoints)
        answer = self.adapter.request("setFunctionBreakpoints", breakpoints=[{"name": name} for name in functions])
        assert all(b["verified"] for b in answer["breakpoints"])
        self.adapter.request("configurationDone")
        self.adapter.response(started)

    def breakpoints(self, lines: list[int]):
        answer = self.adapter.request("setBreakpoints", source={"name": "firmware.c", "path": str(FIRMWARE / "firmware.c")},
                                      breakpoints=[{"line": line} for line in lines])
        assert [(b["verified"], b["line"]) for b in answer["breakpoints"]] == [(True, line) for line in lines]

    def stopped(self, *reasons: str) -> list[dict]:
        """The frames, innermost first, after a stop for one of these reasons."""
        body = self.adapter.event("stopped")
        assert body["reason"] in reasons, body
        self.thread = body.get("threadId") or self.adapter.request("threads")["threads"][0]["id"]
        return self.adapter.request("stackTrace", threadId=self.thread)["stackFrames"]

    def go(self, command: str):
        self.adapter.request(command, threadId=self.thread)

    def variables(self, frame: dict, scope: str) -> dict[str, str]:
        scopes = self.adapter.request("scopes", frameId=frame["id"])["scopes"]
        reference = next(s["variablesReference"] for s in scopes if s["name"] == scope)
        return self.children(reference)

    def children(self, reference: int) -> dict[str, str]:
        answer = self.adapter.request("variables", variablesReference=reference)
        return {v["name"]: v["value"] for v in answer["variables"]}

    def evaluate(self, frame: dict, expression: str) -> dict:
        return self.adapter.request("evaluate", expression=expression, frameId=frame["id"], context="watch")


def names(frames: list[dict]) -> list[str]:
    return [frame["name"] for frame in frames]


def debug(ide: Ide):
    """From main's breakpoint on: steps, stack, variables, watch expressions, run, pause."""
    frames = ide.stopped("function breakpoint", "breakpoint")
    assert names(frames) == ["main"] and frames[0]["line"] == line_of("SYST_RVR = 16000 - 1;  // 1 ms at the 16 MHz HSI")
    ide.go("next")
    assert ide.stopped("step")[0]["line"] == line_of("SYST_CVR = 0;")
    ide.go("next")
    ide.stopped("step")
    ide.go("next")
    assert ide.stopped("step")[0]["line"] == line_of("one_round();")
    ide.go("stepIn")
    frames = ide.stopped("step")
    assert names(frames) == ["one_round", "main"]
    ide.go("continue")

    frames = ide.stopped("breakpoint")
    assert names(frames)[:3] == ["sum", "one_round", "main"] and frames[0]["line"] == line_of("total += values[i];")
    values = ide.variables(frames[0], "Local")
    assert (values["count"], values["i"], values["total"]) == ("10", "0", "0")
    ide.go("next")
    ide.stopped("step")
    ide.go("next")
    frames = ide.stopped("step")
    assert ide.variables(frames[0], "Local")["total"] == "1"
    ide.breakpoints([])
    ide.go("stepOut")
    assert names(ide.stopped("step"))[0] == "one_round"


def look(ide: Ide):
    """Registers, globals, structs, memory, in a paused program."""
    ide.breakpoints([line_of("applied = value;")])
    ide.go("continue")
    frames = ide.stopped("breakpoint")
    assert names(frames) == ["apply", "one_round", "main"]
    assert ide.variables(frames[0], "Local")["value"] == "16"
    assert ide.evaluate(frames[0], "numbers[9] + 1")["result"] == "56"
    assert ide.evaluate(frames[0], "a_colour")["result"] == "BLUE"
    assert ide.evaluate(frames[0], "text")["result"].startswith("\"Probity") or ide.evaluate(frames[0], "text")["variablesReference"]
    sensor = ide.evaluate(frames[0], "outside")
    fields = ide.children(sensor["variablesReference"])
    assert (fields["kind"][:1], fields["middle"], fields["gain"]) == ("2", "99", "0.5")
    registers = ide.variables(frames[0], "Registers")
    assert int(registers["pc"], 0) & ~1 == int(frames[0]["instructionPointerReference"], 0)
    memory = ide.adapter.request("readMemory", memoryReference="&constants", count=8)
    assert memory["data"] == "776t3nhWNBI="  # 0xDEADBEEF, 0x12345678
    ide.adapter.request("setVariable", variablesReference=sensor["variablesReference"], name="middle", value="7")
    assert ide.evaluate(frames[0], "outside.middle")["result"] == "7"
    ide.breakpoints([])


@pytest.mark.parametrize("who", SERVERS)
def test_attach_step_look_and_leave(vboard, tmp_path, programs, adapter, who):
    shutil.copy(programs / "O0-soft.flash", tmp_path / f"{CHIP}.flash")
    server = GdbServer(who, vboard(CHIP, probe=HLA_V2_1.probe))
    try:
        ide = Ide(adapter)
        ide.begin("attach", [line_of("total += values[i];")], ["main"], program=str(programs / "O0-soft.elf"),
                  target={"type": "extended-remote", "host": "localhost", "port": str(server.port)},
                  preRunCommands=["monitor reset halt", "maintenance flush register-cache"])
        debug(ide)
        look(ide)
        ide.go("continue")
        ide.go("pause")
        frames = ide.stopped("pause", "SIGINT")
        assert names(frames)[-1] == "main"
        assert int(ide.evaluate(frames[0], "rounds")["result"]) > 0
        adapter.request("disconnect")
        assert server.alive(), server.log()
    finally:
        server.stop()


@pytest.mark.parametrize("who", SERVERS)
def test_launch_loads_and_ends_the_server(vboard, programs, adapter, who):
    """The adapter starts the server itself, finds its port in what it prints, and has gdb load the program."""
    board = vboard(CHIP, probe=HLA_V2_1.probe)
    ide = Ide(adapter)
    ide.begin("launch", [line_of("total += values[i];")], ["main"], program=str(programs / "O0-soft.elf"),
              target={"type": "extended-remote", "server": str(stock.OPENOCD if who == "stock" else BUILD / "openocd"),
                      "serverParameters": [*HLA_V2_1.words(board), "-f", stock.target_file(CHIP), "-c",
                                           "gdb_port 0; telnet_port disabled; tcl_port disabled"],
                      "serverPortRegExp": "Listening on port ([0-9]+) for gdb connections"},
              initCommands=["monitor reset halt", "load", "monitor reset halt", "maintenance flush register-cache"])
    debug(ide)
    ide.go("continue")
    adapter.request("disconnect")
    assert "Loading section .text" in adapter.output
    assert "gdbserver killed by signal SIGTERM" in adapter.output or "gdbserver exited with code 0" in adapter.output
    assert board.stop() == 0 and board.stats()["probe errors"] == 0, board.log()
