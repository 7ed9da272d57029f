"""Old words for the pins of a GPIO adapter, word by word as stock OpenOCD 0.12 understands them: both print where each signal is."""
import subprocess

import pytest

from support.probity import BUILD
from support.stock import OPENOCD

SIGNALS = ["tck", "tms", "tdi", "tdo", "swclk", "swdio", "swdio_dir", "srst", "trst", "led"]
# In braces where the group is the driver's, which not every build of stock has.
OLD = [
    "bcm2835gpio_jtag_nums 11 25 10 9", "{bcm2835gpio jtag_nums} 11 25 10 9", "bcm2835gpio_swd_nums 25 24", "{bcm2835gpio swd_nums} 25 24",
    "bcm2835gpio_srst_num 18", "{bcm2835gpio trst_num} 7", "bcm2835gpio_swdio_dir_num 6", "bcm2835gpio_tck_num 1 2", "bcm2835gpio_tdo_num",
    "bcm2835gpio_tdi_num 1 2 3", "linuxgpiod_jtag_nums 1 2 3 4", "linuxgpiod_swd_nums 1 2", "{linuxgpiod jtag_nums} 1 2 3 4",
    "{linuxgpiod swd_nums} 5 6", "linuxgpiod_srst_num 9", "{linuxgpiod led_num} 2 9", "linuxgpiod_gpiochip 1", "{linuxgpiod gpiochip} 1",
    "linuxgpiod_gpiochip 1; linuxgpiod_swd_nums 3 4", "{am335xgpio jtag_nums} 33 66 3 4", "{am335xgpio swdio_dir_num} 60",
    "{am335xgpio swdio_dir_output_state} low", "{am335xgpio led_on_state} high",
]


def places(program, command: str) -> tuple[int, list[str]]:
    words = ["-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled", "-c", "adapter driver linuxgpiod", "-c", command]
    for signal in SIGNALS:
        words += ["-c", f"adapter gpio {signal}"]
    done = subprocess.run([program, *words, "-c", "shutdown"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=20)
    shown = [line for line in done.stdout.splitlines() if line.startswith(("DEPRECATED!", "adapter gpio "))]
    return done.returncode, shown


@pytest.mark.parametrize("command", OLD)
def test_the_same_pins(command):
    assert places(BUILD / "openocd", command) == places(OPENOCD, command)
