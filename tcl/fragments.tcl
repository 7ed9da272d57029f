# What a configuration file says before, or without, the file that it belongs to; and drivers and transports by the names
# that another OpenOCD had for them.

# --- adapter drivers ---

set _renamed_drivers {
    ft2232      ftdi
    stlink      hla
    stlink-dap  st-link
    stlink_usb  hla
    hl          hla
    cmsis_dap   cmsis-dap
    daplink     cmsis-dap
    picoprobe   cmsis-dap
    J-Link      jlink
    gpiod       linuxgpiod
}

rename {adapter driver} {_adapter driver}
proc {adapter driver} {args} {
    if {[llength $args] == 1 && [dict exists $::_renamed_drivers [lindex $args 0]]} {
        set old [lindex $args 0]
        set new [dict get $::_renamed_drivers $old]
        echo "DEPRECATED! use 'adapter driver $new' not 'adapter driver $old'"
        set args [list $new]
    }
    set result [{_adapter driver} {*}$args]
    global _wanted_transport
    if {[info exists _wanted_transport]} {
        set transport [_transport_of_adapter $_wanted_transport]
        unset _wanted_transport
        transport select $transport
    }
    return $result
}

# The driver ft2232 knew its adapters by name.
set _ft2232_layouts {
    usbjtag openocd-usb  jtagkey jtagkey  jtagkey_prototype_v1 jtagkey  oocdlink oocdlink  signalyzer signalyzer
    signalyzer-h signalyzer  evb_lm3s811 luminary-lm3s811  lm3s811_jtag luminary-lm3s811  luminary_icdi luminary-icdi
    olimex-jtag olimex-arm-usb-ocd  flyswatter flyswatter  flyswatter2 flyswatter2  minimodule minimodule
    turtelizer2 turtelizer2-revC  comstick hitex_str9-comstick  stm32stick stm32-stick  axm0432_jtag axm0432
    sheevaplug sheevaplug  icebear icebear  cortino cortino  ktlink kt-link  redbee-econotag redbee-econotag
    redbee-usb redbee-usb  lisa-l lisa-l  flossjtag flossjtag  xds100v2 xds100v2  digilent-hs1 digilent-hs1
}
# One layout for all of Olimex's; their wires differ.
set _olimex_of_product {0x0004 olimex-jtag-tiny  0x002a olimex-arm-usb-tiny-h  0x002b olimex-arm-usb-ocd-h}
set _ft2232 {layout {} product {}}

proc ft2232_layout {layout} {
    if {![dict exists $::_ft2232_layouts $layout]} {
        return -code error "ft2232_layout '$layout' is not known; there is: [lsort [dict keys $::_ft2232_layouts]]"
    }
    dict set ::_ft2232 layout $layout
    echo "DEPRECATED! use 'source \[find interface/ftdi/[_ft2232_name].cfg\]' not 'ft2232_layout $layout'"
    uplevel #0 { source [find interface/ftdi/adapters.tcl] }
    ftdi_wires [_ft2232_name]
}

proc _ft2232_name {} {
    set product [string tolower [dict get $::_ft2232 product]]
    set layout [dict get $::_ft2232 layout]
    if {$layout eq "olimex-jtag" && [dict exists $::_olimex_of_product $product]} {
        return [dict get $::_olimex_of_product $product]
    }
    return [dict get $::_ft2232_layouts $layout]
}

# May be said before the layout or after it.
proc ft2232_vid_pid {args} {
    echo "DEPRECATED! use 'ftdi vid_pid' not 'ft2232_vid_pid'"
    dict set ::_ft2232 product [lindex $args 1]
    if {[dict get $::_ft2232 layout] eq "olimex-jtag"} { ftdi_wires [_ft2232_name] }
    ftdi vid_pid {*}$args
}

# --- transports ---

