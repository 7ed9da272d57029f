# Every way to step.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
stepi
stepi
x/i $pc
tbreak main
continue
#= main \(\)
step
#O0= SYST_CVR = 0
next
#O0= SYST_CSR = 7
next
step
step
#O0= command = NOTHING
next
next
#O0= result = sum
tbreak sum
continue
#= sum \(values=0x200.* <numbers>, count=10\)
backtrace
#= #0  sum
#= #1  0x0800.* in one_round
#= #2  0x0800.* in main
next
next
next
info locals
finish
#= Run till exit from #0
#= Value returned is \$1 = 143
next
advance apply
#= apply \(operation=0x800.* <add>, a=12, b=4\)
step
up
#= #1 
info frame
#= called by frame at
#= Saved registers:
down
stepi 5
nexti
nexti 3
tbreak factorial
continue
#= factorial \(n=5\)
next
step
until
backtrace
return
#= #0 
tbreak one_round
continue
#= one_round \(\)
print rounds
advance obey
#= obey \(what=NOTHING\)
up
until apply
frame
tbreak sum
continue
#= sum
until 90
frame
#O0= 90	
stepi
stepi
stepi
nexti
info line *$pc
#= firmware\.c
tbreak one_round
continue
# Stepping over a call that a breakpoint interrupts, and out of it.
break factorial if n == 3
next
next
next
next
next
next
backtrace
delete
finish
#= Run till exit
set step-mode on
step
# Through code that has no lines, by the instruction.
monitor reset halt
maintenance flush register-cache
stepi
stepi
stepi
print $pc
detach
