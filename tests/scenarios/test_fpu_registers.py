"""The FPU's registers of a thread whose interrupt handler has not yet touched the FPU: they are still in the core, not in the
frame (DDI 0403E B1.5.7, lazy state preservation), and a debugger that looks changes nothing of that."""
import re

import pytest

from support.probity import SOURCE, Bench

FIRMWARE = SOURCE / "tests/unit/vboard/firmware"  # float.c: single precision work in main and in SysTick's handler
ICSR, FPCCR, FPCAR = 0xE000ED04, 0xE000EF34, 0xE000EF38
PENDSTSET = 1 << 26

SCRIPT = """
proc word {address} { lindex [read_memory $address 32 1] 0 }
proc value {register} { dict get [get_reg $register] $register }
proc stop_at {address} { bp $address 2 hw; resume; wait_halt; rbp $address }
program FILE 0x08000000
reset halt
set handler [expr {[word 0x0800003c] & ~1}]
stop_at $handler
set thread [word [expr {[value sp] + 0x18}]]
stop_at $thread
while {[value xpsr] & 0x1ff} { stop_at $thread }
puts "thread: fpca [expr {([value control] >> 2) & 1}]"
for {set i 0} {$i < 32} {incr i} { set_reg [list s$i [expr {0x40000000 + $i}]] }
mww ICSR PENDSTSET
stop_at $handler
puts "entered: lspact [expr {[word FPCCR] & 1}]"
mww [word FPCAR] 0x0badf00d 16
for {set i 0} {$i < 32} {incr i} { puts "s$i [format %#x [value s$i]]" }
puts "d1 [format %#x [value d1]]"
puts [reg s5]
set_reg {s7 0x41414141}
puts "looked: lspact [expr {[word FPCCR] & 1}]"
set at [word FPCAR]
for {set steps 0} {([word FPCCR] & 1) && $steps < 40} {incr steps} { step }
puts "used: lspact [expr {[word FPCCR] & 1}]"
foreach value [read_memory $at 32 16] { puts "frame [format %#x $value]" }
shutdown
"""


@pytest.mark.parametrize("chip,image", [("stm32f407vg", "float_m4.bin"), ("stm32f767zi", "float_m7.bin")])
@pytest.mark.parametrize("interface", ["interface/stlink.cfg", "interface/cmsis-dap.cfg"])
def test_values_of_the_thread(tmp_path, chip, image, interface):
    bench = Bench(tmp_path / "ours", chip=chip, interface=interface)
    script = SCRIPT.replace("FILE", str(FIRMWARE / image))
    for name, value in (("ICSR", ICSR), ("PENDSTSET", PENDSTSET), ("FPCCR", FPCCR), ("FPCAR", FPCAR)):
        script = re.sub(rf"\b{name}\b", f"{value:#x}", script)
    (bench.folder / "script.tcl").write_text(script)
    result = bench.run("init", "source script.tcl")
    assert result.status == 0, result.text
    lines = result.lines
    for line in ["thread: fpca 1", "entered: lspact 1", "looked: lspact 1", "used: lspact 0"]:
        assert line in lines, result.text
    values = [0x40000000 + i for i in range(32)]
    for i, value in enumerate(values):
        assert f"s{i} {value:#x}" in lines, result.text
    assert "d1 0x4000000340000002" in lines
    assert "s5 (/32): 0x40000005" in lines
    frame = [int(line.split()[1], 16) for line in lines if line.startswith("frame ")]
    assert frame == values[:7] + [0x41414141] + values[8:16]
