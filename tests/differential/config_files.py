"""Loads every configuration file of the stock OpenOCD package by stock and by us, unmodified, and compares what there is
afterwards. As a script it prints one line a file: python3 config_files.py [NAME …]"""
import dataclasses
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from differential.config_file_exceptions import EXCEPTED
from support.probity import BUILD
from support.stock import OPENOCD

SCRIPTS = pathlib.Path(os.environ.get("STOCK_SCRIPTS", "/usr/share/openocd/scripts"))
# Most target files want an adapter in front of them: one a kind of wire.
ADAPTERS = {
    "alone": "",
    "swd": "adapter driver cmsis-dap; transport select swd",
    "jtag": "adapter driver remote_bitbang; transport select jtag",
    "hla": "adapter driver hla; hla_layout stlink; transport select hla_swd",
    "dapdirect": "adapter driver st-link; transport select dapdirect_swd",
}
FOR_CORTEX_M = {"cortex_m", "hla_target", "mem_ap"}

# Run in front of the file and behind it; each line of the answer begins with '@'.
BEFORE = "set _known [info globals]"
AFTER = r"""
proc _say {what script} {
    if {[catch {uplevel #0 $script} said]} { set said (error) }
    echo "@$what = [string map [list \n \\n] [string trimright $said]]"
}
_say init_targets { init_targets }
_say init_board { init_board }
foreach script {
    {adapter name} {transport select} {adapter speed} {reset_config} {adapter srst delay} {adapter srst pulse_width}
    {adapter usb location} {jtag_ntrst_delay} {jtag_ntrst_assert_width} {gdb_port} {tcl_port} {telnet_port} {bindto}
    {target names} {target current} {targets} {dap names} {cti names} {tpiu names} {swo names} {jtag names} {scan_chain}
    {flash list} {flash banks} {gdb_report_data_abort} {gdb_report_register_access_error}
} { _say $script $script }
foreach t [target names] {
    foreach word {type endian work-area-phys work-area-virt work-area-size work-area-backup dap ap-num chain-position coreid
                  dbgbase cti gdb-port gdb-max-connections} { _say "$t -$word" [list $t cget -$word] }
    foreach word {gdb-halt halted resumed resume-start resume-end step-start step-end gdb-start gdb-end reset-start
                  reset-assert-pre reset-assert reset-assert-post reset-deassert-pre reset-deassert-post reset-init reset-end
                  examine-start examine-fail examine-end debug-halted debug-resumed gdb-attach gdb-detach gdb-flash-write-start
                  gdb-flash-write-end gdb-flash-erase-start gdb-flash-erase-end trace-config
                  semihosting-user-cmd-0x100} { _say "$t event $word" [list $t cget -event $word] }
}
if {[catch {jtag names} _taps]} { set _taps {} }
foreach t $_taps {
    _say "$t -idcode" [list jtag cget $t -idcode]
    _say "$t enabled" [list jtag tapisenabled $t]
    foreach word {setup post-reset tap-enable tap-disable} { _say "$t event $word" [list jtag cget $t -event $word] }
}
foreach t [cti names] { foreach word {dap ap-num baseaddr} { _say "$t -$word" [list $t cget -$word] } }
foreach t [tpiu names] {
    foreach word {dap ap-num baseaddr protocol formatter traceclk pin-freq port-width output} { _say "$t -$word" [list $t cget -$word] }
}
foreach t [dap names] { foreach word {apsel apcsw} { _say "$t $word" [list $t $word] } }
foreach name [lsort [info globals]] {
    if {$name ni $_known && ![string match _* $name] && $name ni {script said t word errorInfo errorCode}} {
        _say "\$$name" [list set ::$name]
    }
}
"""


