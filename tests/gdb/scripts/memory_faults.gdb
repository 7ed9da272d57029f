# Memory that is not there, with the settings as they come: gdb sees zeros there, the log says what failed, and what could
# be read is right.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
x/4xw 0x2001fff8
#= 0x2001fff8:	0x
x/2xb 0x20020000
#= 0x20020000:	0x00	0x00
x/xw 0x30000000
x/2xw constants
#= 0xdeadbeef	0x12345678
set {int} 0x30000000 = 5
#= Cannot access memory at address 0x30000000
print *(int *) 0x38000000
dump binary memory end.bin 0x2001ff00 0x20020100
shell rm -f end.bin
print rounds
#= = 0
find 0x2001ff00, +0x200, 0x11111111
monitor mdw 0x30000000
monitor mdw 0x2001fff8 2
#= 0x2001fff8: 
info registers pc
#= <one_round
next
detach
