# A blank chip: load, compare, run to main; load once more without a reset; load with the reset people write before it.
target extended-remote :PORT
info mem
#= 0x08000000 0x08010000 flash blocksize 0x4000
#= 0x08010000 0x08020000 flash blocksize 0x10000
#= 0x08020000 0x08100000 flash blocksize 0x20000
monitor reset halt
load
#= Loading section \.vectors, size 0x188 lma 0x8000000
#= Loading section \.text
#= Start address 0x0800
print $pc == ((long) Reset_Handler & ~1)
#= = 1$
compare-sections
#= Section \.vectors, .*: matched\.
#= Section \.text, .*: matched\.
#= Section \.rodata, .*: matched\.
#= Section \.data, .*: matched\.
tbreak main
#= Temporary breakpoint 1
continue
#= Temporary breakpoint 1, main \(\)
compare-sections .data
#= Section \.data, .*: matched\.
print filling[1023] == 0x0badf00d
#= = 1
tbreak one_round
continue
#= Temporary breakpoint 2, one_round \(\)
load
#= Loading section \.rodata
compare-sections .rodata
#= matched
tbreak main
continue
#= Temporary breakpoint 3, main \(\)
monitor reset halt
load
monitor reset init
tbreak main
continue
#= Temporary breakpoint 4, main \(\)
print rounds
#= = 0
next
#= SYST_CVR = 0
detach
#= detached
