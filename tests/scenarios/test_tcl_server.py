"""Programs on the Tcl port."""
import pytest

from support.served import ours


@pytest.fixture
def server(tmp_path):
    served = ours("init; reset halt", cwd=tmp_path)
    yield served
    served.stop()


def test_requests_and_replies(server):
    tcl = server.tcl()
    assert tcl.ask("set a 5") == "5"
    assert tcl.ask("set a 1; set b 2") == "2"
    assert tcl.ask("") == ""
    assert tcl.ask("error failed") == "failed"
    assert tcl.ask("mww 0x20000000 0xcafe1234; read_memory 0x20000000 32 1") == "0xcafe1234"
    assert tcl.ask("proc f {} {\n  return {two\nlines}\n}\nf") == "two\nlines"
    tcl.socket.sendall(b"set c")
    tcl.socket.sendall(b" 7\x1aset d 8\x1a")
    assert (tcl.message(), tcl.message()) == ("7", "8")


def test_clients_share_the_interpreter_but_not_the_notifications(server):
    one, two = server.tcl(), server.tcl()
    one.ask("set shared 1")
    assert two.ask("set shared") == "1"
    assert one.ask("tcl_notifications on") == ""
    two.ask("resume; halt")
    messages = []
    while not messages or messages[-1] != "type target_event event halted\r\n":
        messages.append(one.message())
    assert "type target_state state halted\r\n" in messages
    assert two.ask("set shared") == "1"
    one.ask("tcl_notifications off")
    two.ask("resume; halt")
    assert one.ask("set shared 2") == "2"


def test_subscriptions_are_for_this_port(server):
    assert "can only be called from the tcl server" in server.telnet().ask("tcl_notifications on")


def test_large_and_too_large_requests(server):
    tcl = server.tcl()
    assert tcl.ask("string length {" + "x" * 1_000_000 + "}") == "1000000"
    assert tcl.ask("set big {" + "x" * 5_000_000 + "}").startswith("line too long")
    assert tcl.ask("info exists big") == "0"


def test_exit_and_shutdown(server):
    one, two = server.tcl(), server.tcl()
    assert one.ask("exit") == ""
    with pytest.raises(ConnectionError):
        one.message()
    two.send("shutdown")
    assert server.wait() == 0
