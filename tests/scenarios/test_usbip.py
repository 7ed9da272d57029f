"""`vboard --serve usbip` and `--serve control` over real sockets, to a client of our own (support/usbip.py). The Linux kernel's
own client is asked in tests/usb."""
import socket
import struct
import time

import pytest

from support.usbip import ECONNRESET, EPIPE, IN, OUT, Control, Imported, ImportRefused, Wire, devices

SECOND = "stm32f746zg,probe=cmsis-dap-v2,voltage=1800"


@pytest.fixture
def bench(vboard):
    """Two boards: 1-1 an ST-LINK V2-1 on an F407, 1-2 a CMSIS-DAP v2 on an F746."""
    return vboard("stm32f407vg", "usbip", "control", board=SECOND, voltage=3100)


def usbip(bench) -> int:
    return bench.ports["usbip"]


def wait_for(condition, seconds: float = 5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def stlink(device: Imported, command: bytes, size: int) -> bytes:
    """A command block of an ST-LINK and its reply."""
    assert device.transfer(1, OUT, 16, command.ljust(16, b"\0")) == (0, 16)
    status, data = device.transfer(1, IN, size)
    assert status == 0
    return data


def test_list_of_two_boards(bench):
    first, second = devices(usbip(bench))
    assert (first.busid, first.busnum, first.devnum, first.speed) == ("1-1", 1, 1, 2)
    assert first.path == "/sys/devices/virtual/probity/usb1/1-1"
    assert (first.vendor, first.product, first.configuration, first.configurations) == (0x0483, 0x374B, 1, 1)
    assert first.device_class == (0xEF, 2, 1)  # it has interface associations
    assert first.interfaces[0][0] == 0xFF and (8, 6, 0x50) in first.interfaces  # debug, mass storage
    assert (second.busid, second.devnum) == ("1-2", 2)
    assert second.interfaces[0] == (0xFF, 0, 0)
    control = Control(bench.ports["control"])
    assert [line.split()[0:2] for line in control.ask("list")] == [["1-1", "stlink-v2-1"], ["1-2", "cmsis-dap-v2"]]


def test_descriptors(bench):
    for listed in devices(usbip(bench)):
        with Imported(usbip(bench), listed.busid) as device:
            assert len(device.descriptor(1, length=8)) == 8
            record = device.descriptor(1)
            assert len(record) == record[0] == 18
            assert struct.unpack_from("<HHH", record, 8) == (listed.vendor, listed.product, listed.release)
            head = device.descriptor(2, length=9)
            total = struct.unpack_from("<H", head, 2)[0]
            whole = device.descriptor(2, length=total)
            assert len(whole) == total and whole[:9] == head
            assert len(device.descriptor(2, length=4096)) == total
            seen, at = [], 0
            while at < total:
                if whole[at + 1] == 4:
                    seen.append(tuple(whole[at + 5:at + 8]))
                at += whole[at]
            assert at == total and seen == listed.interfaces
            assert device.descriptor(3) == b"\x04\x03\x09\x04"
            texts = [device.string(index) for index in record[14:17]]
            assert all(texts), texts


def test_stlink_commands(bench):
    with Imported(usbip(bench), "1-1") as device:
        assert device.control_out(0x00, 9, 1, 0) == (0, 0)  # SET_CONFIGURATION
        version, vendor, product = struct.unpack(">H", stlink(device, b"\xf1", 6)[:2]) + struct.unpack("<HH", stlink(device, b"\xf1", 6)[2:])
        assert (version >> 12, vendor, product) == (2, 0x0483, 0x374B)
        reference, measured = struct.unpack("<II", stlink(device, b"\xf7", 8))
        assert 2.4 * measured / reference == pytest.approx(3.1, abs=0.05)


def test_a_read_waits_and_is_unlinked(bench):
    with Imported(usbip(bench), "1-1") as device:
        waiting = device.submit(1, IN, 64)
        assert device.silent()
        unlink = device.unlink(waiting)
        assert device.reply() == (4, unlink, ECONNRESET, b"")
        second = device.submit(1, IN, 64)
        written = device.submit(1, OUT, 16, b"\xf1".ljust(16, b"\0"))
        assert device.reply()[1] == written
        command, seqnum, status, data = device.reply()
        assert (command, seqnum, status, len(data)) == (3, second, 0, 6)
        unlink = device.unlink(second)
        assert device.reply() == (4, unlink, 0, b"")  # it was answered before
        assert device.silent()


def test_an_unknown_control_request_stalls(bench):
    with Imported(usbip(bench), "1-1") as device:
        assert device.control_in(0xC0, 0x7E, 0, 0, 4) == (EPIPE, b"")
        assert device.control_in(0x80, 6, 0x6300, 0, 4) == (EPIPE, b"")
        assert device.descriptor(1)[0] == 18


def test_one_client_a_device(bench):
    with Imported(usbip(bench), "1-1") as first:
        with pytest.raises(ImportRefused):
            Imported(usbip(bench), "1-1")
        with pytest.raises(ImportRefused):
            Imported(usbip(bench), "1-9")
        with Imported(usbip(bench), "1-2") as second:  # another one at the same time
            assert devices(usbip(bench)) == []
            assert second.descriptor(1)[0] == first.descriptor(1)[0] == 18
        assert [d.busid for d in devices(usbip(bench))] == ["1-2"]


@pytest.mark.parametrize("way", ["closed", "reset", "in the middle of a transfer"])
def test_a_client_that_is_killed_leaves_a_free_device(bench, way):
    first = Imported(usbip(bench), "1-1")
    first.submit(1, IN, 64)
    first.transfer(0, IN, 18, setup=bytes.fromhex("8006000100001200"))
    if way == "reset":
        first.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif way != "closed":
        first.send(struct.pack(">5I5I8s", 1, 99, first.devid, OUT, 1, 0, 16, 0, 0, 0, bytes(8)) + b"\xf1")
        assert first.silent()
    first.close()
    wait_for(lambda: len(devices(usbip(bench))) == 2)
    with Imported(usbip(bench), "1-1") as next_one:
        assert len(stlink(next_one, b"\xf1", 6)) == 6
    bench.stop()
    assert ("in the middle of a request" in bench.log()) == (way == "in the middle of a transfer")


def test_unplug_and_plug(bench):
    control = Control(bench.ports["control"])
    with Imported(usbip(bench), "1-1") as device, Imported(usbip(bench), "1-2") as other:
        device.submit(1, IN, 64)
        assert control.ask("unplug 1-1") == []
        assert device.closed()  # without an answer to the read
        assert control.ask("list")[0].split()[3:] == ["unplugged", "free"]
        assert control.ask("list")[1].split()[3:] == ["plugged", "imported"]
        assert other.descriptor(1)[0] == 18
    wait_for(lambda: [d.busid for d in devices(usbip(bench))] == ["1-2"])
    with pytest.raises(ImportRefused):
        Imported(usbip(bench), "1-1")
    control.ask("plug 1-1")
    assert [d.busid for d in devices(usbip(bench))] == ["1-1", "1-2"]
    with Imported(usbip(bench), "1-1") as device:
        assert len(stlink(device, b"\xf1", 6)) == 6
    with pytest.raises(RuntimeError, match="no probe has the bus id '1-7'"):
        control.ask("unplug 1-7")
    with pytest.raises(RuntimeError, match="'hello' is not understood"):
        control.ask("hello")


def test_an_unplug_of_the_fault_plan(vboard):
    board = vboard("stm32f407vg", "usbip", "control", fault="unplug@usb:3")
    with Imported(usbip(board), "1-1") as device:
        assert len(stlink(device, b"\xf1", 6)) == 6
        device.submit(1, OUT, 16, b"\xf1".ljust(16, b"\0"))
        assert device.closed()
    assert devices(usbip(board)) == []
    control = Control(board.ports["control"])
    assert control.ask("list")[0].split()[3:] == ["unplugged", "free"]
    control.ask("plug 1-1")
    with Imported(usbip(board), "1-1") as device:
        assert len(stlink(device, b"\xf1", 6)) == 6
    board.stop()
    assert "usbip: 1-1: the virtual probe was unplugged" in board.log()


def test_an_unplug_that_is_planned_to_end(vboard):
    board = vboard("stm32f407vg", "usbip", fault="unplug=200@usb:1")
    with Imported(usbip(board), "1-1") as device:
        device.submit(1, OUT, 16, b"\xf1".ljust(16, b"\0"))
        assert device.closed()
    wait_for(lambda: [d.busid for d in devices(usbip(board))] == ["1-1"])
    with Imported(usbip(board), "1-1") as device:
        assert len(stlink(device, b"\xf1", 6)) == 6


GARBAGE = {
    b"GET / HTTP/1.1\r\n\r\n": "version 0x4745",
    struct.pack(">HHI", 0x0111, 0x8007, 0): "unknown request 0x8007",
    struct.pack(">HHI", 0x0106, 0x8005, 0): "version 0x0106",
    struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1" * 32): "a bus id that does not end",
}


def test_garbage_ends_its_connection_and_harms_no_other(bench):
    with Imported(usbip(bench), "1-1") as device:
        for request in GARBAGE:
            with Wire(usbip(bench)) as wire:
                wire.send(request)
                assert wire.closed()
            assert len(stlink(device, b"\xf1", 6)) == 6
        with Imported(usbip(bench), "1-2") as other:
            other.send(struct.pack(">5I5I8s", 1, 1, other.devid, OUT, 1, 0, 0xFFFFFFFF, 0, 0, 0, bytes(8)))
            assert other.closed()
        with Imported(usbip(bench), "1-2") as other:
            other.send(b"\xff" * 48)
            assert other.closed()
        with Wire(bench.ports["control"]) as wire:
            wire.send(b"x" * 5000)
            assert wire.closed()
        assert len(stlink(device, b"\xf1", 6)) == 6
    bench.stop()
    for message in [*GARBAGE.values(), "a transfer of 4294967295 bytes", "unknown command 0xffffffff", "control: a line of"]:
        assert message in bench.log(), bench.log()


def enter_swd(device: Imported):
    assert stlink(device, b"\xf2\x30\xa3", 2)[0] == 0x80


def write_word(device: Imported, address: int, value: int):
    assert device.transfer(1, OUT, 16, struct.pack("<BBIH8x", 0xF2, 0x08, address, 4)) == (0, 16)
    assert device.transfer(1, OUT, 4, struct.pack("<I", value)) == (0, 4)


def read_word(device: Imported, address: int) -> int:
    return struct.unpack("<I", stlink(device, struct.pack("<BBIH", 0xF2, 0x07, address, 4), 4))[0]


def test_flash_is_saved_when_a_client_leaves_and_on_demand(bench):
    FLASH_KEYR, FLASH_CR = 0x40023C04, 0x40023C10
    with Imported(usbip(bench), "1-1") as device:
        enter_swd(device)
        for register, value in ((FLASH_KEYR, 0x45670123), (FLASH_KEYR, 0xCDEF89AB), (FLASH_CR, 0x201), (0x08000000, 0x12345678)):
            write_word(device, register, value)
        assert read_word(device, 0x08000000) == 0x12345678
        with Control(bench.ports["control"]) as control:
            control.ask("save")
        assert bench.flash()[:4] == struct.pack("<I", 0x12345678)
        write_word(device, 0x08000004, 0x9ABCDEF0)
        assert bench.flash()[4:8] == b"\xff" * 4
    wait_for(lambda: bench.flash()[4:8] == struct.pack("<I", 0x9ABCDEF0))
    assert bench.stop() == 0


def test_power_cycle_empties_the_ram(bench):
    with Imported(usbip(bench), "1-1") as device, Control(bench.ports["control"]) as control:
        enter_swd(device)
        write_word(device, 0x20000000, 0x12345678)
        assert read_word(device, 0x20000000) == 0x12345678
        control.ask("power-cycle 1-1")
        enter_swd(device)
        assert read_word(device, 0x20000000) != 0x12345678


def test_another_address(vboard):
    board = vboard("stm32f407vg", "usbip", "control", bind="0.0.0.0")
    assert [d.busid for d in devices(usbip(board))] == ["1-1"]


def test_probes_of_a_kind_have_their_own_serial_numbers(vboard):
    board = vboard("stm32f407vg", "usbip", "control", board="stm32f429zi")
    with Control(board.ports["control"]) as control:
        rows = [line.split() for line in control.ask("list")]
    assert [row[:2] for row in rows] == [["1-1", "stlink-v2-1"], ["1-2", "stlink-v2-1"], ["1-3", "cmsis-dap-v2"]]
    assert len({row[2] for row in rows}) == 3
    for busid, _, serial, *_ in rows:
        with Imported(usbip(board), busid) as device:
            assert device.string(device.descriptor(1)[16]) == serial
