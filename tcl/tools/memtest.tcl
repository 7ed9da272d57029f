# Tests of RAM through the debugger: shorted and open lines of data and address, and cells. Each returns nothing, or the
# pattern, offset or address at which it failed.

source [find memory.tcl]

proc convertToHex {value} { format 0x%08x $value }

proc _memtest_expect {what address expected} {
    set found [memread32 $address]
    if {$found == $expected} { return 1 }
    echo "FAILED $what: Address: [convertToHex $address], Pattern: [convertToHex $expected], Returned: [convertToHex $found]"
    return 0
}

# A one walks through the word at this address.
proc memTestDataBus {address} {
    echo "Running memTestDataBus"
    for {set bit 0} {$bit < 32} {incr bit} {
        set pattern [expr {1 << $bit}]
        memwrite32 $address $pattern
        if {![_memtest_expect DATABUS $address $pattern]} { return $pattern }
    }
}

# Words whose offsets have a single bit each: writing one must change no other.
proc memTestAddressBus {base bytes} {
    echo "Running memTestAddressBus"
    set rest 0xAAAAAAAA
    set mark 0x55555555
    set offsets 0
    for {set offset 4} {$offset < $bytes} {set offset [expr {$offset << 1}]} { lappend offsets $offset }
    foreach offset $offsets { memwrite32 [expr {$base + $offset}] $rest }
    foreach marked $offsets {
        memwrite32 [expr {$base + $marked}] $mark
        foreach offset $offsets {
            if {![_memtest_expect ADDRESSBUS [expr {$base + $offset}] [expr {$offset == $marked ? $mark : $rest}]]} {
                return [convertToHex $offset]
            }
        }
        memwrite32 [expr {$base + $marked}] $rest
    }
}

# Every word, with a number of its own and with that number's complement.
proc memTestDevice {base bytes} {
    echo "Running memTestDevice"
    foreach flip {0 0xFFFFFFFF} {
        for {set offset 0} {$offset < $bytes} {incr offset 4} {
            memwrite32 [expr {$base + $offset}] [expr {($offset / 4 + 1) ^ $flip}]
        }
        for {set offset 0} {$offset < $bytes} {incr offset 4} {
            set address [expr {$base + $offset}]
            if {![_memtest_expect DEVICE $address [expr {($offset / 4 + 1) ^ $flip}]]} { return [convertToHex $address] }
        }
    }
}

proc runAllMemTests {base bytes} {
    memTestDataBus $base
    memTestAddressBus $base $bytes
    memTestDevice $base $bytes
}
