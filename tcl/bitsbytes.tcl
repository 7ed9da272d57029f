# Numbers by name: BIT0 … BIT31, and __1K … __1024K, __1M … __1024M; fields of numbers.

apply {{} {
    for {set n 0} {$n < 32} {incr n} { set ::BIT$n [expr {1 << $n}] }
    for {set n 1} {$n < 2048} {set n [expr {2 * $n}]} {
        set ::__${n}K [expr {$n * 1024}]
        set ::__${n}M [expr {$n * 1024 * 1024}]
    }
}}

proc create_mask {msb lsb} { expr {((1 << ($msb - $lsb + 1)) - 1) << $lsb} }
proc extract_bitfield {value msb lsb} { expr {$value & [create_mask $msb $lsb]} }
proc normalize_bitfield {value msb lsb} { expr {[extract_bitfield $value $msb $lsb] >> $lsb} }

# Shows how it gets there, too.
proc show_normalize_bitfield {value msb lsb} {
    set mask [create_mask $msb $lsb]
    set there [expr {$value & $mask}]
    set field [expr {$there >> $lsb}]
    echo [format "((0x%08x & 0x%08x) -> 0x%08x) >> %2d => (0x%x) %5d " $value $mask $there $lsb $field $field]
    return $field
}
