"""Our program against `vboard` over real sockets, and against servers that vanish or fall silent in the middle."""
import socket
import threading
import time
from dataclasses import dataclass

import pytest

from support import probity
from support.firmware import firmware, write_elf


@dataclass(frozen=True)
class Way:
    server: str
    words: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


def commands(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in ("-c", line))


HLA = ("-f", "interface/stlink.cfg", "-c", "hla_stlink_backend tcp {port}")
DAPDIRECT = ("-f", "interface/stlink-dap.cfg", "-c", "st-link backend tcp {port}")
BITBANG = commands("adapter driver remote_bitbang", "remote_bitbang host 127.0.0.1", "remote_bitbang port {port}")
WAYS = {
    "hla": Way("stlink-server", HLA),
    "hla V2": Way("stlink-server", HLA, (("probe", "stlink-v2"),)),
    "hla V3": Way("stlink-server", HLA, (("probe", "stlink-v3"),)),
    "hla jtag": Way("stlink-server", HLA + commands("transport select hla_jtag")),
    "dapdirect": Way("stlink-server", DAPDIRECT),
    "dapdirect V3": Way("stlink-server", DAPDIRECT, (("probe", "stlink-v3"),)),
    "dapdirect jtag": Way("stlink-server", DAPDIRECT + commands("transport select dapdirect_jtag")),
    "cmsis-dap swd": Way("cmsis-dap-tcp", ("-f", "interface/cmsis-dap.cfg") + commands(
        "cmsis-dap backend tcp", "cmsis-dap tcp host 127.0.0.1", "cmsis-dap tcp port {port}", "transport select swd")),
    "cmsis-dap jtag": Way("cmsis-dap-tcp", ("-f", "interface/cmsis-dap.cfg") + commands(
        "cmsis-dap backend tcp", "cmsis-dap tcp host 127.0.0.1", "cmsis-dap tcp port {port}", "transport select jtag")),
    "bitbang jtag": Way("remote-bitbang", BITBANG + commands("transport select jtag")),
    "bitbang swd": Way("remote-bitbang", BITBANG + commands("transport select swd")),
}


def program(way: Way, port: int, folder, file="a.elf"):
    words = [word.format(port=port) for word in way.words]
    return probity.run(*words, "-f", "target/stm32f4x.cfg", "-c", f"program {file} verify reset exit", cwd=folder)


@pytest.mark.parametrize("name", WAYS)
def test_program_over_a_socket(vboard, tmp_path, name):
    way = WAYS[name]
    image = firmware(3001)
    write_elf(tmp_path / "a.elf", [(0x08000000, image)])
    board = vboard("stm32f407vg", way.server, **dict(way.options))
    result = program(way, board.port, tmp_path)
    assert result.status == 0, result.text + board.log()
    assert "** Verified OK **" in result.lines
    again = program(way, board.port, tmp_path)  # the next client finds a board in order
    assert again.status == 0, again.text
    assert board.stop() == 0, board.log()
    assert board.flash() == image + b"\xff" * ((1 << 20) - len(image))


class Relay:
    """Passes one connection on to `port` until the client has sent `limit` bytes; then closes it, or (`silent`) passes
    nothing back any more."""

    def __init__(self, port: int, limit: int, silent: bool):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.behind, self.limit, self.silent = port, limit, silent
        self.reached = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.behind))
        threading.Thread(target=self._back, args=(server, client), daemon=True).start()
        sent = 0
        while data := client.recv(4096):
            sent += len(data)
            if sent >= self.limit and not self.reached:
                self.reached = True
                if not self.silent:
                    break
            if not self.reached:
                server.sendall(data)
        for end in (client, server):
            end.close()

    def _back(self, server, client):
        try:
            while data := server.recv(4096):
                client.sendall(data)
        except OSError:
            pass

    def close(self):
        self.listener.close()


ONE_EACH = ["hla", "dapdirect", "cmsis-dap swd", "bitbang jtag", "bitbang swd"]


# A silent server costs its real time-out: once a protocol.
@pytest.mark.parametrize("name,limit,silent", [(name, limit, False) for name in ONE_EACH for limit in (40, 6000)] +
                         [(name, 6000, True) for name in ("hla", "cmsis-dap swd", "bitbang swd")])
def test_server_that_is_gone_in_the_middle(vboard, tmp_path, name, limit, silent):
    way = WAYS[name]
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(30000))])
    board = vboard("stm32f407vg", way.server)
    relay = Relay(board.port, limit, silent)
    result = program(way, relay.port, tmp_path)
    relay.close()
    assert relay.reached, result.text
    assert result.status == 1, result.text
    assert "** Verified OK **" not in result.text
    errors = result.errors()
    words = ("was silent for",) if silent else ("closed the connection", "reset by peer", "Broken pipe")
    assert any(f"127.0.0.1:{relay.port}" in line and any(word in line for word in words) for line in errors.splitlines()), result.text
    assert len(result.lines) < 60, result.text


@pytest.mark.parametrize("name", ONE_EACH)
def test_board_that_is_killed(vboard, tmp_path, name):
    way = WAYS[name]
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(200000))])
    board = vboard("stm32f407vg", way.server, pace="real")

    def kill():
        time.sleep(0.4)
        board.process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    result = program(way, board.port, tmp_path)
    killer.join()
    assert result.status == 1, result.text
    assert result.errors() and "** Verified OK **" not in result.text


@pytest.mark.parametrize("name", ONE_EACH)
def test_nobody_listens(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    write_elf(tmp_path / "a.elf", [(0x08000000, firmware(100))])
    result = program(WAYS[name], port, tmp_path)
    assert result.status == 1
    assert str(port) in result.errors() and "refused" in result.errors(), result.text
