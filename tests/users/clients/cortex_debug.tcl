# What the Cortex-Debug extension sources before the user's files, written anew from what it documents: three procedures that it
# calls with -c, and, where the server has the newer commands, the older ones on top of them.

set USE_SWO 0

proc CDSWOConfigure {cpu_hertz swo_hertz output} {
    catch { tpiu init }
    set names [tpiu names]
    if {[llength $names] == 0} {
        puts stderr "no TPIU"
        return
    }
    set trace [lindex $names 0]
    $trace configure -protocol uart -output $output -traceclk $cpu_hertz -pin-freq $swo_hertz
    $trace enable
}

proc CDRTOSConfigure {rtos} {
    set target [target current]
    if {$target eq ""} {
        puts stderr "no target"
    } else {
        puts "[info script]: $target configure -rtos $rtos"
        $target configure -rtos $rtos
    }
}

# Watching variables takes a second connection.
proc CDLiveWatchSetup {} {
    try {
        foreach target [target names] {
            set connections [$target cget -gdb-max-connections]
            if {$connections > 0} {
                incr connections
                $target configure -gdb-max-connections $connections
                puts "$target has $connections connections"
            }
        }
    } on error {} {
        puts stderr "no second connection"
    }
}

foreach server {gdb tcl telnet} {
    if {[llength [info commands $server]] != 0} {
        proc ${server}_port {port} "puts {$server port}; $server port \$port"
    }
}
