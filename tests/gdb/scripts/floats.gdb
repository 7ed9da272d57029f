# Floats in variables and registers.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
set var command = FLOATS
tbreak scale
continue
#= scale \(value=1\.5, gain=3\)
backtrace
#= #1  0x0800.* in float_work
info args
#= value = 1\.5
finish
#= Value returned is \$[0-9]+ = 4\.75
tbreak mean
continue
#= mean \(values=0x800.*, count=4\)
print *values@4
#= = \{1, 2\.5, -0\.5, 5\}
finish
#= Value returned is \$[0-9]+ = 2
info float
info registers float
info all-registers
print $s0
print $d0
#hard= = 2$
print $fpscr
set $s16 = 1.25
set $d9 = -3
set $fpscr = 0x03c00000
stepi
print $s16
#= = 1\.25
print $s18
print $d9
#= = -3
print/x $fpscr
#= = 0x3c00000
set $fpscr = 0
set var a_float = 1e10
print a_float * 2
#= = 2e\+10
tbreak one_round
continue
print float_result
#= = 4\.75
print double_result
#= = 2
detach
