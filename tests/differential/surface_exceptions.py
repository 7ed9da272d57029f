"""What of stock OpenOCD's commands is not here, or is another: (pattern of the whole name or line, reason). A row that fits nothing any
more fails the test."""

FOREIGN_TARGETS = "for cores of another architecture"
INSIDE = "a procedure of stock's start-up scripts that only they call"
LEFTOVER = "no command: a name that a typing error in stock's start-up scripts leaves behind"
NO_SENSE = "stock calls it when an adapter senses it; no adapter here does. A file may define it all the same"

# Not there at all.
MISSING = [
    (r"(aarch64|cortex_a|mips_m4k) smp_o(n|ff)", FOREIGN_TARGETS),
    (r"Host:|POST|prevent_cps", "the servers here see an HTTP request before it is a command, and close the connection"),
    (r"_telnet_autocomplete_helper", "completion is not made in Tcl here"),
    (r"adapter_gpio_\w+|bcm2835_gpio_helper", INSIDE),
    (r"default_to_jtag|new_target_name", LEFTOVER),
    (r"power_dropout|power_restore|srst_asserted|srst_deasserted", NO_SENSE),
    (r"cmsis_dap_usb interface", "the procedure cmsis_dap_usb takes the word"),
]

# Rows that say that they are left out (src/commands/left_out_commands.cpp has the reasons, and so has the manual).
LEFT_OUT_ROWS = [
    (r"svf|xsvf|ipdbg", "for programmable logic"),
    (r"pld device|pld init", "for programmable logic"),
    (r"nand device|nand drivers|nand init", "for NAND flash of Arm9 and Arm11 chips"),
    (r"jsp_port", "for OpenRISC"),
]

ANY_STAGE = "ours works before init, too"

# "NAME: stock's mode, ours".
STAGES = [
    (r"(exit|poll|reset|test_image|jtag cget|jtag tapisenabled|\$target eventlist|\$dap memaccess): exec, ours any", ANY_STAGE),
    (r"\$target (array2mem|mem2array): exec, ours any", "a procedure here; what it calls looks at the stage"),
    (r"cmsis_dap_(backend|vid_pid): config, ours any", "an old spelling is a procedure here; what it calls looks at the stage"),
    (r"(svf|xsvf|ipdbg|nand device|nand init|pld device|pld init): \w+, ours any", "left out, and says so at any time"),
]

TAKES_MORE = "ours takes more"
SAID_RIGHT = "stock's text does not say what it takes; ours does"
OTHER_NAME = "the same argument under another name"

# "NAME: stock's usage | ours".
USAGES = [
    (r"(debug_level|(\$target )?get_reg|gdb_port|tcl_port|telnet_port|rwp|dap create|jtag cget|rtt server start): .*", TAKES_MORE),
    (r"(\$target )?rtt setup: .*", "the id may be left out"),
    (r"\$target m[dw][bhwd]: .*", TAKES_MORE),
    (r"(load_image|fast_load_image|program|adapter (de)?assert|adapter gpio|jtag newtap|stm32f2x otp|\$cti channel): .*", SAID_RIGHT),
    (r"(cti create|target create): .*", "the option that stock needs as well, and its text does not name"),
    (r"stm32l4x option_write: .*", "the mask may be left out, in stock as well"),
    (r"st-link vid_pid: .*", "none at all is taken, too"),
    (r"cmsis-dap: .*", "stock has this text at the group instead of 'cmsis-dap cmd'"),
    (r"(jtag_flush_queue_sleep|mmw): .*", OTHER_NAME),
]
