# Nine breakpoints in flash on six comparators: an error, and everything works again once there are few enough.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak main
continue
hbreak one_round
hbreak sum
hbreak factorial
hbreak apply
hbreak add
hbreak subtract
hbreak multiply
hbreak on_tick
hbreak obey
continue
#= Cannot insert hardware breakpoint
#= Could not insert hardware breakpoints:
#= You may have requested too many hardware breakpoints/watchpoints\.
delete 3-10
continue
#= Breakpoint 2, one_round \(\)
info breakpoints
break factorial
break apply
break add
continue
#= Breakpoint 11, factorial \(n=5\)
continue
#= Breakpoint 11, factorial \(n=4\)
delete 11
continue
#= Breakpoint 12, apply
continue
#= Breakpoint 13, add
step
detach
