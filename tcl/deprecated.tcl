# Spellings of older OpenOCDs. Each is accepted, with one line that names today's.

proc _deprecated {old new} {
    proc $old args "echo \"DEPRECATED! use '$new' not '$old'\"; tailcall $new {*}\$args"
}
foreach {old new} {
    interface                   {adapter driver}
    interface_list              {adapter list}
    interface_transports        {adapter transports}
    adapter_khz                 {adapter speed}
    jtag_khz                    {adapter speed}
    jtag_speed                  {adapter speed}
    adapter_name                {adapter name}
    adapter_nsrst_delay         {adapter srst delay}
    jtag_nsrst_delay            {adapter srst delay}
    adapter_nsrst_assert_width  {adapter srst pulse_width}
    jtag_nsrst_assert_width     {adapter srst pulse_width}
    hla_serial                  {adapter serial}
    stlink_layout               {hla_layout}
    stlink_device_desc          {hla_device_desc}
    stlink_vid_pid              {hla_vid_pid}
    cmsis_dap_serial            {adapter serial}
    {cmsis-dap serial}          {adapter serial}
    cmsis_dap_vid_pid           {cmsis-dap vid_pid}
    cmsis_dap_backend           {cmsis-dap backend}
    cmsis_dap_usb               {cmsis-dap usb}
    cmsis_dap_info              {cmsis-dap info}
    st-link_serial              {adapter serial}
    {st-link serial}            {adapter serial}
    remote_bitbang_host         {remote_bitbang host}
    remote_bitbang_port         {remote_bitbang port}
    {hla newtap}                {swj_newdap}
    {cortex_m3 reset_config}    {cortex_m reset_config}
    {cortex_m3 maskisr}         {cortex_m maskisr}
} { _deprecated $old $new }
proc hla {subcommand args} { tailcall "hla $subcommand" {*}$args }
proc cortex_m3 {subcommand args} { tailcall "cortex_m3 $subcommand" {*}$args }

# "jtag_reset 0 1": trst srst.
proc jtag_reset {trst srst} {
    echo "DEPRECATED! use 'adapter \[de\]assert' not 'jtag_reset'"
    adapter [lindex {deassert assert} $trst] trst
    adapter [lindex {deassert assert} $srst] srst
}

proc mem2array {array_name bitwidth address count args} {
    echo "DEPRECATED! use 'read_memory' not 'mem2array'"
    upvar $array_name values
    set index 0
    foreach value [read_memory $address $bitwidth $count {*}$args] {
        set values($index) $value
        incr index
    }
}

proc array2mem {array_name bitwidth address count args} {
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
