# gdb dies in the middle, with breakpoints set and the program running. (after_killed.gdb comes next.)
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
break park
break on_tick
break ram_function
set var command = RAM_CODE
continue
#= Breakpoint [24], 
delete
shell (sleep 0.4; kill -9 $PPID) </dev/null >/dev/null 2>&1 &
continue