@dataclasses.dataclass(frozen=True)
class Load:
    """One file, and the adapter in front of it."""
    file: str  # "board/arty_s7.cfg"
    adapter: str = "alone"

    @property
    def name(self) -> str:
        return self.file if self.adapter == "alone" else f"{self.file}+{self.adapter}"

    def by(self, program, *words) -> "State":
        front = ["-c", ADAPTERS[self.adapter]] if ADAPTERS[self.adapter] else []
        done = subprocess.run([program, *words, "-c", BEFORE, *front, "-f", SCRIPTS / self.file, "-c", AFTER, "-c", "shutdown"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30,
                              errors="replace", cwd="/", env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"})
        lines = done.stdout.splitlines()
        said = dict(line[1:].split(" = ", 1) for line in lines if line.startswith("@") and " = " in line)
        return State(done.returncode, said, next((line for line in lines if line.startswith("Error")), ""))


@dataclasses.dataclass(frozen=True)
class State:
    status: int
    said: dict[str, str]  # by what was asked
    error: str

    @property
    def target_types(self) -> set[str]:
        return {said for what, said in self.said.items() if what.endswith(" -type")}

    def differences(self, ours: "State") -> list[str]:
        """What OpenOCD does not show is not compared: much before init, and of TAPs where its hla transport stands in."""
        by_hla = self.said.get("transport select", "").startswith("hla")
        stock = {what: said for what, said in self.said.items() if said != "(error)" and not (by_hla and what.startswith("jtag"))}
        asked = [*stock, *(what for what in ours.said if what.startswith("$") and what not in stock)]
        return [f"{what}: {stock.get(what)!r}, ours {ours.said.get(what)!r}" for what in asked
                if stock.get(what) != ours.said.get(what)]

    @property
    def crashed(self) -> bool:
        return self.status < 0


@dataclasses.dataclass(frozen=True)
class Verdict:
    load: Load
    word: str  # equal, different, "stock loads it", "stock refuses it", "stock crashes"
    detail: str = ""
    cortex_m: bool = True

    @property
    def good(self) -> bool:
        return self.word == "equal" or self.load.name in EXCEPTED

    def __str__(self) -> str:
        excepted = f" (excepted: {EXCEPTED[self.load.name]})" if self.word != "equal" and self.load.name in EXCEPTED else ""
        return f"{self.load.name}: {self.word}{excepted}"


def compare(load: Load) -> Verdict:
    stock = load.by(OPENOCD)
    ours = load.by(BUILD / "openocd", "-s", SCRIPTS)
    cortex_m = not stock.target_types or bool(stock.target_types & FOR_CORTEX_M)
    if stock.crashed:
        return Verdict(load, "stock crashes", ours.error, cortex_m)
    if (stock.status == 0) != (ours.status == 0):
        return Verdict(load, "stock loads it" if stock.status == 0 else "stock refuses it", ours.error or stock.error, cortex_m)
    if stock.status != ours.status:
        return Verdict(load, "different", f"exit status {stock.status}, ours {ours.status}", cortex_m)
    differences = stock.differences(ours) if stock.status == 0 else []
    if differences:
        return Verdict(load, "different", "\n".join(differences), cortex_m)
    return Verdict(load, "equal", stock.error, cortex_m)


def loads(folder: str) -> list[Load]:
    """Every file of a folder alone, and target files behind each of the adapters, too."""
    files = sorted(str(path.relative_to(SCRIPTS)) for path in (SCRIPTS / folder).rglob("*.cfg"))
    ways = list(ADAPTERS) if folder == "target" else ["alone"]
    return [Load(file, way) for file in files for way in ways]


def compare_all(which: list[Load]) -> list[Verdict]:
    with ThreadPoolExecutor(2) as pool:  # the processes do the work
        return list(pool.map(compare, which))


def main(names: list[str]) -> int:
    which = [load for folder in ("interface", "target", "board") for load in loads(folder) if not names or load.name in names]
    verdicts = compare_all(which)
    for verdict in verdicts:
        print(verdict)
        if names and verdict.detail:
            print(verdict.detail)
    alone = [verdict for verdict in verdicts if verdict.load.adapter == "alone" and verdict.cortex_m]
    print(f"for Cortex-M, by themselves: {sum(verdict.word == 'equal' for verdict in alone)} of {len(alone)} files equal")
    for word in sorted({verdict.word for verdict in verdicts}):
        of_word = [verdict for verdict in verdicts if verdict.word == word]
        excepted = sum(verdict.load.name in EXCEPTED for verdict in of_word)
        print(f"{len(of_word)} {word}" + (f", {excepted} of them excepted" if word != "equal" else ""))
    return 0 if all(verdict.good for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
