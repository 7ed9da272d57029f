# ti_icepick_chip NAME ROW declares a chip of TI whose Cortex-M is behind an ICEPick on JTAG. ROW: dap and jrc, the ids of the
# debug port and of the ICEPick; swd, that of the debug port where there is SWD; cjtag, whether it wakes up in cJTAG; ram, the
# size of the work area at 0x20000000. Variables read: CHIPNAME, DAP_TAPID, JRC_TAPID, WORKAREASIZE.

source [find target/cortex_m_chip.tcl]
source [find target/icepick.cfg]
source [find target/ti-cjtag.cfg]

proc ti_icepick_chip {name row} {
    set chip [_chip_setting CHIPNAME $name]
    set swd [expr {[dict exists $row swd] && ![using_jtag]}]
    set id [_chip_setting DAP_TAPID [dict get $row [expr {$swd ? "swd" : "dap"}]]]
    set jrc_id [_chip_setting JRC_TAPID [dict get $row jrc]]
    if {$swd} {
        swj_newdap $chip cpu -expected-id $id
    } else {
        jtag newtap $chip cpu -irlen 4 -ircapture 0x1 -irmask 0xf -expected-id $id -disable
        jtag configure $chip.cpu -event tap-enable "icepick_c_tapenable $chip.jrc 0"
        jtag newtap $chip jrc -irlen 6 -ircapture 0x1 -irmask 0x3f -expected-id $jrc_id -ignore-version
        jtag configure $chip.jrc -event setup "jtag tapenable $chip.cpu"
        if {[_chip_word $row cjtag 0]} {
            jtag configure $chip.jrc -event post-reset "ti_cjtag_to_4pin_jtag $chip.jrc"
        }
    }
    dap create $chip.dap -chain-position $chip.cpu
    upvar 1 _TARGETNAME target
    set target $chip.cpu
    target create $target cortex_m -dap $chip.dap
    if {[dict exists $row ram]} {
        $target configure -work-area-phys 0x20000000 -work-area-size [_chip_setting WORKAREASIZE [dict get $row ram]] \
            -work-area-backup 0
    }
}
