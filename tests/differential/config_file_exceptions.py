"""Files of stock's package that come out of config_files.py other than equal, each with the reason. A name with "+" is the file behind
an adapter of that wire."""

_REASONS = {
    "stock's package is built without this driver; ours has it or takes it": """
        interface/beaglebone-jtag-native.cfg interface/beaglebone-swd-native.cfg interface/imx-native.cfg interface/jtag_dpi.cfg
        interface/jtag_hat_rpi2.cfg interface/jtag_vpi.cfg interface/raspberrypi-native.cfg interface/raspberrypi2-native.cfg
        interface/vdebug.cfg board/vd_a53x2_dap.cfg board/vd_a53x2_jtag.cfg board/vd_m4_dap.cfg board/vd_m4_jtag.cfg
        board/vd_m7_jtag.cfg board/vd_pulpissimo_jtag.cfg board/vd_swerv_jtag.cfg interface/at91rm9200.cfg
        interface/nds32-aice.cfg""",
    "stock takes 'transport select swd' for another transport than the hla_swd or dapdirect_swd that was chosen": """
        target/atsaml1x.cfg+hla target/atsaml1x.cfg+dapdirect target/rk3308.cfg+dapdirect target/rk3399.cfg+dapdirect
        target/rp2040-core0.cfg+hla target/rp2040-core0.cfg+dapdirect target/rp2040.cfg+hla""",
    "stock fails at `dap apsel`, which became a word of the debug port's name": "target/armada370.cfg+jtag",
    "stock fails at `usb_blaster device_desc`, which its driver had once": """
        interface/usb-jtag.cfg board/reflexces_achilles_i-dev_kit_arria10.cfg""",
    "a fragment without an adapter: ours keeps what it says for the adapter that follows": """
        interface/calao-usb-a9260.cfg interface/ftdi/swd-resistor-hack.cfg board/xtensa-rt685-ext.cfg""",
    "stock's hla refuses what the file says of its DAP; ours reaches access ports through an ST-LINK": """
        target/aducm360.cfg+hla target/npcx.cfg+hla target/psoc6.cfg+hla target/ti_msp432.cfg+hla""",
    "stock fails at `pld`, ours passes over it": "board/digilent_atlys.cfg board/numato_opsis.cfg",
    "stock crashes": """
        target/feroceon.cfg+jtag target/ixp42x.cfg+jtag target/pxa255.cfg+jtag target/pxa270.cfg+jtag target/pxa3xx.cfg+jtag
        target/u8500.cfg+jtag target/vd_riscv.cfg board/openrd.cfg board/sheevaplug.cfg""",
    "stock fails at its riscv target, which ours reads over": """
        target/vd_riscv.cfg+swd target/vd_riscv.cfg+jtag target/vd_riscv.cfg+dapdirect""",
    "no Cortex-M: stock says of Xtensa cores that they run before it looked at them": """
        target/esp32.cfg+jtag target/esp32s2.cfg+jtag target/esp32s3.cfg+jtag board/esp32-ethernet-kit-3.3v.cfg
        board/esp32-wrover-kit-1.8v.cfg board/esp32-wrover-kit-3.3v.cfg board/esp32s2-kaluga-1.cfg board/esp32s3-ftdi.cfg""",
    "no Cortex-M: its target has the name of a command": """
        target/xtensa.cfg+jtag board/xtensa-kc705-onboard.cfg""",
    "a name in Cyrillic: stock fills columns up by its bytes, ours by its letters": """
        target/1986\u0432\u04351\u0442.cfg+swd target/1986\u0432\u04351\u0442.cfg+jtag target/1986\u0432\u04351\u0442.cfg+hla
        target/1986\u0432\u04351\u0442.cfg+dapdirect target/\u043a1879x\u04311\u044f.cfg+jtag""",
}

EXCEPTED = {name: reason for reason, names in _REASONS.items() for name in names.split()}
