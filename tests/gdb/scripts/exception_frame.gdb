# A function hit from the interrupt handler: the backtrace passes the exception frame into what was interrupted.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
set var command = PARK
break on_tick if $control >= 0
ignore 2 1
continue
#= Breakpoint 2, on_tick \(now=[0-9]+\)
backtrace
#= #0  on_tick \(now=[0-9]+\)
#O0= #1  0x0800.* in SysTick_Handler
#= #[0-9]  <signal handler called>
#= #[0-9]  park \(\)
#= #[0-9]  0x0800.* in obey
#= #[0-9]  0x0800.* in one_round
#= #[0-9]  0x0800.* in main
info registers xPSR msp psp control
#= xPSR +0x[0-9a-f]*0f
frame function park
#= park \(\)
x/i $pc
#= b\.n
print $sp
info registers
frame 0
finish
#= Run till exit
delete
# Out of the handler, and again where it was interrupted.
tbreak *parked
continue
#= park \(\)
backtrace
#= #0  park \(\)
info registers xPSR
# The same once floats have been used: with an FPU the frame has room for its registers.
set var command = FLOATS
set $pc = $pc + 2
tbreak float_work
continue
tbreak one_round
continue
#= one_round
set var command = PARK
break on_tick
ignore $bpnum 3
continue
#= on_tick
backtrace
#= #[0-9]  <signal handler called>
#= #[0-9]  park \(\)
#= #[0-9]  0x0800.* in obey
#= #[0-9]  0x0800.* in one_round
#= #[0-9]  0x0800.* in main
info registers
print float_result
#= = 4\.75
up
up
finish
delete
detach
