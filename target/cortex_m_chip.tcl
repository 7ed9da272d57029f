# cortex_m_chip NAME ROW declares a chip with one Cortex-M, which most chips are, and leaves behind the variables that the
# files of users read: _CHIPNAME, _CPUTAPID, _ENDIAN, _WORKAREASIZE, _TARGETNAME, _FLASHNAME. ROW has a value for some of these words:
#   id          what the debug port says it is; or swd_id and jtag_id, where they differ. CPUTAPID goes before
#   tap         more words of `jtag newtap`, without -expected-id
#   tag         the TAP's name, "cpu"
#   endian      1: the variable ENDIAN is read
#   ram         address and size of the work area; WORKAREASIZE goes before. With a third word, its -work-area-backup
#   speed       kHz
#   srst_delay  ms; on JTAG that of TRST as well
#   reset       how `cortex_m` resets without the SRST wire, where it is not by sysresetreq; or none
#   reset_config   words of that command
#   flash       banks: {name driver address size chip_width bus_width more ...} ...; the last one's name is _FLASHNAME

source [find target/swj-dp.tcl]
source [find mem_helper.tcl]

# A variable of the calling file, or what it is without; kept for those who follow with a _ before its name.
proc _chip_setting {variable default} {
    upvar 2 $variable given _$variable kept
    if {[info exists given]} { set kept $given } else { set kept $default }
}

proc _chip_word {row word default} {
    if {[dict exists $row $word]} { return [dict get $row $word] }
    return $default
}

proc cortex_m_chip {name row} {
    set chip [_chip_setting CHIPNAME $name]
    set wire [expr {[using_jtag] ? "jtag_id" : "swd_id"}]
    set id [_chip_setting CPUTAPID [_chip_word $row $wire [_chip_word $row id {}]]]
    set tag [_chip_word $row tag cpu]
    set expected [expr {$id eq "" ? {} : [list -expected-id $id]}]
    swj_newdap $chip $tag {*}[_chip_word $row tap {-irlen 4 -ircapture 0x1 -irmask 0xf}] {*}$expected
    dap create $chip.dap -chain-position $chip.$tag

    upvar 1 _TARGETNAME target
    set target $chip.$tag
    upvar 1 _ENDIAN endian
    set endian little
    if {[_chip_word $row endian 0]} { _chip_setting ENDIAN little }
    target create $target cortex_m -endian $endian -dap $chip.dap
    if {[dict exists $row ram]} {
        lassign [dict get $row ram] base size backup
        if {$backup eq ""} { set backup 0 }
        $target configure -work-area-phys $base -work-area-size [_chip_setting WORKAREASIZE $size] \
            -work-area-backup $backup
    }

    upvar 1 _FLASHNAME flash
    foreach bank [_chip_word $row flash {}] {
        set flash $chip.[lindex $bank 0]
        flash bank $flash {*}[lrange $bank 1 5] $target {*}[lrange $bank 6 end]
    }

    if {[dict exists $row speed]} { adapter speed [dict get $row speed] }
    if {[dict exists $row srst_delay]} {
        adapter srst delay [dict get $row srst_delay]
        if {[using_jtag]} { jtag_ntrst_delay [dict get $row srst_delay] }
    }
    if {[dict exists $row reset_config]} { reset_config {*}[dict get $row reset_config] }
    set reset [_chip_word $row reset sysresetreq]
    if {$reset ne "none" && ![using_hla]} { cortex_m reset_config $reset }
    return $target
}
