# How fast the core runs: a loop of three instructions counts r0 down for a while. Four cycles a turn, on most cores.

proc cortex_m_test_cpu_speed {address {timeout 200} {cycles_per_loop 4}} {
    halt
    set registers [get_reg -force {pc r0 xPSR}]
    set code [read_memory $address 16 3]

    # loop: subs r0, #1; bne loop; end: b end
    write_memory $address 16 {0x3801 0xd1fd 0xe7fe}
    set start 0xffffffff
    set_reg "pc $address r0 $start"
    resume
    sleep $timeout
    halt
    set left [dict get [get_reg {r0}] r0]

    write_memory $address 16 $code
    set_reg $registers
    if {$left == 0} { return -1 }
    return [expr {double($start - $left) * $cycles_per_loop / $timeout * 1000}]
}
add_usage_text cortex_m_test_cpu_speed "address \[timeout \[cycles_per_loop\]\]"
add_help_text cortex_m_test_cpu_speed "Measures the core's clock in Hz with a loop at this address of RAM; -1 where the time was too long."
