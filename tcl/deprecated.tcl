# Commands under the names they had in OpenOCD 0.8 to 0.12, and under those that came after 0.12. What is old works and
# prints one line that names the new; what is newer works silently. A row here gives way to a command of that name.

proc _alias {name parameters body} {
    if {[info commands $name] ne ""} return
    if {[llength $name] > 1} { _group [lindex $name 0] }
    proc $name $parameters $body
    lappend ::_telnet_autocomplete_skip $name
}
# "jlink serial" while there is no other command of that group.
proc _group {name} {
    if {[info commands $name] eq ""} { proc $name {subcommand args} "tailcall \"$name \$subcommand\" {*}\$args" }
}

proc _deprecated {old new} {
    _alias $old args "echo \"DEPRECATED! use '$new' not '$old'\"; tailcall {$new} {*}\$args"
}
proc _newer {new old} { _alias $new args "tailcall {$old} {*}\$args" }
# Two names of one age.
proc _same {one other} { if {[info commands $one] eq ""} { _newer $one $other } else { _newer $other $one } }

# --- pins ---

# Where pin `number` is, in words of `adapter gpio`; `chip`: the driver's only one, "by 32", or nothing.
proc _gpio_place {chip number} {
    if {$chip eq "by 32"} { return [list [expr {$number % 32}] -chip [expr {$number / 32}]] }
    if {$chip ne ""} { return [list $number -chip $chip] }
    return $number
}

# DRIVER tck_num [[CHIP] NUMBER]
proc _gpio_of_old {old signal chip words} {
    echo "DEPRECATED! use 'adapter gpio $signal' not '$old'"
    switch [llength $words] {
        0 {}
        1 { adapter gpio $signal {*}[_gpio_place $chip $words] }
        2 { adapter gpio $signal [lindex $words 1] -chip [lindex $words 0] }
        default { return -code error "$old: syntax error" }
    }
    if {$chip ne "by 32"} { adapter gpio $signal }
}

# DRIVER jtag_nums NUMBER NUMBER NUMBER NUMBER
proc _gpios_of_old {old said signals chip numbers} {
    set each {}
    foreach signal $signals { lappend each "adapter gpio $signal" }
    echo "DEPRECATED! use '[join $each {; }]' not '$said'"
    if {[llength $numbers] != [llength $signals]} { return -code error "$old: syntax error" }
    foreach signal $signals number $numbers { adapter gpio $signal {*}[_gpio_place $chip $number] }
}

proc _only_dap {word} {
    set names [dap names]
    if {[llength $names] == 0} { return -code error "$word: there is no 'dap create'" }
    if {[llength $names] == 1} { return [lindex $names 0] }
    return [[target current] cget -dap]
}

proc _numbered_target {number} {
    set name [lindex [target names] $number]
    if {$name eq ""} { return -code error "there is no target $number; there is: [target names]" }
    return $name
}

