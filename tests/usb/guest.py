"""A Linux machine with a real USB stack: Debian's kernel in QEMU (emulated, no KVM), the host's root file system read-only with a
RAM disk above it, and virtual boards attached through vhci-hcd. What a command changes outside the shared folder is gone
with the machine."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
from concurrent.futures import Future
from dataclasses import dataclass

HERE = pathlib.Path(__file__).parent
KERNEL = pathlib.Path(os.environ.get("USB_GUEST_KERNEL", HERE.parents[1] / "build/usb-guest"))
MODULES = ["virtio_pci", "virtio_net", "9pnet_virtio", "9p", "overlay", "vhci-hcd", "usbhid", "hid-generic", "usb-storage",
           "sd_mod", "vfat", "nls_cp437", "nls_ascii", "cdc-acm"]
BOOT_SECONDS = 120


@dataclass
class Done:
    status: int | None  # exit status; negative: the signal that ended it; None: it took too long and was killed
    text: str           # stdout and stderr


def module_files(root: pathlib.Path) -> list[pathlib.Path]:
    """The files of MODULES and all they depend on."""
    folder = next((root / "lib/modules").iterdir())
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        file, _, dependencies = line.partition(":")
        needs[pathlib.Path(file).stem.replace("_", "-")] = [file, *dependencies.split()]
    files = {file for name in MODULES if name.replace("_", "-") in needs for file in needs[name.replace("_", "-")]}
    return [folder / file for file in sorted(files)] + [folder / "modules.dep"]


def build_initramfs(target: pathlib.Path, folder: pathlib.Path):
    """`target`: an archive of busybox, the modules and the init script, staged in `folder`."""
    for name in ("bin", "proc", "sys", "dev"):
        (folder / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", folder / "bin/busybox")
    shutil.copy(HERE / "init", folder / "init")
    (folder / "init").chmod(0o755)
    (folder / "modules").write_text(" ".join(MODULES))
    for file in module_files(KERNEL):
        copy = folder / file.relative_to(KERNEL)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    names = "\n".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*")))
    archive = subprocess.run(["cpio", "--create", "--quiet", "--format=newc"], cwd=folder, input=names.encode(),
                             stdout=subprocess.PIPE, check=True).stdout
    target.write_bytes(archive)


class Guest:
    def __init__(self, scratch: pathlib.Path, shared: pathlib.Path):
        """`scratch`: for the machine's own files. `shared`: a folder that both sides can write, under the same name."""
        self.shared = shared
        self.console = scratch / "console.log"
        build_initramfs(scratch / "initramfs", scratch / "initramfs.d")
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.machine = subprocess.Popen(self.command_line(scratch / "initramfs", server.getsockname()[1]),
                                            stdin=subprocess.DEVNULL, stdout=open(self.console, "wb"), stderr=subprocess.STDOUT)
            server.settimeout(BOOT_SECONDS)
            try:
                self.connection, _ = server.accept()
            except TimeoutError:
                self.close()
                raise RuntimeError(f"the guest did not boot; its console ends with:\n{self.console_tail()}") from None
        self.lock = threading.Lock()
        self.waiting: dict[int, Future] = {}
        threading.Thread(target=self.collect, daemon=True).start()

    def command_line(self, initramfs, port) -> list[str]:
        agent = HERE / "agent.py"
        return ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "1536", "-nographic",
                "-no-reboot", "-nodefaults", "-serial", "stdio", "-kernel", str(KERNEL / "vmlinuz"), "-initrd", str(initramfs),
                "-append", f"console=ttyS0 quiet panic=-1 shared={self.shared} agent={agent} port={port}",
                "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
                "-fsdev", f"local,id=shared,path={self.shared},security_model=none,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=shared,mount_tag=shared",
                "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile="]

    def collect(self):
        for line in self.connection.makefile("rb"):
            answer = json.loads(line)
            self.waiting.pop(answer["id"]).set_result(Done(answer["status"], answer["output"]))
        for future in self.waiting.values():
            future.set_exception(RuntimeError(f"the guest is gone; its console ends with:\n{self.console_tail()}"))

    def start(self, *argv, user=None, cwd=None, timeout=60) -> Future:
        """Begins a command in the guest; the result is its Done."""
        future = Future()
        number = id(future)
        self.waiting[number] = future
        request = {"id": number, "argv": [str(a) for a in argv], "cwd": str(cwd or self.shared), "user": user, "timeout": timeout}
        with self.lock:
            self.connection.sendall(json.dumps(request).encode() + b"\n")
        return future

    def run(self, *argv, **keywords) -> Done:
        return self.start(*argv, **keywords).result()

    def check(self, *argv, **keywords) -> str:
        """The output of a command that must succeed."""
        done = self.run(*argv, **keywords)
        assert done.status == 0, f"{' '.join(map(str, argv))}: status {done.status}\n{done.text}"
        return done.text

    def kill(self, pid: str, signal="TERM"):
        self.check("sh", "-c", f"kill -{signal} {pid}")

    def console_tail(self) -> str:
        return "\n".join(self.console.read_text(errors="replace").splitlines()[-30:])

    def close(self):
        self.machine.kill()
        self.machine.wait()
