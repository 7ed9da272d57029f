# A bus fault, an undefined instruction and a breakpoint of the program's own.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
break Fault_Handler
tbreak one_round
continue
set var command = FAULT
continue
#= Breakpoint 1, Fault_Handler \(\)
backtrace
#= #0  Fault_Handler \(\)
#= #1  <signal handler called>
#= #2  .*read_badly \(address=805306368\)
#= #3  0x0800.* in obey
#= #5  0x0800.* in main
print/x *(unsigned *) 0xe000ed28
#= = 0x8200
print/x *(unsigned *) 0xe000ed2c
#= = 0x40000000
print/x *(unsigned *) 0xe000ed38
#= = 0x30000000
info registers xPSR
#= 0x[0-9a-f]*03
monitor reset halt
tbreak one_round
continue
set var command = UNDEFINED
continue
#= Fault_Handler \(\)
backtrace
#= #2  .*undefined_instruction \(\)
print/x *(unsigned *) 0xe000ed28
#= = 0x10000
monitor reset halt
tbreak one_round
continue
set var command = SELF_STOP
continue
#= Program received signal SIGTRAP, Trace/breakpoint trap\.
x/i $pc
#= bkpt	0x0003
backtrace
set $pc = $pc + 2
tbreak sum
continue
#= sum
monitor cortex_m vector_catch hard_err bus_err
tbreak one_round
continue
set var command = FAULT
continue
#= Fault_Handler
print handled_faults
backtrace
monitor cortex_m vector_catch none
monitor reset halt
detach
