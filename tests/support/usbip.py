"""A USB/IP 1.1.1 client as Linux's vhci-hcd and `usbip` are one (Documentation/usb/usbip_protocol.rst), and the lines of
vboard's control port."""
import dataclasses
import socket
import struct

VERSION = 0x0111
EPIPE, ECONNRESET = -32, -104
IN, OUT = 1, 0


@dataclasses.dataclass
class Device:
    path: str
    busid: str
    busnum: int
    devnum: int
    speed: int
    vendor: int
    product: int
    release: int
    device_class: tuple
    configuration: int
    configurations: int
    interface_count: int
    interfaces: list

    RECORD = ">256s32sIIIHHH3BBBB"
    SIZE = struct.calcsize(RECORD)

    @classmethod
    def parse(cls, record: bytes):
        path, busid, *numbers = struct.unpack(cls.RECORD, record)
        text = [field.rstrip(b"\0").decode() for field in (path, busid)]
        return cls(*text, *numbers[:6], tuple(numbers[6:9]), *numbers[9:12], [])


class Wire:
    """A TCP connection that reads exact numbers of bytes."""

    def __init__(self, port: int, timeout: float = 5):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)

    def send(self, data: bytes):
        self.socket.sendall(data)

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError(f"closed after {len(data)} of {count} bytes")
            data += piece
        return data

    def closed(self) -> bool:
        """Waits for the other side's end; False where it sends something first."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def silent(self, seconds: float = 0.2) -> bool:
        before = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(before)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def devices(port: int) -> list[Device]:
    """OP_REQ_DEVLIST; the server closes afterwards."""
    with Wire(port) as wire:
        wire.send(struct.pack(">HHI", VERSION, 0x8005, 0))
        version, code, status, count = struct.unpack(">HHII", wire.read(12))
        assert (version, code, status) == (VERSION, 0x0005, 0)
        found = []
        for _ in range(count):
            found.append(Device.parse(wire.read(Device.SIZE)))
            for _ in range(found[-1].interface_count):
                *interface, padding = wire.read(4)
                assert padding == 0
                found[-1].interfaces.append(tuple(interface))
        assert wire.closed()
        return found


class ImportRefused(Exception):
    pass


class Imported(Wire):
    """An imported device: its transfers. submit() sends one without waiting, reply() takes the next answer."""

    def __init__(self, port: int, busid: str):
        super().__init__(port)
        self.send(struct.pack(">HHI32s", VERSION, 0x8003, 0, busid.encode()))
        version, code, status = struct.unpack(">HHI", self.read(8))
        assert (version, code) == (VERSION, 0x0003)
        if status:
            assert self.closed()
            self.close()
            raise ImportRefused(status)
        self.device = Device.parse(self.read(Device.SIZE))
        self.devid = self.device.busnum << 16 | self.device.devnum
        self.seqnum = 0
        self.lengths_in: dict[int, bool] = {}

    def submit(self, endpoint: int, direction: int, length: int, data: bytes = b"", setup: bytes = bytes(8), packets: int = 0,
               flags: int = 0) -> int:
        self.seqnum += 1
        self.lengths_in[self.seqnum] = direction == IN
        self.send(struct.pack(">5I5I8s", 1, self.seqnum, self.devid, direction, endpoint, flags, length, 0, packets, 0, setup) + data)
        return self.seqnum

    def unlink(self, target: int) -> int:
        self.seqnum += 1
        self.send(struct.pack(">5II24x", 2, self.seqnum, self.devid, 0, 0, target))
        return self.seqnum

    def reply(self) -> tuple[int, int, int, bytes]:
        """(command, seqnum, status, data); data is the actual length's worth of an IN transfer, of an OUT transfer the length."""
        command, seqnum, *zeros, status, actual = struct.unpack(">5IiI20x", self.read(48))
        assert zeros == [0, 0, 0]
        if command == 4:
            return command, seqnum, status, b""
        assert command == 3
        return command, seqnum, status, self.read(actual) if self.lengths_in[seqnum] else actual

    def transfer(self, *args, **keywords):
        """One transfer to its end; (status, data)."""
        seqnum = self.submit(*args, **keywords)
        command, answered, status, data = self.reply()
        assert (command, answered) == (3, seqnum)
        return status, data

    def control_in(self, request_type: int, request: int, value: int, index: int, length: int):
        setup = struct.pack("<BBHHH", request_type, request, value, index, length)
        return self.transfer(0, IN, length, setup=setup)

    def control_out(self, request_type: int, request: int, value: int, index: int, data: bytes = b""):
        setup = struct.pack("<BBHHH", request_type, request, value, index, len(data))
        return self.transfer(0, OUT, len(data), data, setup=setup)

    def descriptor(self, kind: int, index: int = 0, length: int = 255, language: int = 0) -> bytes:
        status, data = self.control_in(0x80, 6, kind << 8 | index, language, length)
        assert status == 0, f"descriptor {kind}/{index}: status {status}"
        return data

    def string(self, index: int) -> str:
        data = self.descriptor(3, index, language=0x0409)
        assert data[0] == len(data) and data[1] == 3
        return data[2:].decode("utf-16-le")


class Control(Wire):
    """The control port: ask() sends a line and returns the lines of its answer without the closing "ok"."""

    def ask(self, line: str) -> list[str]:
        self.send(line.encode() + b"\n")
        answer = []
        while True:
            text = b""
            while not text.endswith(b"\n"):
                text += self.read(1)
            word = text.decode().rstrip("\n")
            if word == "ok":
                return answer
            if word.startswith("error: "):
                raise RuntimeError(word)
            answer.append(word)
