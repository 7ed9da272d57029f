# The same where gdb is to be told.
#server gdb_report_data_abort enable
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
x/4xw 0x2001fff8
#= Cannot access memory at address 0x
x/2xb 0x20020000
#= Cannot access memory at address 0x20020000
x/xw 0x30000000
#= Cannot access memory at address 0x30000000
x/2xw constants
#= 0xdeadbeef	0x12345678
set {int} 0x30000000 = 5
#= Cannot access memory at address 0x30000000
print *(int *) 0x38000000
#= Cannot access memory at address 0x38000000
print *(int *) 0x38000000 + 1
dump binary memory end.bin 0x2001ff00 0x20020100
#= Cannot access memory at address 0x
shell rm -f end.bin
x/s 0x2001fffe
find 0x2001ff00, +0x200, 0x11111111
#= Unable to access
print rounds
#= = 0
info registers pc
#= <one_round
next
detach
