"""A program that speaks through the ITM, heard through each probe: in a file, on a TCP port, by the Tcl port."""
import socket

import pytest

from support import swo
from support.probity import Bench
from support.served import ours

PROBES = [("stlink-v2", "stlink", 2_000_000), ("stlink-v2-1", "stlink", 2_000_000), ("stlink-v2-1", "stlink-dap", 2_000_000),
          ("stlink-v3", "stlink", 4_000_000), ("stlink-v3", "stlink-dap", 4_000_000), ("cmsis-dap-v1", "cmsis-dap", 1_000_000),
          ("cmsis-dap-v2", "cmsis-dap", 2_000_000)]
DISABLE = "stm32f4x.tpiu disable"


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "bench", probe="stlink-v2-1")


@pytest.mark.parametrize("probe,interface,pin", PROBES)
def test_file(tmp_path, probe, interface, pin):
    bench = Bench(tmp_path / "bench", interface=f"interface/{interface}.cfg", probe=probe)
    before = ["transport select swd"] if interface == "cmsis-dap" else []
    result = bench.run(swo.enable("out.bin", pin), *swo.PROGRAM, *swo.RUN, DISABLE, "shutdown", before=before)
    assert result.status == 0, result.text
    assert (bench.folder / "out.bin").read_bytes() == swo.ALL


def test_manchester(tmp_path):
    bench = Bench(tmp_path / "bench", interface="interface/cmsis-dap.cfg", probe="cmsis-dap-v2")
    result = bench.run(swo.enable("out.bin", more="-protocol manchester"), *swo.PROGRAM, *swo.RUN, "shutdown",
                       before=["transport select swd"])
    assert result.status == 0, result.text
    assert (bench.folder / "out.bin").read_bytes() == swo.ALL


def test_old_spelling(bench):
    result = bench.run(f"tpiu config internal out.bin uart off {swo.CLOCK} 2000000", *swo.PROGRAM, *swo.RUN, "tpiu config disable",
                       "shutdown")
    assert result.status == 0, result.text
    said = "Info : DEPRECATED 'tpiu config' command: "
    configured = f"-protocol uart -traceclk {swo.CLOCK} -pin-freq 2000000 -output out.bin -formatter off"
    assert [line for line in result.lines if "DEPRECATED" in line] == [
        f"{said}Using stm32f4x.tpiu", f"{said}Running: 'stm32f4x.tpiu configure {configured}'",
        f"{said}Running: 'stm32f4x.tpiu enable'", f"{said}Using stm32f4x.tpiu", f"{said}Running: 'stm32f4x.tpiu disable'"]
    assert (bench.folder / "out.bin").read_bytes() == swo.ALL


def test_across_resets_until_disabled(bench):
    result = bench.run(swo.enable("out.bin"), *swo.PROGRAM, *swo.RUN, *swo.RUN, "reset halt", "resume", "sleep 20", DISABLE,
                       "reset run", "sleep 50", "shutdown")
    assert result.status == 0, result.text
    heard = (bench.folder / "out.bin").read_bytes()
    assert heard.startswith(2 * swo.ALL)
    third = heard[2 * len(swo.ALL):]
    assert 15 * 18 < len(third) < 25 * 18 and swo.ALL.startswith(third)


@pytest.mark.parametrize("end", [[DISABLE, "shutdown"], ["shutdown"]], ids=["disable", "shutdown"])
def test_end_brings_what_the_probe_holds(bench, end):
    result = bench.run(swo.enable("out.bin"), "init", "reset halt", "itm port 0 on", "mwb 0xe0000000 0x41", *end)  # said by us
    assert result.status == 0, result.text
    assert (bench.folder / "out.bin").read_bytes() == b"\x01A"


def test_unplugged_while_it_captures(tmp_path):
    bench = Bench(tmp_path / "bench", probe="stlink-v2-1", fault="unplug@usb:400")
    result = bench.run(swo.enable("out.bin"), *swo.PROGRAM, *swo.RUN, "shutdown")
    assert "Error: capturing the trace of stm32f4x.tpiu; it ends here" in result.lines, result.text
    assert "Failed to stop" not in result.text
    heard = (bench.folder / "out.bin").read_bytes()
    assert heard and swo.ALL.startswith(heard)


def test_wrong_trace_clock_is_garbage(bench):
    result = bench.run(swo.enable("out.bin", clock=24_000_000), *swo.PROGRAM, *swo.RUN, DISABLE, "shutdown")
    assert result.status == 0, result.text
    assert b"line" not in (bench.folder / "out.bin").read_bytes()


@pytest.mark.parametrize("options,said", [
    ({"clock": 0}, "Trace clock-in frequency not set"),
    ({"pin": 7_000_000}, "ST-LINK doesn't support SWO frequency higher than 2000000"),
    ({"pin": 1_500_000}, "SWO frequency is not suitable"),
    ({"more": "-protocol manchester"}, "The attached ST-LINK version doesn't support this trace mode"),
    ({"more": "-output nowhere/out.bin"}, 'Can\'t open trace destination file "nowhere/out.bin"'),
    ({"more": "-output :0"}, "Invalid TCP port '0'")])
def test_what_cannot_be_is_said(bench, options, said):
    result = bench.run(swo.enable("out.bin", **options), "init", "shutdown")
    assert result.status == 1
    assert said in result.errors(), result.text


def test_events_and_the_old_one_of_targets(bench):
    events = [f"stm32f4x.tpiu configure -event {name} {{echo {name}}}"
              for name in ("pre-enable", "post-enable", "pre-disable", "post-disable")]
    result = bench.run("stm32f4x.cpu configure -event trace-config {echo trace-config}", *events,
                       "stm32f4x.tpiu configure -protocol uart -traceclk 16000000 -pin-freq 2000000 -output external",
                       "init", "stm32f4x.tpiu enable", DISABLE, "shutdown")
    assert result.status == 0, result.text
    assert "Info : DEPRECATED target event trace-config; use TPIU events {pre,post}-{enable,disable}" in result.lines
    assert [line for line in result.lines if line in ("pre-enable", "post-enable", "pre-disable", "post-disable", "trace-config")] == [
        "pre-enable", "post-enable", "trace-config", "pre-disable", "post-disable", "trace-config"]


def read_all(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size and (piece := connection.recv(65536)):
        received += piece
    return received


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_tcp_clients_and_the_tcl_port(tmp_path):
    port = free_port()
    with ours(swo.enable(f":{port}"), *swo.PROGRAM, cwd=tmp_path, wait_for=("tpiu_swo_trace", "telnet", "tcl")) as server:
        server.wait_log("wrote 264 bytes")
        assert server.ports["tpiu_swo_trace"] == port
        clients = [server.connect("tpiu_swo_trace") for _ in range(2)]
        tcl, commander = server.tcl(), server.tcl()
        assert tcl.ask("tcl_trace on") == ""
        commander.ask("; ".join(swo.RUN))
        for client in clients:
            assert read_all(client, len(swo.ALL)) == swo.ALL
        heard = b""
        while len(heard) < len(swo.ALL):
            text = tcl.message()
            assert text.startswith("type target_trace data ") and text.endswith("\r\n")
            heard += bytes.fromhex(text.split()[-1])
        assert heard == swo.ALL
        assert commander.ask(DISABLE) == ""
        assert clients[0].recv(1) == b""
