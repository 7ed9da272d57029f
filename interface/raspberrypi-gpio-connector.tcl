# The pins of a Raspberry Pi's 40-pin connector that interface files of old use: GPIO 11 TCK/SWCLK (pin 23), 10 TDI (19),
# 9 TDO (21) and `data` TMS/SWDIO; `extra`: signal and GPIO of other wires.
proc raspberrypi_pins {data {extra {}}} {
    foreach {signal gpio} [concat tck 11 tms $data tdi 10 tdo 9 swclk 11 swdio $data $extra] {
        adapter gpio $signal -chip 0 $gpio
    }
}
