# Ways to leave and come back.
target remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
disconnect
#= Ending remote debugging
shell sleep 0.2
target remote :PORT
#= one_round
print rounds
#= = 0
break sum
continue
#= Breakpoint 2, sum
disconnect
shell sleep 0.2
target extended-remote :PORT
#= sum
continue
#= Breakpoint 2, sum
print rounds
#= = 1
monitor resume
detach
#= detached
disconnect
shell sleep 0.2
target remote :PORT
#~ it has run on
print rounds > 10
#= = 1
continue
#= Breakpoint 2, sum
delete
tbreak one_round
continue
#= one_round
detach
#= detached
shell sleep 0.2
# In extended-remote mode a detached gdb keeps its connection, and opens a second one before it closes the first.
target extended-remote :PORT
detach
target extended-remote :PORT
#~ stock refuses the second connection where it has not seen the end of the first one yet
#ours= firmware\.c:
detach
#~ the same
#ours= detached
