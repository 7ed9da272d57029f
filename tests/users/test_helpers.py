"""The Tcl helpers that chips' files source (bitsbytes.tcl, memory.tcl, mmr_helpers.tcl): ours print what stock's do."""
import subprocess

from support.probity import BUILD
from support.stock import OPENOCD

SCRIPT = """
set CPU_MAX_ADDRESS 0xFFFFFFFF
source [find bitsbytes.tcl]
source [find memory.tcl]
source [find mmr_helpers.tcl]
foreach name {BIT0 BIT31 __1K __1024K __4M __1024M RWX_RWX RWX_R_X RWX_W_ONLY ACCESS_WIDTH_ANY CPU_MAX_ADDRESS N_UNKNOWN UNKNOWN(0,HUMAN)} {
    echo "$name [set $name]"
}
echo "[create_mask 7 4] [create_mask 31 0] [extract_bitfield 0xabcd 11 4] [normalize_bitfield 0xabcd 11 4]"
echo "[iswithin 4 5 1] [iswithin 5 5 1] [iswithin 6 5 1] [proc_exists echo] [proc_exists nobody]"
for {set bit 0} {$bit < 32} {incr bit} { set NAMES($bit) name$bit }
set NAMES(3) longername
show_mmr32_bits NAMES 0x80000005
show_mmr_bitfield 7 4 0x35 mode {a b c d e}
show_mmr_bitfield 15 4 0x3456 mode {_NUMBER_}
set REGISTER 0x20000000
foreach command {{memread32 0} {memread8_phys 4} {memwrite16 0 1} {show_mmr32_reg REGISTER}} { echo [catch $command] }
"""


def said(program) -> list[str]:
    done = subprocess.run([program, "-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled", "-c", SCRIPT, "-c", "shutdown"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
    lines = done.stdout.splitlines()
    return [line for line in lines[lines.index("BIT0 1"):] if not line.startswith(("Error", "no target", "Target"))]


def test_the_same_output():
    assert said(BUILD / "openocd") == said(OPENOCD)
