# What every run starts with. It is compiled into the program; any procedure here can be replaced by a configuration
# file, by `proc NAME …` alone or after `rename NAME old_NAME`.

# What `puts` writes into a pipe or a file is there at once, as with OpenOCD 0.12.0.
stdout buffering none

# --- files ---

proc script {filename} {
    if {[catch {uplevel #0 [list source [find $filename]]} result options]} {
        _say_who_sets $result
        return {*}$options $result
    }
    return $result
}
add_usage_text script "<file>"
add_help_text script "Finds a script file and runs it."

# --- hooks that configuration files append to ---

proc _run_post_init_commands {} {
    if {[info exists ::post_init_commands]} {
        foreach command $::post_init_commands { uplevel #0 $command }
    }
}

proc _run_pre_shutdown_commands {} {
    if {[info exists ::pre_shutdown_commands]} {
        foreach command $::pre_shutdown_commands { uplevel #0 $command }
    }
}

# --- hooks that configuration files replace; run by `init`, in this order ---

proc init_targets {} {}

# What GDB's work on a target means, unless the file said something else.
proc init_target_events {} {
    foreach name [target names] {
        set_default_target_event $name gdb-flash-erase-start "reset init"
        set_default_target_event $name gdb-flash-write-end "reset halt"
        set_default_target_event $name gdb-attach "halt 1000"
    }
}
proc set_default_target_event {name event body} {
    if {[$name cget -event $event] eq ""} { $name configure -event $event $body }
}

proc init_board {} {}

# --- transport ---

proc using_jtag {} { expr {[string first jtag [transport select]] >= 0} }
proc using_swd {} { expr {[string first swd [transport select]] >= 0} }
proc using_hla {} { expr {[string first hla [transport select]] >= 0} }

proc jtag_init {} {
    if {[catch {jtag arp_init}]} { init_reset startup }
}

# --- reset ---

# First part of a reset: the TAPs, where there are any. A board may need more than this.
proc init_reset {mode} {
    if {[using_jtag]} { jtag arp_init-reset }
}

proc reset {{mode run}} {
    if {[command mode] eq "config"} { return -code error "The 'reset' command must be used after 'init'." }
    ocd_process_reset $mode
}
add_usage_text reset "\[run|halt|init\]"
add_help_text reset "Resets all targets; then lets them run, halts them at their reset vector, or also runs reset-init."

# An event that calls `reset` again would never end.
set in_process_reset 0
proc ocd_process_reset {mode} {
    global in_process_reset
    if {$in_process_reset} {
        set in_process_reset 0
        return -code error "'reset' can not be invoked recursively"
    }
    set in_process_reset 1
    set code [catch {ocd_process_reset_inner $mode} result]
    set in_process_reset 0
    return -code $code $result
}

proc _each_target_event {event} {
    foreach name [target names] { $name invoke-event $event }
}

# A TAP that is switched off has no target to talk to.
proc _reachable_targets {} {
    set reachable {}
    foreach name [target names] {
        if {![using_jtag] || [jtag tapisenabled [$name cget -chain-position]]} { lappend reachable $name }
    }
    return $reachable
}

proc _examine {name} {
    $name invoke-event examine-start
    if {[catch {$name arp_examine allow-defer}]} {
        $name invoke-event examine-fail
        return 0
    }
    $name invoke-event examine-end
    return 1
}

# Halted, or an error that says so. Targets whose examination is deferred are not waited for.
proc _wait_reset_halt {name} {
    if {![$name was_examined]} {
        if {[$name examine_deferred]} return
        if {![_examine $name]} { return -code error "TARGET: $name - Not examined" }
    }
    catch {$name arp_waitstate halted 1000}
    if {[$name curstate] ne "halted"} { return -code error "TARGET: $name - Not halted" }
}

proc ocd_process_reset_inner {mode} {
    global halt ;# bodies of events ask for it
    switch -- $mode {
        halt - init { set halt 1 }
        run         { set halt 0 }
        default     { return -code error "Invalid mode: $mode, must be one of: halt, init, or run" }
    }
    _reset_begins $mode

    _each_target_event reset-start
    init_reset $mode
    foreach name [_reachable_targets] { _examine $name }

    _each_target_event reset-assert-pre
    foreach name [_reachable_targets] { $name arp_reset assert $halt }
    _each_target_event reset-assert-post

    _each_target_event reset-deassert-pre
    foreach name [_reachable_targets] { $name arp_reset deassert $halt }
    _each_target_event reset-deassert-post

    if {$halt} {
        foreach name [_reachable_targets] { _wait_reset_halt $name }
    }
    if {$mode eq "init"} {
        foreach name [_reachable_targets] {
            if {![$name was_examined] && [$name examine_deferred]} continue
            if {![catch {$name arp_waitstate halted 5000}]} { $name invoke-event reset-init }
        }
    }
    _each_target_event reset-end
}

# --- program ---

# Says what failed; with `exit` that is also the end of the run, with exit status 1.
proc program_error {description exit} {
    if {$exit} {
        echo $description
        shutdown error
    }
    error $description
}

# IDEs and scripts match the lines between asterisks.
proc program {filename args} {
    foreach word {preverify verify reset exit} { set want($word) 0 }
    set file [list $filename]
    foreach arg $args {
        if {[info exists want($arg)]} { set want($arg) 1 } else { set address $arg }
    }
    if {[info exists address]} { lappend file $address }

    if {[catch {init}]} { program_error "** OpenOCD init failed **" 1 }
    if {[catch {reset init}]} { program_error "** Unable to reset target **" $want(exit) }

    set needed 1
    if {$want(preverify)} {
        echo "**pre-verifying**"
        if {![catch {verify_image {*}$file}]} {
            echo "**Verified OK - No flashing**"
            set needed 0
        }
    }
    if {$needed} {
        echo "** Programming Started **"
        if {[catch {flash write_image erase {*}$file}]} {
            program_error "** Programming Failed **" $want(exit)
        }
        echo "** Programming Finished **"
        if {$want(verify)} {
            echo "** Verify Started **"
            if {[catch {verify_image {*}$file}]} { program_error "** Verify Failed **" $want(exit) }
            echo "** Verified OK **"
        }
    }
    if {$want(reset)} {
        # Nobody will look at the target again.
        if {$want(exit)} { poll off }
        echo "** Resetting Target **"
        reset run
    }
    if {$want(exit)} shutdown
    return
}
add_usage_text program "<filename> \[address\] \[preverify\] \[verify\] \[reset\] \[exit\]"
add_help_text program "Writes an image to flash. The address is needed for binary images, and added to those of others."

# --- flash drivers under their family's name ---

foreach {_family _driver} {
    stm32f4x stm32f2x  stm32f7x stm32f2x
    stm32f0x stm32f1x  stm32f3x stm32f1x  gd32e23x stm32f1x
    stm32l0x stm32lx  stm32l1x stm32lx
    stm32c0x stm32l4x  stm32g0x stm32l4x  stm32g4x stm32l4x  stm32l5x stm32l4x  stm32u0x stm32l4x  stm32u3x stm32l4x
    stm32u5x stm32l4x  stm32wbx stm32l4x  stm32wbax stm32l4x  stm32wlx stm32l4x
} {
    proc $_family args "tailcall $_driver {*}\$args"
}
unset _family _driver

# --- servers ---

proc ocd_gdb_restart {target_id} { reset halt }
