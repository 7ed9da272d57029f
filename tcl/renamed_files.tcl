# Configuration files under names that they had, or got, in another OpenOCD than 0.12: what `find` looks for when there is
# no file of the name. An old name is followed by one line that says today's; a newer one silently.

set _renamed_files {
    interface/stlink-v1.cfg             interface/stlink.cfg
    interface/stlink-v3.cfg             interface/stlink.cfg
    interface/stlink-usb.cfg            interface/stlink.cfg
    interface/stlink-v2-dap.cfg         interface/stlink-dap.cfg
    interface/jlink_swd.cfg             interface/jlink.cfg
    interface/jlink-ob.cfg              interface/jlink.cfg
    interface/picoprobe.cfg             interface/cmsis-dap.cfg
    interface/daplink.cfg               interface/cmsis-dap.cfg
    interface/estick.cfg                interface/opendous.cfg
    interface/busblaster.cfg            interface/ftdi/dp_busblaster.cfg
    interface/arm-usb-ocd.cfg           interface/ftdi/olimex-arm-usb-ocd.cfg
    interface/arm-usb-ocd-tiny.cfg      interface/ftdi/olimex-jtag-tiny.cfg
    interface/jtagkey-tiny.cfg          interface/ftdi/jtagkey.cfg
    interface/turtelizer2.cfg           interface/ftdi/turtelizer2-revC.cfg
    interface/ft2232.cfg                interface/ftdi/minimodule.cfg
    interface/raspberrypi3-native.cfg   interface/raspberrypi2-native.cfg
    interface/usb-jtag.cfg              interface/altera-usb-blaster.cfg
    interface/nulink-dap.cfg            interface/cmsis-dap.cfg
    interface/xds110-swd.cfg            interface/xds110.cfg

    target/stm32.cfg                    target/stm32f1x.cfg
    target/stm32f0.cfg                  target/stm32f0x.cfg
    target/stm32f1.cfg                  target/stm32f1x.cfg
    target/stm32f10x.cfg                target/stm32f1x.cfg
    target/stm32f2.cfg                  target/stm32f2x.cfg
    target/stm32f2xxx.cfg               target/stm32f2x.cfg
    target/stm32f3.cfg                  target/stm32f3x.cfg
    target/stm32f4.cfg                  target/stm32f4x.cfg
    target/stm32f4xx.cfg                target/stm32f4x.cfg
    target/stm32f4xxx.cfg               target/stm32f4x.cfg
    target/stm32f7.cfg                  target/stm32f7x.cfg
    target/stm32h7.cfg                  target/stm32h7x.cfg
    target/stm32l.cfg                   target/stm32l1.cfg
    target/stm32l0x.cfg                 target/stm32l0.cfg
    target/stm32l1x.cfg                 target/stm32l1.cfg
    target/stm32lx.cfg                  target/stm32l1.cfg
    target/stm32lx_stlink.cfg           target/stm32l1.cfg
    target/stm32lx_dual_bank.cfg        target/stm32l1x_dual_bank.cfg
    target/stm32l4.cfg                  target/stm32l4x.cfg
    target/stm32g0.cfg                  target/stm32g0x.cfg
    target/stm32g4.cfg                  target/stm32g4x.cfg
    target/stm32w108.cfg                target/stm32w108xx.cfg
    target/stm32w108_stlink.cfg         target/stm32w108xx.cfg
    target/nrf51_stlink.tcl             target/nrf51.cfg
    target/stellaris_icdi.cfg           target/stellaris.cfg
    target/lpc11uxx.cfg                 target/lpc11xx.cfg
    target/kl25z_hla.cfg                target/kl25.cfg
    target/ke02.cfg                     target/ke0x.cfg
    target/ke04.cfg                     target/ke0x.cfg
    target/ke06.cfg                     target/ke0x.cfg
    target/m051.cfg                     target/numicro.cfg
    target/numicroM0.cfg                target/numicro.cfg
    target/numicroM23.cfg               target/numicro.cfg
    target/numicroM23_NS.cfg            target/numicro.cfg
    target/numicroM4.cfg                target/numicro_m4.cfg
    target/psoc6_256k.cfg               target/psoc6.cfg
    target/psoc6_512k.cfg               target/psoc6.cfg
    target/psoc6_2m.cfg                 target/psoc6.cfg
    target/kex.cfg                      target/ke0x.cfg
    target/stm32h7rx.cfg                target/stm32h7rsx.cfg
    target/ti_mspm0.cfg                 target/mspm0.cfg
    target/msp432.cfg                   target/ti_msp432.cfg
    target/ti_msp432p4xx.cfg            target/ti_msp432.cfg
    target/cc26xx.cfg                   target/ti_cc26x0.cfg
    target/cc32xx.cfg                   target/ti_cc32xx.cfg
    target/at91samd.cfg                 target/at91samdXX.cfg
    target/at91samd21.cfg               target/at91samdXX.cfg
    target/at91sam3uXX.cfg              target/at91sam3uxx.cfg

    board/st_nucleo_f103.cfg            board/st_nucleo_f103rb.cfg
    board/st_nucleo_f030r8.cfg          board/st_nucleo_f0.cfg
    board/st_nucleo_f334r8.cfg          board/st_nucleo_f3.cfg
    board/st_nucleo_f401re.cfg          board/st_nucleo_f4.cfg
    board/st_nucleo_f411re.cfg          board/st_nucleo_f4.cfg
    board/st_nucleo_f446re.cfg          board/st_nucleo_f4.cfg
    board/st_nucleo_f746zg.cfg          board/st_nucleo_f7.cfg
    board/st_nucleo_l152re.cfg          board/st_nucleo_l1.cfg
    board/st_nucleo_l476rg.cfg          board/st_nucleo_l4.cfg
    board/st_nucleo_l073.cfg            board/st_nucleo_l073rz.cfg
    board/st_nucleo_h743.cfg            board/st_nucleo_h743zi.cfg
    board/stm32f10x_128k_eval.cfg       board/stm3210b_eval.cfg
    board/dk-tm4c129.cfg                board/ti_dk-tm4c129.cfg
    board/ek-tm4c123gxl.cfg             board/ti_ek-tm4c123gxl.cfg
    board/ek-tm4c1294xl.cfg             board/ti_ek-tm4c1294xl.cfg
    board/ti-cc3200-launchxl.cfg        board/ti_cc3200_launchxl.cfg
    board/ti_mspm0_launchpad.cfg        board/ti_mspm0-launchpad.cfg
    board/open-bldc.cfg                 target/stm32f1x.cfg
}
# What has a name of its own kind since; and a name in Cyrillic, which cannot be packed under the C locale.
set _newly_named_files {
    target/1986ве1т.cfg                 target/mdr1986ve1t.cfg
    board/olimex/stm32-h103.cfg         board/olimex_stm32_h103.cfg
    board/olimex/stm32-h107.cfg         board/olimex_stm32_h107.cfg
    board/olimex/stm32-h405.cfg         board/olimex_stm32_h405.cfg
    board/olimex/stm32-p107.cfg         board/olimex_stm32_p107.cfg
    board/olimex/lpc1768-stk.cfg        board/iar_lpc1768.cfg
    board/st/nucleo-l552ze-q.cfg        board/st_nucleo_l5.cfg
    board/nordic/nrf51822-mkit.cfg      board/nordic_nrf51822_mkit.cfg
    board/ti/ek-lm3s811-revb.cfg        board/ek-lm3s811-revb.cfg
    board/silabs/xg24-ek2703a.cfg       board/silabs_series2_jlink.cfg
    board/silabs/fg23-dk2600a.cfg       board/silabs_series2_jlink.cfg
    board/silabs/pg23-pk2504a.cfg       board/silabs_series2_jlink.cfg
    board/silabs/pg28-pk2506a.cfg       board/silabs_series2_jlink.cfg
    board/ti/cc26x2x7-launchpad.cfg     board/ti_cc26x2x7_launchpad.cfg
    interface/holtek/e-link32.cfg       interface/e-link32.cfg
    interface/parport/wiggler.cfg       interface/parport.cfg
    interface/parport/dlc5.cfg          interface/parport_dlc5.cfg
    interface/parport/chameleon.cfg     interface/chameleon.cfg
    interface/parport/flashlink.cfg     interface/flashlink.cfg
    target/silabs/series0.cfg           target/efm32.cfg
    target/silabs/series1.cfg           target/efm32.cfg
    target/silabs/series2.cfg           target/efm32s2.cfg
    target/silabs/xg21.cfg              target/efm32s2_xg21.cfg
    target/silabs/xg23.cfg              target/efm32s2.cfg
    target/silabs/xg24.cfg              target/efm32s2.cfg
    target/silabs/xg25.cfg              target/efm32s2.cfg
    target/silabs/xg26.cfg              target/efm32s2.cfg
    target/silabs/xg28.cfg              target/efm32s2.cfg
    target/silabs/xg29.cfg              target/efm32s2.cfg
}

