"""Runs the `vboard` executable: one virtual chip behind one or more servers."""
import pathlib
import re
import signal
import subprocess
import time

from support.probity import BUILD

LISTENING = re.compile(r"listening on (\d+) for (\S+)")


class Vboard:
    """A running board whose flash lives in a file of `folder`. `serve` names the servers ("stlink-server",
    "cmsis-dap-tcp", "remote-bitbang"; default the first); each gets a free port, found in `ports`. Keywords become
    options: probe="stlink-v3", fault="…", pace="real", voltage=2000, dual_bank=True."""

    def __init__(self, folder: pathlib.Path, chip: str, *serve: str, **options):
        serve = serve or ("stlink-server",)
        self.chip = chip
        self.flash_file = folder / f"{chip}.flash"
        self.stats_file = folder / f"{chip}.stats"
        self.log_file = folder / f"{chip}.vboard-log"
        self.command = [BUILD / "vboard", "--chip", chip, "--flash", self.flash_file, "--stats", self.stats_file]
        for kind in serve:
            self.command += ["--serve", f"{kind}:0"]
        for key, value in options.items():
            self.command += [f"--{key.replace('_', '-')}"] + ([] if value is True else [value])
        self.kinds = serve
        self.ports: dict[str, int] = {}
        self._start()

    def _start(self):
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(list(map(str, self.command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=log, text=True)
        while len(self.ports) < len(self.kinds):
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"vboard did not start: {self.log_file.read_text()}")
            if found := LISTENING.match(line):
                self.ports[found[2]] = int(found[1])

    @property
    def port(self) -> int:
        return self.ports[self.kinds[0]]

    def stop(self) -> int:
        """Ends the board, which saves flash and statistics; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.process.stdout.close()
        return self.process.returncode

    def flash(self) -> bytes:
        """The flash file; up to date once a client has gone or the board has stopped."""
        return self.flash_file.read_bytes()

    def wait_for_flash(self, beginning: bytes, seconds=20):
        """Until the flash file is there and begins so: the board writes it a moment after it saw its client go."""
        deadline = time.monotonic() + seconds
        while not self.flash_file.exists() or self.flash()[:len(beginning)] != beginning:
            assert time.monotonic() < deadline, "the flash file does not hold what was programmed"
            time.sleep(0.01)

    def log(self) -> str:
        return self.log_file.read_text()

    def stats(self) -> dict[str, float]:
        """The counters by name, after stop(): {"virtual time": 1.23, "USB commands": 456, …}."""
        found = re.findall(r"^(.*?) ([\d.]+)(?: s)?$", self.stats_file.read_text(), re.MULTILINE)
        return {name: float(value) for name, value in found}
