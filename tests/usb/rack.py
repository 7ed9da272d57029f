"""Virtual boards on the host, served over USB/IP and attached to the guest's USB."""
import pathlib
import re
import signal
import socket
import subprocess
import time

from support.probity import BUILD
from support.vboard import LISTENING

HOST = "10.0.2.2"  # the host, as QEMU's user network shows it to the guest
SETTLE_SECONDS = 30


class Rack:
    """Boards given by `--board` specs without flash=; board N (from 0) keeps its flash in a file, and its probe has USB/IP's
    bus id "1-<N+1>". All are attached to the guest in order, so that their USB path in the guest is the same."""

    def __init__(self, guest, folder: pathlib.Path, *specs: str):
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

    def attach(self, number: int):
        self.guest.check("usbip", "--tcp-port", self.ports["usbip"], "attach", "--remote", HOST, "--busid", f"1-{number + 1}")
        self.wait_for(lambda: f"1-{number + 1}" in self.seen(), f"board {number} did not come up in the guest")
        self.guest.check("udevadm", "settle")

    def unplug(self, number: int):
        self.control(f"unplug 1-{number + 1}")

    def replug(self, number: int):
        self.wait_for(lambda: f"1-{number + 1}" not in self.seen(), f"board {number} did not leave the guest")
        self.control(f"plug 1-{number + 1}")
        self.attach(number)

    def flash(self, number: int = 0) -> bytes:
        self.control("save")
        return self.flash_files[number].read_bytes()

    def seen(self) -> list[str]:
        """The USB paths of the configured devices in the guest, without hubs."""
        return re.findall(r"^/sys/bus/usb/devices/(1-[1-9][\d.]*):\d+\.0$",
                          self.guest.run("sh", "-c", "ls -d /sys/bus/usb/devices/*").text, re.MULTILINE)

    def wait_for(self, condition, problem: str):
        for _ in range(SETTLE_SECONDS * 4):
            if condition():
                return
            time.sleep(0.25)
        raise AssertionError(f"{problem}\n{self.guest.check('dmesg')}\n{self.log_file.read_text()}")

    def close(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.wait_for(lambda: not self.seen(), "the boards did not leave the guest")
