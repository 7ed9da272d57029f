# Detached and attached again fifty times; the program goes on in between. (The pause is for stock OpenOCD, which refuses
# a connection that comes before it has seen the end of the one before.)
#server stm32f4x.cpu configure -event gdb-detach {resume}
target remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
detach
set $i = 0
set $stuck = 0
set $last = 0
if 1
  set trace-commands off
  while $i < 50
    shell sleep 0.05
    target remote :PORT
    if rounds == $last
      set $stuck = $stuck + 1
    end
    set $last = rounds
    set $i = $i + 1
    detach
  end
  set trace-commands on
end
#~ where each attaching stops it
shell sleep 0.2
print $i
#= = 50
print $stuck
#= = 0
target remote :PORT
#~ stopped wherever it is
monitor reset halt
tbreak one_round
continue
#= Temporary breakpoint 2, one_round \(\)
print rounds
#= = 0
detach
