# extended-remote: run, start, kill, restart.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
break one_round
run
#= Breakpoint 1, one_round \(\)
print rounds
#= = 0
continue
print rounds
#= = 1
run
#= Breakpoint 1, one_round \(\)
print rounds
#= = 0
start
#= Temporary breakpoint 2, main \(\)
starti
info program
kill
info threads
disconnect
shell sleep 0.2
target extended-remote :PORT
info threads
#= 1 +Remote target|1 +Thread
monitor reset halt
info threads
thread
info inferiors
continue
#= one_round
detach
