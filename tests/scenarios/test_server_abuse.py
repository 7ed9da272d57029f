"""Clients that mean harm, or do it: whatever they send, memory stays bounded and the others are served."""
import random
import resource
import socket
import threading
import time

import pytest

from support.served import ours

GIGABYTE = 1 << 30
BOUND = 120 * 1024  # KiB that the abuse may add to the program's peak


@pytest.fixture
def server(tmp_path):
    served = ours("init; reset halt", cwd=tmp_path, preexec_fn=open_files(1024))
    served.start_peak = served.memory_peak()
    yield served
    assert served.process.poll() is None, served.text[-2000:]
    assert served.memory_peak() - served.start_peak < BOUND
    served.stop()


def open_files(limit):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


@pytest.fixture(autouse=True)
def many_sockets_of_our_own():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def flood(connection, piece: bytes, amount: int):
    """Sends `amount` bytes and reads what comes, until all is sent or the other side has enough."""
    def drain():
        try:
            while connection.recv(1 << 20):
                pass
        except OSError:
            pass

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    try:
        for _ in range(amount // len(piece)):
            connection.sendall(piece)
    except OSError:
        pass
    connection.close()


def answers(server):
    """Another client is served."""
    tcl = server.tcl()
    assert tcl.ask("set alive 1") == "1"
    tcl.socket.close()


@pytest.mark.parametrize("name", ["telnet", "tcl", "gdb"])
def test_a_gigabyte_of_garbage(server, name):
    # Without what ends a line, a request or a session, or begins a packet: random_bytes has that.
    piece = bytes(random.Random(1).choices([c for c in range(256) if c not in b"\x03\x04\t\n\r\x1a#$%"], k=1 << 20))
    flooding = threading.Thread(target=flood, args=(server.connect(name), piece, GIGABYTE))
    flooding.start()
    while flooding.is_alive():
        answers(server)
        flooding.join(timeout=0.5)


@pytest.mark.parametrize("name", ["telnet", "tcl", "gdb"])
def test_random_bytes(server, name):
    for seed in range(3):
        flood(server.connect(name), random.Random(seed).randbytes(50_000), 50_000)
    answers(server)


def test_nothing_but_broken_packets(server):
    """Nobody is answered for ever who only sends what no GDB would."""
    for times, piece in enumerate((b"$m0,4#00", b"\x03", b"$" + b"x" * 20000 + b"#00"), start=1):
        flood(server.connect("gdb"), piece * (4_000_000 // len(piece)), GIGABYTE)
        server.wait_log(f"(?s)(nothing but broken packets comes, dropping the connection.*){{{times}}}")
    answers(server)


def test_five_hundred_connections(server):
    clients = []
    for name in ("telnet", "tcl", "gdb"):
        clients += [server.connect(name) for _ in range(500)]
    server.wait_log("rejected '(tcl|telnet)' connection")
    for client in clients:
        client.close()
    answers(server)


def test_more_connections_than_open_files(tmp_path):
    with ours("init", cwd=tmp_path, preexec_fn=open_files(40)) as served:
        clients = [served.connect("tcl") for _ in range(200)]
        served.wait_log("rejected 'tcl' connection")
        for client in clients:
            client.close()
        while served.text.count("dropped 'tcl'") < served.text.count("accepting 'tcl'"):
            time.sleep(0.02)
        answers(served)
        assert served.text.count("rejected") < 20


POST = b"POST / HTTP/1.1\r\nHost: localhost:4444\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n\r\nset pwned 1\r\n\x1aset pwned 1\x1a"

GET = b"GET /?set%20pwned HTTP/1.0\r\n\r\nset pwned 1\r\n\x1a"


@pytest.mark.parametrize("name,request_", [*((name, POST) for name in ("telnet", "tcl", "gdb")), ("telnet", POST[17:]), ("tcl", POST[17:]),
                                           ("telnet", GET), ("tcl", GET), ("gdb", GET)], ids=range(8))
def test_a_browser_is_refused(server, name, request_):
    client = server.connect(name)
    client.sendall(request_)
    try:
        while client.recv(4096):
            pass
    except ConnectionResetError:
        pass
    server.wait_log(f"{name}: 127.0.0.1:{client.getsockname()[1]} sent an HTTP request")
    assert server.tcl().ask("info exists pwned") == "0"


def test_half_messages(server):
    for name, half in (("telnet", b"mdw 0x2000"), ("telnet", b"\xff\xfa\x18"), ("tcl", b"set a {"), ("gdb", b"$m2000"), ("gdb", b"\x00")):
        client = server.connect(name)
        client.sendall(half)
        answers(server)
        client.close()


def test_a_long_line_is_not_run_in_part(server):
    telnet = server.telnet()
    telnet.send(b"set a 1;" + b"x" * 20000 + b"\r\n")
    assert b"the line has more than 10240 characters: it was not run" in telnet.until(b"not run\r\n")
    assert server.tcl().ask("info exists a") == "0"


def test_who_asks_much_lets_others_in(server):
    """A client that sent many requests at once gets its answers in turn with the others."""
    server.tcl().ask("set done 0")
    asking = server.connect("tcl")
    asking.sendall(b"string length [string repeat x 100000]; incr done\x1a" * 1000)
    assert int(server.tcl().ask("set done")) < 500


def test_a_client_that_never_reads(server):
    asking = server.connect("tcl")
    asking.settimeout(1)
    try:
        for _ in range(2000):
            asking.sendall(b"string repeat x 100000\x1a")
    except TimeoutError:
        pass  # it is not asked for more while it takes nothing
    answers(server)
    silent = server.connect("telnet")
    tcl = server.tcl()
    for _ in range(120):
        tcl.ask("echo [string repeat x 100000]")
    server.wait_log("does not take what is sent to it")
    answers(server)
    silent.close()
