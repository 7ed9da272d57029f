# What people type behind `monitor`.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
monitor halt
monitor mdw 0x08000000 4
#= 0x08000000: 20020000
monitor mdh 0x08000000 2
#= 0x08000000: 0000 2002
monitor mdb 0x08000000 4
#= 0x08000000: 00 00 02 20
monitor mww 0x20010000 0x11223344
monitor mdw 0x20010000
#= 0x20010000: 11223344
monitor mwh 0x20010002 0xaabb
monitor mwb 0x20010000 0xcc
monitor mdw 0x20010000 2
#= 0x20010000: aabb33cc
monitor reg pc
#= pc \(/32\): 0x0800
monitor reg sp
#= sp \(/32\): 0x20020000
monitor reg r3 0x1234
monitor reg r3
#= r3 \(/32\): 0x00001234
monitor step
monitor reg pc
monitor targets
#= stm32f4x\.cpu
monitor flash banks
monitor flash list
monitor flash info 0
#= size 0x00100000
monitor echo hello
#= hello
monitor expr 3 * 4
monitor echo [expr 3 * 4]
#= 12
monitor no_such_command 1 2
#= no_such_command
monitor mdw nowhere
monitor set x 42
monitor echo $x
#= 42
monitor version
#= 0\.12\.0
monitor adapter speed
monitor bp
monitor reset init
monitor reg pc
monitor reset run
monitor sleep 20
monitor halt
#~ where 20 ms have taken it
monitor poll
#~ the same place
monitor reset halt
monitor wait_halt 100
monitor arm semihosting enable
monitor arm semihosting disable
monitor gdb_breakpoint_override hard
monitor gdb_breakpoint_override disable
monitor cortex_m vector_catch all
monitor cortex_m vector_catch none
monitor cortex_m maskisr off
monitor cortex_m maskisr auto
monitor mrw 0x20010000
monitor mdw
monitor
monitor help mdw
detach
