# A running program interrupted by ^C, and in the background.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
set var command = TICKS_OFF
tbreak sum
continue
tbreak one_round
continue
set var command = PARK
shell (sleep 0.3; kill -INT $PPID) </dev/null >/dev/null 2>&1 &
continue
#= Program received signal SIGINT, Interrupt\.
#= park \(\)
backtrace
#= #0  park \(\)
#= #1  0x0800.* in obey
shell (sleep 0.2; kill -INT $PPID) </dev/null >/dev/null 2>&1 &
continue
#= Program received signal SIGINT
stepi
#= park
shell (sleep 0.2; kill -INT $PPID) </dev/null >/dev/null 2>&1 &
finish
#= Program received signal SIGINT
print rounds
#= = 1
set var $pc = $pc + 2
tbreak one_round
continue
#= one_round \(\)
shell (sleep 0.3; kill -INT $PPID) </dev/null >/dev/null 2>&1 &
continue
#= Program received signal SIGINT
#~ where the busy loop is by then
print rounds > 10
#= = 1
detach