# Where else a file of this name may be, first the most likely.
proc _other_names {name} {
    if {[dict exists $::_renamed_files $name]} { lappend names [dict get $::_renamed_files $name] }
    set folder [file dirname $name]
    set file [file tail $name]
    if {$folder eq "interface"} { lappend names interface/ftdi/$file }
    # The ST-LINK had target files of its own.
    if {$folder eq "target"} {
        lappend names target/[regsub {_(stlink|hla|swd|jtag)\.(cfg|tcl)$} $file .cfg]
        if {[regexp {^lm[34][sf][0-9]} $file]} { lappend names target/stellaris.cfg }
        if {[regexp {^lpc17[0-9][0-9]\.} $file]} { lappend names target/lpc17xx.cfg }
        if {[regexp {^kl[0-9]} $file]} { lappend names target/klx.cfg }
        if {[regexp {^k[0-9]} $file]} { lappend names target/kx.cfg }
    }
    # Without its folder, as from within that folder.
    if {$folder eq "." && [string match *.cfg $file]} {
        foreach kind {interface target board} { lappend names $kind/$file {*}[_other_names $kind/$file] }
    }
    lappend names {*}[_names_without_vendor $name]
    # A path of another installation.
    if {[regexp {^.*[/\\](interface|target|board|chip|cpld|fpga|tools)[/\\](.+)$} $name -> kind rest]} {
        set inner $kind/[string map {\\ /} $rest]
        if {$inner ne $name} { lappend names $inner {*}[_other_names $inner] }
    }
    return [lsearch -all -inline -not -exact $names $name]
}

# OpenOCD after 0.12 sorts files by vendor: target/nordic/nrf52.cfg, board/ti/ek-tm4c123gxl.cfg.
proc _names_without_vendor {name} {
    if {[dict exists $::_newly_named_files $name]} { return [dict get $::_newly_named_files $name] }
    if {![regexp {^(target|board)/([^/]+)/([^/]+)$} $name -> kind vendor file]} { return {} }
    lappend names $kind/$file
    foreach part [list $file [string map {- _} $file]] { lappend names $kind/${vendor}_$part $kind/$vendor-$part }
    return $names
}

rename find _find
proc find {name args} {
    if {[llength $args] || ![catch {_find $name} found failed]} { tailcall _find $name {*}$args }
    foreach other [_other_names $name] {
        if {[catch {_find $other} path]} continue
        if {$other ni [_names_without_vendor $name]} {
            echo "WARNING: $name is deprecated, please switch to $other"
        }
        return $path
    }
    return -code error $found
}
