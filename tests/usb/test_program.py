"""The build script's one line, through the kernel, libusb and hidraw, by us and by programs that are not ours."""
import pytest
from rack import Rack
from sessions import BASE, CHIP, PROBES, holds, image, program

from support.firmware import firmware


@pytest.fixture(scope="module", params=PROBES)
def board(request, guest, shared, tmp_path_factory):
    """One board behind each kind of probe, for all tests in turn."""
    board = Rack(guest, tmp_path_factory.mktemp("program"), f"{CHIP},probe={request.param}")
    board.probe, board.interface = request.param, PROBES[request.param]
    yield board
    board.close()


def test_our_package(board, guest, shared, user):
    """As an ordinary user: the rule that the package installs is enough."""
    content = firmware(20001, seed=1)
    text = guest.check(*program(board.interface, image(shared, content)), user=user)
    assert text.count("** Verified OK **") == 1
    assert holds(board.flash(), content)


def test_stock_openocd(board, guest, shared):
    content = firmware(5000, seed=2)
    text = guest.check(*program(board.interface, image(shared, content), openocd="openocd.stock"))
    assert text.count("** Verified OK **") == 1
    assert board.flash()[:len(content)] == content


def test_st_flash(board, guest, shared):
    if not board.probe.startswith("stlink"):
        pytest.skip("st-flash drives ST-LINK only")
    content = firmware(12288, seed=3)
    (shared / "image.bin").write_bytes(content)
    text = guest.check("st-flash", "--reset", "write", shared / "image.bin", f"{BASE:#x}")
    assert "jolly good" in text
    assert board.flash()[:len(content)] == content


def test_st_info(board, guest):
    if not board.probe.startswith("stlink"):
        pytest.skip("st-info knows ST-LINK only")
    text = guest.check("st-info", "--probe")
    assert "Found 1 stlink programmers" in text
    assert "chipid:     0x413" in text.replace("0x0413", "0x413")
    assert "flash:      1048576" in text
