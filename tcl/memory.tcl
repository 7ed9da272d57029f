# memread32 ADDRESS, memwrite32 ADDRESS VALUE and the like, which name themselves in their errors; and tables of what is where in
# an address space (FLASH, RAM, MMREGS, XMEM), which chips' files fill in.

source [find bitsbytes.tcl]

foreach {_name _value} [list CPU_MAX_ADDRESS 0xFFFFFFFF \
    RWX_NO_ACCESS 0 RWX_X_ONLY $BIT0 RWX_W_ONLY $BIT1 RWX_R_ONLY $BIT2 RWX_RW 6 RWX_R_X 5 RWX_RWX 7 \
    ACCESS_WIDTH_NONE 0 ACCESS_WIDTH_8 $BIT0 ACCESS_WIDTH_16 $BIT1 ACCESS_WIDTH_32 $BIT2 ACCESS_WIDTH_ANY 7] {
    if {![info exists $_name]} { set $_name $_value }
}
# What is nowhere else.
set N_UNKNOWN 1
foreach {_name _value} [list CHIPSELECT -1 BASE 0 LEN $CPU_MAX_ADDRESS HUMAN unknown TYPE unknown RWX 0 ACCESS_WIDTH 0] {
    set UNKNOWN(0,$_name) $_value
}
unset _name _value

proc iswithin {address base length} { expr {$address >= $base && $address < $base + $length} }

# "RAM 1": the table and the row that an address is in.
proc address_info {address} {
    foreach table {FLASH RAM MMREGS XMEM} {
        upvar #0 N_$table rows $table region
        if {![info exists rows]} continue
        for {set row 0} {$row < $rows} {incr row} {
            if {[iswithin $address $region($row,BASE) $region($row,LEN)]} { return "$table $row" }
        }
    }
    return "UNKNOWN 0"
}

foreach _phys {{} phys} {
    foreach _width {32 16 8} {
        set _suffix $_width[expr {$_phys eq "" ? "" : "_phys"}]
        proc memread$_suffix {address} "
            if {\[catch {read_memory \$address $_width 1 $_phys} value\]} { error \"memread$_width: \$value\" }
            return \$value"
        proc memwrite$_suffix {address data} "
            if {\[catch {write_memory \$address $_width \$data $_phys} why\]} { error \"memwrite$_width: \$why\" }
            return \$data"
    }
}
unset _phys _width _suffix
