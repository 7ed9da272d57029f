# The CTRL-AP of Nordic's chips (nRF52832 product specification 4.8.1.2, nRF5340 7.30.3), which opens a locked chip by erasing
# it. `ap` is its number. The ST-LINK's own commands do not reach it.

if {[using_hla]} {
    echo "Warn : the CTRL-AP of this chip is out of reach with this adapter: a locked chip can be neither told nor opened"
}

# APPROTECTSTATUS is below `unlocked` where the chip is locked.
proc nrf_check_ap_lock {ap unlocked command} {
    if {[catch {[[target current] cget -dap] apreg $ap 0xc} status] || $status >= $unlocked} return
    echo "Warn : \[[target current]\] is locked (APPROTECT of its UICR): '$command' erases and unlocks it"
    poll off
}

proc nrf_recover {ap id} {
    set target [target current]
    set dap [$target cget -dap]
    # IDR
    if {[$dap apreg $ap 0xfc] != $id} {
        echo "Error: there is no CTRL-AP at access port $ap"
        return
    }
    poll off
    # ERASEALL, ERASEALLSTATUS
    $dap apreg $ap 4 0
    $dap apreg $ap 4 1
    for {set tries 0} {[$dap apreg $ap 8] != 0} {incr tries} {
        if {$tries == 150} {
            echo "Error: \[$target\] is still erasing after 15 s"
            return
        }
        sleep 100
    }
    echo "$target device has been successfully erased and unlocked."
    # RESET on and off
    $dap apreg $ap 0 1
    $dap apreg $ap 0 0
    $dap apreg $ap 4 0
    sleep 100
    $target arp_examine
    poll on
}
