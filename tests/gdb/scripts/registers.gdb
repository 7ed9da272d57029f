# Registers: all of them, one by one, set and read back.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
maintenance flush register-cache
info registers
#= r0 +0x
#= sp +0x20020000
#= pc +0x800.* <Reset_Handler>
#= xPSR +0x1000000
#= msp +0x20020000
#= psp
#= primask +0x0
#= basepri +0x0
#= faultmask +0x0
#= control +0x0
info registers system
tbreak one_round
continue
info registers rounds
#= Invalid register `rounds'
info registers pc sp lr
info registers msp psp control
info registers general
set $r0 = 0x12345678
set $r7 = -1
set $r12 = 3
print/x $r0
#= = 0x12345678
info registers r0 r7 r12
#= r0 +0x12345678 +305419896
#= r7 +0xffffffff
#= r12 +0x3
set $primask = 1
print $primask
#= = 1
stepi
print $primask
#= = 1
set $primask = 0
set $basepri = 0x40
print $basepri
#= = 64
set $basepri = 0
set $faultmask = 1
print $faultmask
set $faultmask = 0
print/x $control
print/x $xPSR
set $xPSR = $xPSR | 0xf0000000
print/x $xPSR
#= = 0xf100
set $pc = (long) one_round & ~1
frame
#= one_round
print $sp
set $old = $sp
set $sp = $sp - 16
print $old - $sp
set $sp = $old
set $lr = 0x08000101
print/x $lr
#= = 0x8000101
set $lr = (long) main
maintenance flush register-cache
info registers r0 r12 lr
#= r0 +0x12345678
#= r12 +0x3
monitor reg r12
#= r12 \(/32\): 0x00000003
monitor reg r12 0x77
maintenance flush register-cache
print/x $r12
#= = 0x77
print $r99
#= = void
detach