# A procedure, so that its variables are nobody's.
proc _define_old_names {} {
    # --- one name for another ---

    foreach {old new} {
        interface                   {adapter driver}
        interface_list              {adapter list}
        interface_transports        {adapter transports}
        {jtag interface}            {adapter name}
        adapter_name                {adapter name}
        adapter_khz                 {adapter speed}
        jtag_khz                    {adapter speed}
        jtag_speed                  {adapter speed}
        adapter_nsrst_delay         {adapter srst delay}
        jtag_nsrst_delay            {adapter srst delay}
        adapter_nsrst_assert_width  {adapter srst pulse_width}
        jtag_nsrst_assert_width     {adapter srst pulse_width}
        ftdi_location               {adapter usb location}
        stlink_device_desc          hla_device_desc
        stlink_vid_pid              hla_vid_pid
        ft2232_device_desc          {ftdi device_desc}
        ft2232_channel              {ftdi channel}
        jlink_hw_jtag               {jlink jtag}
        {jlink hw_jtag}             {jlink jtag}
        {jlink config usb_address}  {jlink config usb}
        {jlink config kickstart}    {jlink config targetpower}
        {jlink config mac_address}  {jlink config mac}
        {jlink config save}         {jlink config write}
        xds110_supply_voltage       {xds110 supply}
        remote_bitbang_host         {remote_bitbang host}
        remote_bitbang_port         {remote_bitbang port}
        nrf51                       nrf5
        stm32x                      stm32f1x
        stm32f2xxx                  stm32f2x
        stm32l                      stm32lx
        {cortex_m3 reset_config}    {cortex_m reset_config}
        {cortex_m3 maskisr}         {cortex_m maskisr}
        {cortex_m3 vector_catch}    {cortex_m vector_catch}
        {cortex_m3 disassemble}     {arm disassemble}
        {armv4_5 disassemble}       {arm disassemble}
        {armv4_5 reg}               {arm reg}
        {armv7a disassemble}        {arm disassemble}
        {flash protect_check}       {flash info}
        hla_vids_pids               hla_vid_pid
    } { _deprecated $old $new }

    # Not through swj_newdap: a user's swj_newdap of that time calls this.
    foreach old {{hla newtap} {stlink newtap}} {
        _alias $old args "
            echo \"DEPRECATED! use 'swj_newdap' not '$old'\"
            if {\[using_jtag\]} { tailcall jtag newtap {*}\$args }
            tailcall swd newdap {*}\$args"
    }

    # "DRIVER_word" became "DRIVER word" in OpenOCD 0.11 and 0.12.
    foreach {driver words} {
        ftdi         {device_desc channel layout_init layout_signal set_signal get_signal vid_pid tdo_sample_edge}
        openjtag     {device_desc variant}
        parport      {port cable write_on_exit toggling_time}
        jtag_dpi     {set_port set_address}
        jtag_vpi     {set_port set_address stop_sim_on_exit}
        xlnx_pcie_xvc {config}
        ulink        {download_firmware}
        vsllink      {usb_vid usb_pid usb_bulkin usb_bulkout usb_interface}
        bcm2835gpio  {speed_coeffs peripheral_base}
        sysfsgpio    {jtag_nums tck_num tms_num tdo_num tdi_num srst_num trst_num swd_nums swclk_num swdio_num}
        buspirate    {adc vreg pullup led speed mode port}
        usb_blaster  {device_desc vid_pid lowlevel_driver pin firmware}
        ft232r       {vid_pid jtag_nums tck_num tms_num tdo_num tdi_num srst_num trst_num restore_serial}
    } {
        foreach word $words { _deprecated ${driver}_$word "$driver $word" }
    }
    _deprecated presto_serial {presto serial}

    # Every adapter had its own word for this.
    foreach old {
        hla_serial cmsis_dap_serial ftdi_serial ft2232_serial jlink_serial kitprog_serial stlink_serial st-link_serial
        vsllink_usb_serial xds110_serial
        {st-link serial} {jlink serial} {ftdi serial} {cmsis-dap serial} {hla serial} {aice serial} {presto serial}
        {ft232r serial_desc} {vsllink usb_serial} {xds110 serial}
    } { _deprecated $old {adapter serial} }
    _alias ft232r_serial_desc args {
        echo "DEPRECATED! use 'adapter serial_desc' not 'ft232r_serial_desc'"
        tailcall {adapter serial} {*}$args
    }

    # It was how an ST-LINK is reached: "usb", or "sg" for the first of them.
    _alias stlink_layout {layout} {
        echo "DEPRECATED! use 'hla_layout stlink' not 'stlink_layout'"
        hla_layout stlink
    }

    # A chip's one debug port had no name.
    foreach word {apsel apid apreg apcsw baseaddr memaccess ti_be_32_quirks} {
        _alias "dap $word" args "
            set dap \[_only_dap {dap $word}\]
            echo \"DEPRECATED! use '\$dap $word' not 'dap $word'\"
            tailcall \$dap $word {*}\$args"
    }
    _alias {target number} {number} {
        set name [lindex [target names] $number]
        echo "DEPRECATED! use '$name' not 'target number $number'"
        return $name
    }

    # After OpenOCD 0.12.
    foreach {new old} {
        {hla vid_pid}           hla_vid_pid
        {flash read_memory}     read_memory
        poll_interval           poll_period
        {hla layout}            hla_layout
        {hla device_desc}       hla_device_desc
        {hla command}           hla_command
        {hla stlink_backend}    hla_stlink_backend
        disassemble             {arm disassemble}
        {kitprog init_acquire_psoc} kitprog_init_acquire_psoc
    } { _newer $new $old }
    foreach {one other} {
        cmsis_dap_vid_pid       {cmsis-dap vid_pid}
        cmsis_dap_backend       {cmsis-dap backend}
        cmsis_dap_usb           {cmsis-dap usb}
        cmsis_dap_info          {cmsis-dap info}
    } { _same $one $other }
    _alias {adapter usb product_name} {name} {
        if {[adapter name] eq "ftdi"} { ftdi device_desc $name }
    }
    _alias debug_reason args { tailcall [target current] debug_reason {*}$args }
    # Caches are looked after without being asked, and so is what a probe cannot do.
    _alias {cache auto} args {}
    _alias {cmsis-dap quirk} args {}

    # --- what means nothing any more ---

    foreach {old why} {
        daemon_startup      "use the commands 'init' and 'reset'"
        ft2232_latency      "the driver chooses the latency itself"
        run_and_halt_time   "use 'reset halt'"
        fast                "every way that is fast is the usual one"
        vsllink_mode        "transport select says which wires"
        {swd wcr}           "the turnaround is one clock"
        jtag_interface      "use 'adapter driver'"
        gdb_detach          "use 'NAME configure -event gdb-detach BODY'"
    } { _alias $old args "echo \"DEPRECATED! '$old' does nothing; $why\"" }

    # irlen ircapture irmask idcode, of a time when TAPs had no names.
    _alias jtag_device {irlen ircapture irmask args} {
        echo "DEPRECATED! use 'jtag newtap' not 'jtag_device'"
        jtag newtap auto tap[llength [jtag names]] -irlen $irlen -ircapture $ircapture -irmask $irmask
    }

    # Of a time when targets had numbers: "target cortex_m3 little reset_halt 0", and what was said of target 0.
    foreach type {cortex_m3 cortex_m} {
        _alias "target $type" {args} "
            set name target\[llength \[target names\]\]
            echo \"DEPRECATED! use 'target create \$name cortex_m' not 'target $type'\"
            if {\[llength \[jtag names\]\] == 0} { return -code error {target $type: there is no 'jtag_device' before it} }
            target create \$name cortex_m -endian little -chain-position \[lindex \[jtag names\] 0\]"
    }
    _alias working_area {number address size {backup nobackup}} {
        echo "DEPRECATED! use 'NAME configure -work-area-phys ADDRESS -work-area-size SIZE' not 'working_area'"
        set backup [expr {$backup eq "backup"}]
        [_numbered_target $number] configure -work-area-phys $address -work-area-size $size -work-area-backup $backup
    }
    _alias target_script {number event file} {
        echo "DEPRECATED! use 'NAME configure -event EVENT BODY' not 'target_script'"
        set events {reset reset-end  post_reset reset-end  pre_reset reset-start  post_halt halted  pre_resume resume-start
            gdb_program_config gdb-flash-erase-start}
        if {[dict exists $events $event]} { set event [dict get $events $event] }
        [_numbered_target $number] configure -event $event [list script $file]
    }

    # --- reset wires ---

    # "jtag_reset 0 1": trst srst.
    _alias jtag_reset args {
        echo "DEPRECATED! use 'adapter \[de\]assert' not 'jtag_reset'"
        if {[llength $args] != 2 || [lindex $args 0] ni {0 1} || [lindex $args 1] ni {0 1}} {
            return -code error "jtag_reset: syntax error"
        }
        lassign $args trst srst
        adapter [lindex {deassert assert} $trst] trst [lindex {deassert assert} $srst] srst
    }

    # --- pins ---

    foreach {driver separator chip} {
        bcm2835gpio _ 0     bcm2835gpio { } 0
        linuxgpiod  _ {}    linuxgpiod  { } {}
        am335xgpio  { } {by 32}
    } {
        foreach signal {tck tms tdi tdo swclk swdio swdio_dir srst trst led} {
            set old "$driver$separator${signal}_num"
            _alias $old args "_gpio_of_old {$old} $signal {$chip} \$args"
        }
        set old "$driver${separator}jtag_nums"
        _alias $old args "_gpios_of_old {$old} {$old} {tck tms tdi tdo} {$chip} \$args"
        set old "$driver${separator}swd_nums"
        # OpenOCD 0.12 names the other command here, and so do we.
        set said [expr {$separator eq " " && $driver ne "bcm2835gpio" ? "$driver jtag_nums" : $old}]
        _alias $old args "_gpios_of_old {$old} {$said} {swclk swdio} {$chip} \$args"
    }
    foreach old {linuxgpiod_gpiochip {linuxgpiod gpiochip}} {
        _alias $old {{number {}}} "
            echo \"DEPRECATED! use 'adapter <signal_name> -chip' not '$old'\"
            if {\$number ne {}} {
                foreach signal {tck tms tdi tdo trst srst swclk swdio swdio_dir led} { adapter gpio \$signal -chip \$number }
            }
            adapter gpio"
    }
    foreach {old signal} {swdio_dir_output_state swdio_dir  led_on_state led} {
        _alias "am335xgpio $old" {state} "
            echo \"DEPRECATED! use 'adapter gpio $signal -active-high' or 'adapter gpio $signal -active-low', not 'am335xgpio $old'\"
            if {\$state ni {high low}} { return -code error {am335xgpio $old: syntax error} }
            adapter gpio $signal -active-\$state"
    }
}
_define_old_names
rename _define_old_names {}

