"""A Linux machine with a real USB stack: Debian's kernel in QEMU (emulated, no KVM), the host's root file system read-only with a
RAM disk above it, and virtual boards attached through vhci-hcd. What a command changes outside the shared folder is gone
with the machine.

Nearly all the time is the emulation's, so the machine is one that costs little: a single processor (two wait for each other's
locks and interrupts, which trebled a program's run), the TSC for a clock (the HPET is a device), none of the mitigations that
make each of the kernel's indirect calls a detour, and a kernel that the host has unpacked."""
import json
import lzma
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
OF_DPKG = ("/var/lib/dpkg/", "/var/log/", "/var/cache/")
XZ_MAGIC = b"\xfd7zXZ\x00"
# no_timer_check: where the host is busy the timer's interrupts come too late for that check, and the kernel gives up.
KERNEL_WORDS = "console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable mitigations=off"
BOOT_SECONDS = 300     # 8 alone on a machine, but it may be one of many that want its processors
COMMAND_SECONDS = 240  # as well


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


def unpack_kernel(target: pathlib.Path):
    """The ELF file within vmlinuz, which starts by its PVH entry: unpacking it in the guest takes seconds."""
    packed = (KERNEL / "vmlinuz").read_bytes()
    start = packed.find(XZ_MAGIC)
    target.write_bytes(lzma.LZMADecompressor().decompress(packed[start:]) if start >= 0 else packed)


class Guest:
    def __init__(self, scratch: pathlib.Path, shared: pathlib.Path):
        """`scratch`: for the machine's own files. `shared`: a folder that both sides can write, under the same name."""
        self.shared = shared
        self.console = scratch / "console.log"
        build_initramfs(scratch / "initramfs", scratch / "initramfs.d")
        unpack_kernel(scratch / "kernel")
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.machine = subprocess.Popen(self.command_line(scratch, server.getsockname()[1]),
                                            stdin=subprocess.DEVNULL, stdout=open(self.console, "wb"), stderr=subprocess.STDOUT)
            self.connection = self.accept(server)
        self.lock = threading.Lock()
        self.waiting: dict[int, Future] = {}
        threading.Thread(target=self.collect, daemon=True).start()

    def accept(self, server: socket.socket) -> socket.socket:
        server.settimeout(1)
        for _ in range(BOOT_SECONDS):
            try:
                return server.accept()[0]
            except TimeoutError:
                if self.machine.poll() is not None:
                    break
        self.close()
        raise RuntimeError(f"the guest did not boot; its console ends with:\n{self.console_tail()}")

    def command_line(self, scratch, port) -> list[str]:
        agent = HERE / "agent.py"
        return ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "Haswell-noTSX", "-smp", "1", "-m", "1536", "-nographic",
                "-no-reboot", "-nodefaults", "-serial", "stdio", "-kernel", str(scratch / "kernel"), "-initrd", str(scratch / "initramfs"),
                "-append", f"{KERNEL_WORDS} shared={self.shared} agent={agent} port={port}",
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

    def start(self, *argv, user=None, cwd=None, timeout=COMMAND_SECONDS) -> Future:
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

    def changed(self) -> set[str]:
        """Files of the system that are new or other than before the machine started, without those that dpkg itself and its
        triggers keep."""
        text = self.check("find", "/run/changes", "-not", "-type", "d", "-printf", "/%P\n")
        return {name for name in text.splitlines() if not name.startswith(OF_DPKG)}

    def kill(self, pid: str, signal="TERM"):
        self.check("sh", "-c", f"kill -{signal} {pid}")

    def console_tail(self) -> str:
        return "\n".join(self.console.read_text(errors="replace").splitlines()[-30:])

    def close(self):
        self.machine.kill()
        self.machine.wait()
