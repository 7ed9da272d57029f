"""Somebody at a bench, over telnet."""
import pytest

from support.served import ours, rendered


@pytest.fixture
def server(tmp_path):
    with_home = {"HOME": str(tmp_path)}
    served = ours("init; reset halt", cwd=tmp_path, env=with_home)
    yield served
    served.stop()


def test_greeting_and_results(server):
    telnet = server.telnet()
    assert telnet.greeting == b"\xff\xfb\x03\xff\xfb\x01\xff\xfd\x03\xff\xfe\x01Open On-Chip Debugger\r\n\r> "
    telnet.ask("mww 0x20000000 0x12345678")
    assert "0x20000000: 12345678" in telnet.ask("mdw 0x20000000")
    assert telnet.ask("set a 5") == "5\n"
    assert telnet.ask("nonsense").startswith('invalid command name "nonsense"')
    assert telnet.ask("echo hello") == "hello\n"
    assert telnet.ask("") == ""


def test_keys(server):
    telnet = server.telnet()
    telnet.send(b"echo bd\x1b[Dc\x02\x02a\x05e\r")
    assert telnet.until(b"abcde\r\n")
    telnet.until(telnet.PROMPT)
    telnet.send(b"\x1b[A")
    assert telnet.until(b"echo abcde")
    telnet.send(b"\x15dump_\t")
    assert telnet.until(b"dump_image ")
    telnet.send(b"\x03")
    assert b"^C" in telnet.until(telnet.PROMPT)
    assert telnet.ask("echo alive") == "alive\n"


def test_several_sessions_show_their_own_results_and_the_log(server):
    one, two = server.telnet(), server.telnet()
    one.until(b"accepting 'telnet' connection on tcp/%d\r\n> " % server.ports["telnet"])
    one.send(b"half a li\x02")
    one.until(b"half a li\x08")
    assert two.ask("set x result-of-two") == "result-of-two\n"
    assert two.ask("echo for-the-log") == "for-the-log\n"
    shown = rendered(b"> half a li\x08" + one.until(b"> half a li\x08"))
    assert shown[-2:] == ["for-the-log", "> half a li"]
    assert "result-of-two" not in "".join(shown)


@pytest.mark.parametrize("leave", [b"exit\r\n", b"\x04"])
def test_leaving_ends_only_the_session(server, leave):
    one, two = server.telnet(), server.telnet()
    one.send(leave)
    assert one.closed()
    assert two.ask("echo still-here").endswith("still-here\n")


def test_history_is_kept(server, tmp_path):
    one = server.telnet()
    one.ask("echo remembered")
    one.ask("set y 1")
    assert "echo remembered" in one.ask("history") or "echo remembered" in one.seen.decode()
    one.send(b"\x04")
    assert one.closed()
    server.wait_log("dropped 'telnet' connection")
    assert (tmp_path / ".openocd_history").read_text() == "echo remembered\nset y 1\n"
    two = server.telnet()
    two.send(b"\x10\x10")
    assert two.until(b"echo remembered")


def test_shutdown(server):
    one, two = server.telnet(), server.telnet()
    one.send(b"shutdown\r\n")
    assert one.closed() and two.closed()
    assert b"shutdown command invoked" in one.seen and b"shutdown command invoked" in two.seen
    assert server.wait() == 0


def test_debug_level_and_log_output(server, tmp_path):
    telnet = server.telnet()
    assert "debug_level: 3" in telnet.ask("debug_level 3")
    assert "Debug" not in telnet.ask("mdw 0x20000000")
    assert "debug_level: 2" in telnet.ask("debug_level 2")
    telnet.ask("log_output log.txt")
    telnet.ask("echo into-the-file")
    assert "into-the-file\n" in (tmp_path / "log.txt").read_text()


def test_polling_goes_on_and_tells(server):
    telnet = server.telnet()
    telnet.ask("mwh 0x20000000 0xbe00")  # bkpt
    telnet.ask("mwh 0x20000002 0xe7fe")
    telnet.send(b"resume 0x20000000\r\n")
    telnet.until(b"halted due to breakpoint")
