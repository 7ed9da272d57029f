# Functions of the target called from the debugger.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
print add(2, 3)
#= = 5
print factorial(6)
#= = 720
print sum(numbers, 10)
#= = 143
print operations[2](6, 7)
#= = 42
print apply(subtract, 100, 1)
#= = 99
print applied
#= = 99
call (void) float_work()
print float_result
#= = 4\.75
print double_result
#= = 2
print scale(2.0f, 8.0f)
#= = 16\.25
print mean((double *) &double_result, 1)
#= = 2
print ram_function(5)
#= = 10
print inside.convert(40, 2)
#= = 42
break add
print add(7, 8)
#= The program being debugged stopped while in a function called from GDB\.
backtrace
#= #0  add \(a=7, b=8\)
#= #1  <function called from gdb>
finish
delete
frame
print rounds
#= = 0
tbreak one_round
continue
#= one_round
print rounds
#= = 1
detach
