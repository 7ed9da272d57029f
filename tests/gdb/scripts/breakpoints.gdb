# Every kind of breakpoint there is.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak main
continue
#= Temporary breakpoint 1, main \(\)
info breakpoints
#= No breakpoints or watchpoints
break one_round
#= Breakpoint 2 at 0x800
hbreak apply
#= Hardware assisted breakpoint 3 at 0x800
info breakpoints
#= 2 +breakpoint +keep y +0x0800.* in one_round
#= 3 +hw breakpoint +keep y +0x0800.* in apply
continue
#= Breakpoint 2, one_round \(\)
continue
#= Breakpoint 3, apply \(operation=0x800.* <add>, a=12, b=4\)
disable 3
continue
#= Breakpoint 2, one_round \(\)
print rounds
#= = 1
condition 2 rounds == 5
continue
#= Breakpoint 2, one_round \(\)
print rounds
#= = 5
condition 2
#= Breakpoint 2 now unconditional
ignore 2 4
#= Will ignore next 4 crossings of breakpoint 2
continue
print rounds
#= = 10
info breakpoints
#= breakpoint already hit 8 times
delete 2
enable 3
break factorial if n == 2
continue
#= Breakpoint 4, factorial \(n=2\)
backtrace
#= #0  factorial \(n=2\)
#= #1  0x0800.* in factorial \(n=3\)
#= #2  0x0800.* in factorial \(n=4\)
#= #3  0x0800.* in factorial \(n=5\)
#= #4  0x0800.* in one_round
#= #5  0x0800.* in main
continue
#= Breakpoint 3, apply
delete
tbreak subtract
commands
silent
print a - b
print rounds % 3
end
continue
#= = 8
#= = 1
# An address in RAM: gdb asks for a software breakpoint there.
break ram_function
#= Breakpoint 6 at 0x20000
set var command = RAM_CODE
continue
#= Breakpoint 6, ram_function \(n=4\)
x/2i $pc
#= => 0x20000
backtrace 2
#= #0  ram_function \(n=4\)
#= #1  0x0800.* in obey \(what=(RAM_CODE|<optimized out>)\)
finish
#= Value returned is \$[0-9]+ = 6
set var command = RAM_CODE
continue
#= Breakpoint 6, ram_function
clear ram_function
print/x *(unsigned short *) ((long) ram_function & ~1) != 0xbe00
#= = 0x1
print calls_in_ram
#= = 4
tbreak one_round
continue
#= one_round
print calls_in_ram
#= = 8
thbreak add
#= Hardware assisted breakpoint 8
continue
#= Temporary breakpoint 8, add \(a=12, b=4\)
tbreak *multiply
continue
#= Temporary breakpoint 9, multiply
tbreak firmware.c:add
continue
#= Temporary breakpoint 10, add
detach
