# Showing memory-mapped registers: show_mmr32_reg NAME shows the register whose address is in the variable NAME, and calls
# show_NAME_helper NAME ADDRESS VALUE where there is such a procedure.

source [find bitsbytes.tcl]
source [find memory.tcl]

proc proc_exists {name} { expr {[info commands $name] ne ""} }

proc show_mmr32_reg {name} {
    upvar #0 $name address
    if {[catch {memread32 $address} value]} { error "$value ($name)" }
    echo [format "%15s: (0x%08x): 0x%08x" $name $address $value]
    if {[proc_exists show_${name}_helper]} { show_${name}_helper $name $address $value }
    return $value
}

# `names`: an array of 32 bits' names.
proc show_mmr32_bits {names value} {
    upvar $names name_of
    set width 5
    foreach {bit name} [array get name_of] {
        if {[string length $name] > $width} { set width [string length $name] }
    }
    foreach high {31 23 15 7} {
        set titles "  "
        set levels "  "
        for {set bit $high} {$bit > $high - 8} {incr bit -1} {
            append titles [format "%2d: %-*s | " $bit $width $name_of($bit)]
            append levels [format "    %d%*s | " [expr {($value >> $bit) & 1}] [expr {$width - 1}] ""]
        }
        echo $titles
        echo $levels
    }
}

# `meanings`: of each value of the field; _NUMBER_ where it is one.
proc show_mmr_bitfield {msb lsb value name meanings} {
    set digits [expr {($msb - $lsb + 8) / 4}]
    set field [show_normalize_bitfield $value $msb $lsb]
    set meaning [expr {[lindex $meanings 0] eq "_NUMBER_" ? "" : [lindex $meanings $field]}]
    echo [format "%-15s: %d (0x%0*x) %s" $name $field $digits $field $meaning]
}

proc get_mmr_bit {address bit} { expr {[memread32 $address] & (1 << $bit)} }
proc get_mmr_bitfield {address msb lsb} { normalize_bitfield [memread32 $address] $msb $lsb }
