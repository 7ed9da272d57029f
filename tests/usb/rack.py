"""Virtual boards on the host, served over USB/IP and attached to the guest's USB."""
import pathlib
import signal
import socket
import subprocess

from support.probity import BUILD
from support.vboard import LISTENING

HOST = "10.0.2.2"  # the host, as QEMU's user network shows it to the guest


class Rack:
    """Boards given by `--board` specs without flash=; board N (from 0) keeps its flash in a file, and its probe has USB/IP's
    bus id "1-<N+1>". All are attached to the guest in order, so that their USB path in the guest is the same, unless
    `attached` is false."""

    def __init__(self, guest, folder: pathlib.Path, *specs: str, attached=True):
        self.guest = guest
        self.flash_files = [folder / f"flash-{number}" for number in range(len(specs))]
        self.log_file = folder / "vboard.log"
        command = [BUILD / "vboard", "--serve", "usbip:0", "--serve", "control:0"]
        for spec, file in zip(specs, self.flash_files):
            command += ["--board", f"{spec},flash={file}"]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log_file.open("w"), text=True)
        self.ports = {}
        while len(self.ports) < 2:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"vboard did not start: {self.log_file.read_text()}")
            if found := LISTENING.match(line):
                self.ports[found[2]] = int(found[1])
        if attached:
            for number in range(len(specs)):
                self.attach(number)

    def control(self, request: str) -> list[str]:
        """One request of vboard's control port; its answer's lines without the closing "ok"."""
        with socket.create_connection(("127.0.0.1", self.ports["control"]), timeout=10) as connection:
            connection.sendall(f"{request}\n".encode())
            lines = []
            for line in connection.makefile():
                if line.strip() == "ok":
                    return lines
                assert not line.startswith("error"), line
                lines.append(line.rstrip("\n"))
        raise AssertionError(f"control {request}: no answer")

    def attach(self, number: int, place=""):
        """`place`: where the guest has its next free port, if not where all boards before this one are attached."""
        busid = f"1-{number + 1}"
        place = place or busid
        self.guest.check("sh", "-c", f"usbip --tcp-port {self.ports['usbip']} attach --remote {HOST} --busid {busid}"
                         f" && until [ -e /sys/bus/usb/devices/{place}:1.0 ]; do sleep 0.1; done; udevadm settle")

    def unplug(self, number: int):
        self.control(f"unplug 1-{number + 1}")

    def replug(self, number: int):
        self.wait_until_gone(f"1-{number + 1}")
        self.control(f"plug 1-{number + 1}")
        self.attach(number)

    def flash(self, number: int = 0) -> bytes:
        self.control("save")
        return self.flash_files[number].read_bytes()

    def wait_until_gone(self, place: str):
        """`place`: a USB path in the guest, or a pattern of the shell for several."""
        self.guest.check("sh", "-c", f"while [ -n \"$(ls -d /sys/bus/usb/devices/{place} 2>/dev/null)\" ]; do sleep 0.1; done")

    def close(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.wait_until_gone("1-[1-9]*")
