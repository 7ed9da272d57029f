# A new gdb after one that died: it finds the chip as a new one would.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
print rounds > 10
#= = 1
monitor reset halt
tbreak one_round
continue
#= one_round \(\)
hbreak sum
hbreak factorial
hbreak apply
hbreak add
hbreak obey
continue
#= obey
set var command = RAM_CODE
tbreak ram_function
continue
#= sum
detach
