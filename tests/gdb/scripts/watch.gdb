# Watchpoints on words, halfwords and bytes, on access of each kind, with conditions, and too many of them.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
watch rounds
#= Hardware watchpoint 2: rounds
continue
#= Hardware watchpoint 2: rounds
#= Old value = 0
#= New value = 1
#O0= in one_round|one_round \(\)
continue
#= Old value = 1
#= New value = 2
delete 2
watch watched_byte
watch watched_half
continue
#= Hardware watchpoint 3: watched_byte
#= Old value = 1 '\\001'
#= New value = 2 '\\002'
continue
#= Hardware watchpoint 4: watched_half
#= Old value = 3
#= New value = 6
continue
#= watchpoint 3: watched_byte
delete 3 4
rwatch applied
#= Hardware read watchpoint 5: applied
awatch watched
#= Hardware access \(read/write\) watchpoint 6: watched
delete 5
continue
#= Hardware access \(read/write\) watchpoint 6: watched
continue
#= Hardware access \(read/write\) watchpoint 6: watched
delete 6
rwatch a_float
set var command = FLOATS
continue
#= Hardware read watchpoint 7: a_float
#= Value = 1.5
#= float_work
delete 7
watch rounds if rounds > 8
continue
#= Old value = 8
#= New value = 9
delete 8
watch numbers[3]
watch *(int *) &numbers[4]
set var command = NOTHING
tbreak one_round
continue
#= one_round
info watchpoints
#= hw watchpoint +keep y +numbers\[3\]
delete
watch rounds
watch ticks
watch applied
watch watched_half
watch watched_byte
continue
#= Could not insert hardware watchpoint
#= Could not insert hardware breakpoints:
#= You may have requested too many hardware breakpoints/watchpoints\.
delete
tbreak one_round
continue
#= Temporary breakpoint [0-9]+, one_round \(\)
detach