# A transport may be named before the adapter: it is selected as soon as there is one. Then a probe that is not reached on a
# high level has the wire alone.
rename {transport select} {_transport select}
proc {transport select} {args} {
    global _wanted_transport
    set args [lmap name $args { _transport_of_today $name }]
    if {[adapter name] ne "undefined"} {
        # After 0.12 the wire is all that a target's file asks for, whatever level of the probe the user chose for it.
        global _selected_transport
        if {$args in {swd jtag} && [info exists _selected_transport] && [string match *_$args $_selected_transport]} return
        set result [{_transport select} {*}$args]
        if {[llength $args] == 1} { set _selected_transport [lindex $args 0] }
        return $result
    }
    if {[llength $args] == 1 && [lindex $args 0] in [_known_transports]} {
        set _wanted_transport [lindex $args 0]
        echo "Warn : transport '$_wanted_transport' is selected before any adapter: it waits for 'adapter driver', or an\
interface/*.cfg file"
        return
    }
    if {[llength $args] == 0 && [info exists _wanted_transport]} { return $_wanted_transport }
    tailcall {_transport select} {*}$args
}
set _renamed_transports {stlink_swd hla_swd  stlink_jtag hla_jtag  cmsis-dap swd}
proc _transport_of_today {name} {
    if {![dict exists $::_renamed_transports $name]} { return $name }
    set new [dict get $::_renamed_transports $name]
    echo "DEPRECATED! use 'transport select $new' not 'transport select $name'"
    return $new
}
proc _known_transports {} { return {jtag swd hla_jtag hla_swd dapdirect_jtag dapdirect_swd} }
proc _transport_of_adapter {name} {
    if {[adapter name] in {hla st-link rshim dmem vdebug} || $name ni [_known_transports] || [string first _ $name] < 0} { return $name }
    set wire [lindex [split $name _] 1]
    echo "Warn : adapter '[adapter name]' has no transport '$name': use 'transport select $wire'"
    return $wire
}

# --- flash drivers ---

set _renamed_flash_drivers {
    stm32x      stm32f1x
    stm32f0x    stm32f1x
    stm32f3x    stm32f1x
    stm32f2xxx  stm32f2x
    stm32f4x    stm32f2x
    stm32f7x    stm32f2x
    stm32l      stm32lx
    stm32l0     stm32lx
    stm32l1     stm32lx
    stm32l0x    stm32lx
    stm32l1x    stm32lx
    stm32g0x    stm32l4x
    stm32g4x    stm32l4x
    stm32wbx    stm32l4x
    stm32u5x    stm32l4x
    nrf52       nrf5
}
rename {flash bank} {_flash bank}
proc {flash bank} {args} {
    # Banks had no name, and targets numbers: "flash bank stm32x 0x08000000 0 0 0 0".
    if {[string is integer -strict [lindex $args 1]] && ![string is integer -strict [lindex $args 0]]} {
        set name bank[llength [flash list]]
        echo "DEPRECATED! use 'flash bank $name [lindex $args 0]' not 'flash bank [lindex $args 0]'"
        set args [linsert $args 0 $name]
    }
    set target [lindex $args 6]
    if {[string is integer -strict $target] && $target ni [target names]} { lset args 6 [_numbered_target $target] }
    set driver [lindex $args 1]
    if {[dict exists $::_renamed_flash_drivers $driver]} {
        set new [dict get $::_renamed_flash_drivers $driver]
        echo "DEPRECATED! use flash driver '$new' not '$driver'"
        lset args 1 $new
    }
    tailcall {_flash bank} {*}$args
}

# --- targets ---

# Which chip the core is in was once for the target to know.
rename {target create} {_target create}
proc {target create} {args} {
    set at [lsearch -exact $args -variant]
    if {$at >= 0} {
        echo "DEPRECATED! '-variant [lindex $args $at+1]' does nothing: 'target create' finds out by itself"
        set args [lreplace $args $at $at+1]
    }
    tailcall {_target create} {*}$args
}

# --- variables ---

# Which file sets what other files read.
set _set_elsewhere {
    {^_?(CHIPNAME|TARGETNAME|FLASHNAME|CPUTAPID|ENDIAN|WORKAREASIZE)$}  {target/*.cfg files set it: source one first}
    {^_?(DAP_?TAPID|CPURAMSIZE|CPUROMSIZE)$}   {the file that sources this one is to set it}
    {.}                              {set it before, in another file or with -c "set %s VALUE"}
}
proc _say_who_sets {error} {
    if {![regexp {^can't read "([^"]+)": no such variable} $error -> name]} return
    foreach {pattern advice} $::_set_elsewhere {
        if {[regexp $pattern $name]} {
            echo "Warn : variable '$name' is missing: [string map [list %s $name] $advice]"
            return
        }
    }
}
