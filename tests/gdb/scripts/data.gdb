# Variables of every type printed, set and found in memory.
target extended-remote :PORT
#~ the program is running: it is stopped wherever it is
monitor reset halt
tbreak one_round
continue
print a_char
#= = -5 
print an_unsigned_char
#= = 200 
print a_short
#= = -1234
print an_unsigned_short
#= = 54321
print an_int
#= = -123456789
print an_unsigned
#= = 3123456789
print a_long_long
#= = -1234567890123456789
print an_unsigned_long_long
#= = 12345678901234567890
print a_float
#= = 1\.5
print a_double
#= = -2\.25
print a_bool
#= = true
print a_colour
#= = BLUE
print text
#= = "Probity \\"quoted\\" \\n"
print words
#= = \{0x800[0-9a-f]* "one", 0x800[0-9a-f]* "two", 0x800[0-9a-f]* "three"\}
print numbers
#= = \{1, 1, 2, 3, 5, 8, 13, 21, 34, 55\}
print numbers[3]@4
#= = \{3, 5, 8, 13\}
print matrix
#= = \{\{1, -2, 3\}, \{-4, 5, -6\}\}
print/x constants
#= = \{0xdeadbeef, 0x12345678, 0x0, 0xffffffff\}
print operations
#= <add>.*<subtract>.*<multiply>
set print pretty on
print inside
#= name = "inside\\000"
#= gain = 2
#= convert = 0x800[0-9a-f]* <add>
#= next = 0x200[0-9a-f]* <outside>
print *inside.next
#= low = 5
#= middle = 99
#= high = 33
#= offset = 0.001
#= x = -3
#= colour = GREEN
#= word = 1144201745
set print pretty off
print inside.next->corners[1].y
#= = -4
print &inside.next->corners[1]
print sizeof(struct Sensor)
ptype struct Point
#= int32_t x;
whatis operations
#= type = Operation \[3\]
x/4xw &constants
#= 0xdeadbeef	0x12345678	0x00000000	0xffffffff
x/8xb constants
#= 0xef	0xbe	0xad	0xde	0x78	0x56	0x34	0x12
x/3xh &constants
#= 0xbeef	0xdead	0x5678
x/2xg numbers
#= 0x0000000100000001	0x0000000300000002
x/s text
#= "Probity
x/3s words[0]
x/4dw numbers
x/5i factorial
#= <factorial
disassemble /r apply
#= End of assembler dump
info symbol factorial
#= factorial in section \.text
info line factorial
set var an_int = 42
print an_int
#= = 42
set var a_short = -2
set var a_char = 'x'
set var a_double = 3.125
set var a_float = -0.5
set var a_long_long = 1
set var numbers[9] = -55
set var inside.next->corners[0].x = 77
set var inside.next->middle = 64
set var text[0] = 'p'
print a_short
#= = -2
print a_char
#= 'x'
print a_double
#= = 3\.125
print a_float
#= = -0\.5
print a_long_long
#= = 1
print numbers
#= 34, -55\}
print outside
#= middle = 64
#= x = 77
print text
#= "probity
maintenance flush dcache
print outside.corners
#= \{\{x = 77, y = 2\}, \{x = -3, y = -4\}\}
set var a_bool = 0
print a_bool
#= = false
set {char[4]} scratch = "abc"
x/s scratch
#= "abc"
find &filling, +sizeof(filling), 0x0badf00d
#= <filling\+4092>
#= 1 pattern found
find /w &constants, +16, 0x12345678
#= <constants\+4>
find /b scratch, +256, 'c', 0
#= <scratch\+2>
find &filling, +sizeof(filling), 0x77777777
#= Pattern not found
dump binary value filling.bin filling
dump binary memory numbers.bin numbers &numbers[10]
set var numbers[0] = 0x7fffffff
set var numbers[5] = 0
restore numbers.bin binary numbers
print numbers
#= = \{1, 1, 2, 3, 5, 8, 13, 21, 34, -55\}
restore filling.bin binary 0x20010000
print *(unsigned *) 0x20010000
#= = 2779096485
print *(unsigned *) 0x20010ffc == 0x0badf00d
#= = 1
dump ihex memory odd.hex 0x20010001 0x20010fef
shell sed -n '$=' odd.hex
shell rm -f filling.bin numbers.bin odd.hex
print $_siginfo
print rounds + ticks * 0
detach
