"""Which ports are opened, when, and what happens where one cannot be had."""
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from support.debugging import GdbServer
from support.probity import BUILD, run
from support.served import ours
from support.vboard import Vboard


def lines(text):
    return [line for line in text.splitlines() if "Listening" in line or "afterinit" in line or "starting gdb" in line]


def test_in_the_order_of_openocd(tmp_path):
    served = ours(cwd=tmp_path)
    served.stop()
    port = served.ports
    assert lines(served.text) == [f"Info : Listening on port {port['tcl']} for tcl connections",
                                  f"Info : Listening on port {port['telnet']} for telnet connections",
                                  "Info : starting gdb server for stm32f4x.cpu on 0",
                                  f"Info : Listening on port {port['gdb']} for gdb connections"]
    served = ours("init", "echo afterinit", cwd=tmp_path)
    served.stop()
    port = served.ports
    assert lines(served.text) == ["Info : starting gdb server for stm32f4x.cpu on 0",
                                  f"Info : Listening on port {port['gdb']} for gdb connections", "afterinit",
                                  f"Info : Listening on port {port['tcl']} for tcl connections",
                                  f"Info : Listening on port {port['telnet']} for telnet connections"]


def test_a_port_in_use_is_told_with_its_holder(tmp_path):
    first = ours(cwd=tmp_path)
    try:
        for name, status in (("telnet", 1), ("tcl", 1)):
            port = first.ports[name]
            settings = {"telnet": 0, "tcl": 0, "gdb": 0} | {name: port}
            words = "; ".join(f"{key}_port {value}" for key, value in settings.items())
            second = ours(cwd=tmp_path, ports=words, wait_for=())
            assert second.wait() == status
            assert f"Error: couldn't bind {name} to socket on port {port}: Address already in use; " in second.text
            assert f"(process {first.process.pid}) has it" in second.text
        # As stock OpenOCD, which serves without GDB.
        second = ours(cwd=tmp_path, ports=f"gdb_port {first.ports['gdb']}; tcl_port 0; telnet_port 0", wait_for=("tcl",))
        second.wait_log(r"couldn't bind gdb to socket on port \d+: Address already in use; ")
        assert second.tcl().ask("set a 1") == "1"
        second.stop()
    finally:
        first.stop()


def test_the_same_ports_again_at_once(tmp_path):
    first = ours(cwd=tmp_path)
    ports = "; ".join(f"{name}_port {number}" for name, number in first.ports.items())
    clients = [first.telnet(), first.tcl()]
    assert first.stop() == -15
    for _ in range(3):
        again = ours(cwd=tmp_path, ports=ports)
        clients.append(again.tcl())
        assert again.stop() == -15


def test_an_idle_server_leaves_the_processor_alone(tmp_path):
    """With a real clock; a virtual board in the same process has a program to run."""
    def ticks(process):
        user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]  # proc(5)
        return int(user) + int(system)
    board = Vboard(tmp_path, "stm32f407vg", pace="real")
    server = GdbServer("ours", board)
    try:
        before = ticks(server.process)
        time.sleep(1)
        assert ticks(server.process) - before < 0.1 * os.sysconf("SC_CLK_TCK")
    finally:
        server.stop()
        board.stop()


def test_children_of_scripts_do_not_keep_the_port(tmp_path):
    first = ours("init", "exec sleep 30 > /dev/null 2> /dev/null &", cwd=tmp_path)
    tcl = first.tcl()
    child = int(tcl.ask("exec sleep 30 > /dev/null 2> /dev/null &"))
    ports = "; ".join(f"{name}_port {number}" for name, number in first.ports.items())
    first.stop()
    ours(cwd=tmp_path, ports=ports).stop()
    subprocess.run(["kill", str(child)], check=True)


@pytest.mark.parametrize("name,address", [("0.0.0.0", "127.0.0.1"), ("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")])
def test_bindto(tmp_path, name, address):
    served = ours(f"bindto {name}", cwd=tmp_path)
    try:
        socket.create_connection((address, served.ports["tcl"]), timeout=5).close()
        if name == "127.0.0.2":
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", served.ports["tcl"]), timeout=5)
    finally:
        served.stop()


def test_bindto_nonsense(tmp_path):
    served = ours("bindto nonsense.invalid", cwd=tmp_path, wait_for=())
    assert served.wait() == 1
    assert "Error: couldn't resolve bindto address: nonsense.invalid" in served.text


def test_disabled(tmp_path):
    served = ours(cwd=tmp_path, ports="gdb_port disabled; telnet_port disabled; tcl_port disabled", wait_for=())
    served.wait_log("gdb port disabled")
    assert "Info : tcl server disabled\nInfo : telnet server disabled\n" in served.text
    served.stop()


def test_a_pipe_ends_the_program_when_it_closes(tmp_path):
    done = subprocess.run([BUILD / "openocd", "--virtual", "stm32f407vg", "-c", "gdb_port 0; telnet_port 0; tcl_port pipe", "-f",
                           "interface/stlink.cfg", "-f", "target/stm32f4x.cfg"], input=b"set a 5\x1aset b 6\x1a", cwd=tmp_path,
                          capture_output=True, timeout=20, env={"HOME": "/nonexistent"})
    assert done.stdout == b"5\x1a6\x1a"
    assert done.returncode == 0
    assert b"accepting 'tcl' connection from pipe" in done.stderr
