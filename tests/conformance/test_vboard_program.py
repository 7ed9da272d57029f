"""The `vboard` executable itself: its ports, its words, its end."""
import socket
import struct
import subprocess

from support.probity import BUILD


def talk(port: int, data: bytes) -> bytes:
    """Sends `data` and reads until the server closes or 2 s are over."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := s.recv(4096):
            answer += piece
        return answer


def refused(*words) -> str:
    done = subprocess.run([BUILD / "vboard", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_several_servers_on_one_board(vboard):
    board = vboard("stm32f407vg", "stlink-server", "cmsis-dap-tcp", "remote-bitbang")
    assert talk(board.ports["stlink-server"], b"\x01") == b"\x01\0\0\0"
    assert talk(board.ports["cmsis-dap-tcp"], b"DAP\0\x02\0\x01\0\x00\xfe") == b"DAP\0\x03\0\x02\0\x00\x01\x08"
    assert talk(board.ports["remote-bitbang"], b"0R4Q") in (b"0", b"1")
    assert talk(board.ports["stlink-server"], b"\x01") == b"\x01\0\0\0"  # and again
    assert board.stop() == 0
    assert board.stats()["JTAG clocks"] == 1


def test_a_malformed_request_is_named_and_closes_the_connection(vboard):
    board = vboard("stm32f407vg", "stlink-server", "cmsis-dap-tcp", "remote-bitbang")
    assert talk(board.ports["stlink-server"], b"\x77") == b""
    assert talk(board.ports["cmsis-dap-tcp"], b"GET / HTTP/1.1\r\n") == b""
    assert talk(board.ports["remote-bitbang"], b"?") == b""
    assert talk(board.ports["stlink-server"], struct.pack("<I", 5)) == b""  # cut off
    assert talk(board.ports["stlink-server"], b"\x01") == b"\x01\0\0\0"  # the next client is served
    board.stop()
    log = board.log()
    for expected in ("stlink-server: unknown command 0x77", "cmsis-dap-tcp: signature 0x20544547", "remote-bitbang: unknown request 0x3f",
                     "in the middle of a request"):
        assert expected in log, log


def test_an_unplugged_probe_is_gone_for_the_next_client(vboard):
    board = vboard("stm32f407vg", "stlink-server", fault="unplug@usb:1")
    opened = struct.pack("<II", 3, 1)
    command = struct.pack("<II16sII", 5, 1, b"\xf1", 1, 6)
    answer = talk(board.port, opened + command + b"\x01")
    assert struct.unpack_from("<I", answer, 8)[0] == 0x1003
    assert answer[-4:] == bytes(4)  # no device is left


def test_wrong_words_are_named(tmp_path):
    assert "stm32f999zz" in refused("--chip", "stm32f999zz", "--serve", "stlink-server:0")
    assert "--colour" in refused("--colour")
    assert "telnet:1" in refused("--chip", "stm32f407vg", "--serve", "telnet:1")
    small = tmp_path / "small.flash"
    small.write_bytes(b"\xff" * 100)
    assert str(small) in refused("--chip", "stm32f407vg", "--flash", small, "--serve", "stlink-server:0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port}" in refused("--chip", "stm32f407vg", "--serve", f"stlink-server:{port}")


def test_help_names_chips_and_probes():
    done = subprocess.run([BUILD / "vboard", "--help"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0
    for expected in ("stm32f407", "stlink-v3", "cmsis-dap-tcp"):
        assert expected in done.stdout