# --- memory and arrays ---

_alias mem2array {array_name bitwidth address count args} {
    echo "DEPRECATED! use 'read_memory' not 'mem2array'"
    upvar $array_name values
    set index 0
    foreach value [read_memory $address $bitwidth $count {*}$args] {
        set values($index) $value
        incr index
    }
}

_alias array2mem {array_name bitwidth address count args} {
    echo "DEPRECATED! use 'write_memory' not 'array2mem'"
    upvar $array_name values
    set data {}
    for {set index 0} {$index < $count} {incr index} { lappend data [expr {$values($index)}] }
    write_memory $address $bitwidth $data {*}$args
}

# The same through a target, with the values in decimal: what is called "_target_object WORD" is "$target WORD".
proc _mem2array_check {what bitwidth address count phys} {
    if {$bitwidth ni {8 16 32 64}} { error "Invalid width param. Must be one of: 8, 16, 32 or 64." }
    if {[llength $phys] > 1 || ([llength $phys] == 1 && [lindex $phys 0] ne "phys")} {
        error "$what: '$phys' where only 'phys' may be"
    }
    if {$count <= 0} { error "$what: zero width read?" }
    if {$count > 65536} { error "$what: too large read request, exceeds 64K items" }
    set bytes [expr {$bitwidth / 8}]
    if {$address % $bytes} { error "$what address: [format 0x%08x $address] is not aligned for $bytes byte reads" }
}

proc {_target_object mem2array} {array_name bitwidth address count args} {
    echo "Warn : DEPRECATED! use 'read_memory' not 'mem2array'"
    _mem2array_check mem2array $bitwidth $address $count $args
    upvar $array_name values
    set index 0
    foreach value [read_memory $address $bitwidth $count {*}$args] {
        set values($index) [expr {$value + 0}]
        incr index
    }
}

proc {_target_object array2mem} {array_name bitwidth address count args} {
    echo "Warn : DEPRECATED! use 'write_memory' not 'array2mem'"
    _mem2array_check array2mem $bitwidth $address $count $args
    upvar $array_name values
    set data {}
    for {set index 0} {$index < $count} {incr index} { lappend data [expr {$values($index)}] }
    write_memory $address $bitwidth $data {*}$args
}
