"""Where our server answers gdb otherwise than OpenOCD 0.12, and why. Everything else is the same text."""
from comparison import Difference, Lines

LINES = [
    Lines("stock", r"^(Unable to match requested speed \d+ kHz, using \d+ kHz\n)\1", r"\1",
          "stock sets the speed twice and complains twice"),
    Lines("stock", r"^halted: PC: 0x[0-9a-f]{8}\n", "", "stock's hla_target writes a line a step into gdb's console"),
    Lines("ours", r"^\[stm32f4x\.cpu\] HardFault, escalated from .*\n(  .*\n)+", "", "our report of a fault the core stopped in"),
]

WATCHPOINT = r"Continuing\.\n\n(Hardware .*watchpoint \d+: .*\n\n(Old value|Value) = .*)"
DIFFERENCES = [
    Difference("watch", "continue", r"Continuing\.\n\nProgram received signal SIGTRAP, Trace/breakpoint trap\.\n.*", WATCHPOINT,
               "stock's hla_target does not say which watchpoint was hit", wire="hla"),
    Difference("monitor", r"monitor cortex_m .*", r"invalid command name \"cortex_m\"\nProtocol error with Rcmd\n", r".*",
               "stock has no cortex_m commands over hla", wire="hla"),
    Difference("faults", r"monitor cortex_m .*", r"invalid command name \"cortex_m\"\nProtocol error with Rcmd\n", r".*",
               "the same", wire="hla"),
    Difference("monitor", "monitor mdw nowhere", r"Invalid command argument\naddress option value \('nowhere'\) is not valid\n.*",
               r"mdw: 'nowhere' is not a number\n.*", "our errors name the command and show its usage"),
    Difference("monitor", "monitor mdw", r".*mdw \['phys'\] address \[count\]\n.*Protocol error with Rcmd\n",
               r"mdw: 1 argument missing\nusage: mdw \['phys'\] address \[count\]\nProtocol error with Rcmd\n",
               "stock shows the usage of every command that ends alike"),
    Difference("monitor", "monitor help mdw", r".*\nmdw \['phys'\] address \[count\]\n.*", r"mdw \['phys'\] address \[count\]\n +\S.*",
               "the same for help, whose words are our own"),
    Difference("monitor", "monitor version", r"Open On-Chip Debugger 0\.12\.0\n", r"Open On-Chip Debugger 0\.12\.0 \(Probity .*\)\n",
               "the same beginning; then who we are"),
    Difference("memory_faults", "monitor mdw 0x30000000", r"(Failed to read memory at 0x30000000\n)?Protocol error with Rcmd\n",
               r"reading 4 bytes at 0x30000000: .*\nProtocol error with Rcmd\n", "our errors say what the probe or the bus answered"),
    Difference("reconnect", "target extended-remote :PORT", r"Remote debugging using :PORT\n(one_round|.* in one_round) .*",
               r"Remote debugging using :PORT\n.*:\d+\n\d+\t.*", "ours lets the program run on after a detach, as gdb's manual says; "
               "stock leaves it stopped"),
    Difference("memory_faults_reported", "dump binary memory .*", r"Cannot access memory at address 0x2001ff00\n",
               r"Cannot access memory at address 0x20020000\n", "ours gives gdb the readable part, so that it names the right address"),
]
