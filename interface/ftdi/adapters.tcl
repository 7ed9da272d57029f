# The FTDI chips' wiring, adapter by adapter, as OpenOCD 0.12.0 has it: USB ids and product string; the channel, where
# it is not the first; level and direction of the 16 pins (ADBUS0-7, ACBUS0-7) at the start; and what other wires hang on
# which pins. `ftdi_adapter NAME` configures one, `ftdi_wires NAME` its pins alone (what is plugged onto another adapter has
# nothing else).

set _ftdi_adapters {
    100ask-openjtag {
        product {USB<=>JTAG&RS232} usb {0x1457 0x5118} init {0x0f08 0x0f1b}
        wires {
            nSRST     {-data 0x0200 -noe 0x0800}
            nTRST     {-data 0x0100 -noe 0x0400}
        }
    }
    ashling-opella-ld-jtag {
        product {Opella-LD Debug Probe} usb {0x0B6B 0x0040} channel 0 init {0x0a68 0xff7b}
        wires {
            JTAGOE    {-ndata 0x0010}
            nTRST     {-data 0x0020}
            nSRST     {-data 0x0040}
            SWD_EN    {-data 0x0100}
            SWDIO_OE  {-data 0x0200}
            LED       {-ndata 0x0800}
        }
        then {ftdi tdo_sample_edge falling; transport select jtag}
    }
    ashling-opella-ld-swd {
        product {Opella-LD Debug Probe} usb {0x0B6B 0x0040} channel 0 init {0x0860 0x0b7b}
        wires {
            JTAGOE    {-data 0x0010}
            nTRST     {-data 0x0020}
            nSRST     {-data 0x0040}
            SWD_EN    {-data 0x0100}
            SWDIO_OE  {-data 0x0200}
            LED       {-ndata 0x0800}
        }
        then {transport select swd}
    }
    axm0432 {
        product {Symphony SoundBite} usb {0x0403 0x6010} init {0x0c08 0x0c2b}
        wires {
            nTRST     {-data 0x0800}
            nSRST     {-data 0x0400}
        }
    }
    c232hm {
        usb {0x0403 0x6014} init {0x4008 0x400b}
        wires {
            LED       {-ndata 0x4000}
            GPIOL0    {-data 0x0010 -oe 0x0010}
            GPIOL1    {-data 0x0020 -oe 0x0020}
            GPIOL2    {-data 0x0040 -oe 0x0040}
            GPIOL3    {-data 0x0080 -oe 0x0080}
        }
    }
    cortino {
        product {Cortino} usb {0x0640 0x0032} init {0x0108 0x010b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200 -oe 0x0200}
        }
    }
    digilent-hs1 {
        product {Digilent Adept USB Device} usb {0x0403 0x6010} channel 0 init {0x0088 0x008b}
        then {reset_config none}
    }
    digilent-hs2 {
        product {Digilent Adept USB Device} usb {0x0403 0x6014} channel 0 init {0x00e8 0x60eb}
        then {reset_config none}
    }
    digilent_jtag_hs3 {
        product {Digilent USB Device} usb {0x0403 0x6014} init {0x2088 0x308b}
        wires {
            nSRST     {-data 0x2000 -noe 0x1000}
        }
    }
    digilent_jtag_smt2 {
        usb {0x0403 0x6014} init {0x20e8 0x3feb}
        wires {
            nSRST     {-data 0x2000}
            GPIO2     {-data 0x2000}
            GPIO1     {-data 0x0200}
            GPIO0     {-data 0x0100}
        }
    }
    digilent_jtag_smt2_nc {
        product {Digilent USB Device} usb {0x0403 0x6014} channel 0 init {0x00e8 0x60eb}
        then {reset_config none}
    }
    dlp-usb1232h {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0040 -oe 0x0040}
        }
    }
    dp_busblaster {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x0c08 0x0f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
        }
    }
    dp_busblaster_kt-link {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x8c28 0xff3b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
            LED       {-ndata 0x8000}
            SWD_EN    {-ndata 0x0020 -oe 0x2000}
            SWDIO_OE  {-ndata 0x1000}
        }
    }
    esp32_devkitj_v1 {
        usb {0x0403 0x6010 0x0403 0x6014} channel 0 init {0x0008 0xf00b}
        wires {
            LED       {-data 0x1000}
            LED2      {-data 0x2000}
            LED3      {-data 0x4000}
            LED4      {-data 0x8000}
        }
    }
    esp32s2_kaluga_v1 {
        usb {0x0403 0x6010 0x0403 0x6014} channel 0 init {0x0008 0x180b}
        wires {
            LED       {-ndata 0x0800}
            LED2      {-ndata 0x1000}
        }
    }
    flossjtag-noeeprom {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0040 -oe 0x0040}
        }
    }
    flossjtag {
        product {FLOSS-JTAG} usb {0x0403 0x6010} init {0x0008 0x180b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0040 -oe 0x0040}
            LED       {-data 0x0800}
            LED2      {-data 0x1000}
        }
    }
    flyswatter {
        product {Flyswatter} usb {0x0403 0x6010} init {0x0818 0x0cfb}
        wires {
            nTRST     {-data 0x0010}
            nSRST     {-oe 0x0020}
            LED       {-data 0x0c00}
        }
    }
    flyswatter2 {
        product {Flyswatter2} usb {0x0403 0x6010} init {0x0538 0x057b}
        wires {
            LED       {-ndata 0x0400}
            nTRST     {-data 0x0010}
            nSRST     {-data 0x0020 -noe 0x0100}
        }
    }
    ft232h-module-swd {
        usb {0x0403 0x6014} init {0x0030 0x003b}
        wires {
            nSRST     {-data 0x0010 -oe 0x0010}
            nTRST     {-data 0x0020 -oe 0x0020}
            SWD_EN    {-data 0}
            SWDIO_OE  {-data 0}
        }
        then {transport select swd}
    }
    gw16042 {
        product {USB-JTAG} usb {0x0403 0x6010} init {0x0058 0x007b}
        wires {
            nTRST     {-data 0x0010}
            nSRST     {-oe 0x0020}
        }
    }
    hie-jtag {
        product {HIE JTAG Debugger} usb {0x0403 0x6014} channel 0 init {0x0c08 0x4f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
            LED       {-ndata 0x4000}
        }
    }
    hilscher_nxhx10_etm {
        product {NXHX 10-ETM} usb {0x0640 0x0028} init {0x0308 0x030b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200}
        }
    }
    hilscher_nxhx500_etm {
        product {NXHX 500-ETM} usb {0x0640 0x0028} init {0x0308 0x030b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200}
        }
    }
    hilscher_nxhx500_re {
        product {NXHX 500-RE} usb {0x0640 0x0028} init {0x0308 0x030b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200}
        }
    }
    hilscher_nxhx50_etm {
        product {NXHX 50-ETM} usb {0x0640 0x0028} init {0x0308 0x030b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200}
        }
    }
    hilscher_nxhx50_re {
        product {NXHX50-RE} usb {0x0640 0x0028} init {0x0308 0x030b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200}
        }
    }
    hitex_lpc1768stick {
        product {LPC1768-Stick} usb {0x0640 0x0026} init {0x0388 0x038b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0080 -noe 0x200}
        }
    }
    hitex_str9-comstick {
        product {STR9-comStick} usb {0x0640 0x002c} init {0x0108 0x010b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0200 -oe 0x0200}
        }
    }
    icebear {
        product {ICEbear JTAG adapter} usb {0x0403 0xc140} init {0x0028 0x002b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0020}
        }
    }
    imx8mp-evk {
        usb {0x0403 0x6011} channel 0 init {0x00f8 0x000b}
        wires {
            RESET_B   {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0020 -oe 0x0020}
            IO_nRST   {-data 0x0040 -oe 0x0040}
            ONOFF_B   {-data 0x0080 -oe 0x0080}
            GPIO1     {-data 0x0100 -oe 0x0100}
            GPIO2     {-data 0x0200 -oe 0x0200}
            GPIO3     {-data 0x0400 -oe 0x0400}
            GPIO4     {-data 0x0800 -oe 0x0800}
        }
    }
    incircuit-icprog {
        usb {0x0403 0x6010} init {0x0508 0x0f1b}
        wires {
            nSRST     {-noe 0x0400 -data 0x0800}
            nTRST     {-noe 0x0100 -data 0x0200}
        }
    }
    iotlab-usb {
        usb {0x0403 0x6010} init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0040 -oe 0x0040}
        }
    }
    isodebug {
        usb {0x22b7 0x150d} init {0x0ff8 0xfffb}
        wires {
            LED       {-ndata 0x0100}
            nTRST     {-data 0x0200}
            nSRST     {-noe 0x0400}
            SWDIO_OE  {-data 0x0008}
            SWD_EN    {-data 0x1000}
            JTAG_EN   {-data 0x0800}
            SWO_EN    {-nalias JTAG_EN}
        }
    }
    jtag-lock-pick_tiny_2 {
        product {JTAG-lock-pick Tiny 2} usb {0x0403 0x8220} init {0x8c28 0xff3b}
        wires {
            SWD_EN    {-ndata 0x0020 -oe 0x2000}
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
            SWDIO_OE  {-ndata 0x1000}
            LED       {-ndata 0x8000}
        }
    }
    jtagkey {
        product {Amontec JTAGkey} usb {0x0403 0xcff8} init {0x0c08 0x0f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
        }
    }
    jtagkey2 {
        product {Amontec JTAGkey-2} usb {0x0403 0xcff8} init {0x0c08 0x0f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
        }
    }
    jtagkey2p {
        product {Amontec JTAGkey-2P} usb {0x0403 0xcff8} init {0x0c08 0x0f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
        }
    }
    kt-link {
        product {KT-LINK} usb {0x0403 0xbbe2} init {0x8c28 0xff3b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
            LED       {-data 0x8000}
            SWD_EN    {-ndata 0x0020 -oe 0x2000}
            SWDIO_OE  {-ndata 0x1000}
        }
    }
    lambdaconcept_ecpix-5 {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0xfff8 0xfffb}
        then {adapter speed 10000; transport select jtag}
    }
    lisa-l {
        product {Lisa/L} usb {0x0403 0x6010} channel 1 init {0x0008 0x180b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0040 -oe 0x0040}
            LED       {-data 0x1800}
        }
    }
    luminary-icdi {
        product {Luminary Micro ICDI Board} usb {0x0403 0xbcda} init {0x00a8 0x00eb}
        wires {
            nSRST     {-noe 0x0020}
            SWD_EN    {-ndata 0x0080}
            SWDIO_OE  {-data 0x0008}
        }
    }
    luminary-lm3s811 {
        product {LM3S811 Evaluation Board} usb {0x0403 0xbcd9} init {0x0088 0x008b}
        wires {
            nSRST     {-data 0x0020 -oe 0x0020}
            SWD_EN    {-ndata 0x0080}
            SWDIO_OE  {-data 0x0008}
        }
    }
    luminary {
        product {Stellaris Evaluation Board} usb {0x0403 0xbcd9} init {0x00a8 0x00eb}
        wires {
            nSRST     {-noe 0x0020}
            SWD_EN    {-ndata 0x0080}
            SWDIO_OE  {-data 0x0008}
        }
    }
    m53evk {
        product {Dual RS232-HS} usb {0x0403 0x6010} channel 0 init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0020 -oe 0x0020}
        }
    }
    mbftdi {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x0008 0x000b}
    }
    minimodule-swd {
        usb {0x0403 0x6010} init {0x0000 0x000b}
        wires {
            nSRST     {-data 0x0010 -oe 0x0010}
            SWD_EN    {-data 0}
            SWDIO_OE  {-data 0}
        }
        then {transport select swd}
    }
    minimodule {
        product {FT2232H MiniModule} usb {0x0403 0x6010} init {0x0008 0x000b}
        wires {
            nSRST     {-data 0x0020 -oe 0x0020}
        }
    }
    minispartan6 {
        usb {0x0403 0x6010} channel 0 init {0x0008 0x000b}
        then {reset_config none; adapter speed 30000}
    }
    miniwiggler {
        product {DAS JDS miniWiggler V3.1} usb {0x058b 0x0043} channel 0 init {0x0008 0x001b}
        wires {
            nTRST     {-data 0x0100 -oe 0x0100}
            nSRST     {-data 0x0200 -oe 0x0200}
        }
    }
    neodb {
        product {Debug Board for Neo1973} usb {0x1457 0x5118} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
            nNOR_WP   {-data 0x0010 -oe 0x0010}
        }
    }
    ngxtech {
        product {NGX JTAG} usb {0x0403 0x6010} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    olimex-arm-jtag-swd {
        
        wires {
            SWD_EN    {-nalias nTRST}
            SWDIO_OE  {-alias TMS}
        }
        then {transport select swd}
    }
    olimex-arm-usb-ocd-h {
        product {Olimex OpenOCD JTAG ARM-USB-OCD-H} usb {0x15ba 0x002b} init {0x0908 0x0b1b}
        wires {
            nSRST     {-oe 0x0200}
            nTRST     {-data 0x0100}
            LED       {-data 0x0800}
        }
    }
    olimex-arm-usb-ocd {
        product {Olimex OpenOCD JTAG} usb {0x15ba 0x0003} init {0x0c08 0x0f1b}
        wires {
            nSRST     {-oe 0x0200}
            nTRST     {-data 0x0100 -noe 0x0400}
            LED       {-data 0x0800}
        }
    }
    olimex-arm-usb-tiny-h {
        product {Olimex OpenOCD JTAG ARM-USB-TINY-H} usb {0x15ba 0x002a} init {0x0808 0x0a1b}
        wires {
            nSRST     {-oe 0x0200}
            nTRST     {-data 0x0100 -oe 0x0100}
            LED       {-data 0x0800}
        }
    }
    olimex-jtag-tiny {
        product {Olimex OpenOCD JTAG TINY} usb {0x15ba 0x0004} init {0x0808 0x0a1b}
        wires {
            nSRST     {-oe 0x0200}
            nTRST     {-data 0x0100 -oe 0x0100}
            LED       {-data 0x0800}
        }
    }
    oocdlink {
        product {OOCDLink} usb {0x0403 0xbaf8} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    opendous_ftdi {
        product {Dual RS232-HS} usb {0x0403 0x6010} channel 1 init {0x0c08 0x0f1b}
        wires {
            nTRST     {-data 0x0100 -noe 0x0400}
            nSRST     {-data 0x0200 -noe 0x0800}
        }
    }
    openocd-usb-hs {
        product {Dual RS232-HS} usb {0x0403 0x6010} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    openocd-usb {
        product {Dual RS232} usb {0x0403 0x6010} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    openrd {
        product {OpenRD JTAGKey FT2232D B} usb {0x0403 0x9e90} channel 0 init {0x0608 0x0f1b}
        wires {
            nTRST     {-data 0x0200}
            nSRST     {-noe 0x0400}
        }
    }
    pipistrello {
        product {Pipistrello LX45} usb {0x0403 0x6010} channel 0 init {0x0008 0x000b}
        then {reset_config none; adapter speed 10000}
    }
    pls_spc5 {
        product {PLS USB/JTAG Adapter for SPC5xxx} usb {0x263d 0x4001} channel 0 init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0100 -oe 0x0100}
            nSRST     {-ndata 0x2000 -oe 0x2000}
        }
    }
    redbee-econotag {
        usb {0x0403 0x6010} init {0x0c08 0x0c2b}
        wires {
            nTRST     {-data 0x0800}
            nSRST     {-data 0x0400}
        }
    }
    redbee-usb {
        usb {0x0403 0x6010} channel 1 init {0x0c08 0x0c2b}
        wires {
            nTRST     {-data 0x0800}
            nSRST     {-data 0x0400}
        }
    }
    rowley-cc-arm-swd {
        
        wires {
            SWD_EN    {-nalias nTRST}
            SWDIO_OE  {-alias TMS}
        }
        then {transport select swd}
    }
    sheevaplug {
        product {SheevaPlug JTAGKey FT2232D B} usb {0x9e88 0x9e8f} channel 0 init {0x0608 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    signalyzer-lite {
        product {Signalyzer LITE} usb {0x0403 0xbca1} init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0020 -oe 0x0020}
        }
    }
    signalyzer {
        product {Signalyzer} usb {0x0403 0xbca0} init {0x0008 0x000b}
        wires {
            nTRST     {-data 0x0010 -oe 0x0010}
            nSRST     {-data 0x0020 -oe 0x0020}
        }
    }
    snps_sdp {
        usb {0x0403 0x6010} channel 1 init {0x0088 0x008b}
    }
    steppenprobe {
        usb {0x0403 0x6010} init {0x0058 0x99fb}
        wires {
            LED       {-ndata 0x0010}
            SWD_EN    {-data 0x0020}
            SWDIO_OE  {-ndata 0x0040}
            nSRST     {-oe 0x0080}
            GPIO_A    {-data 0x0200 -oe 0x0200 -input 0x0200}
            GPIO_B    {-data 0x0400 -oe 0x0400 -input 0x0400}
            GPIO_C    {-data 0x2000 -oe 0x2000 -input 0x2000}
            GPIO_D    {-data 0x4000 -oe 0x4000 -input 0x4000}
        }
    }
    stm32-stick {
        product {STM32-PerformanceStick} usb {0x0640 0x002d} init {0x0388 0x038b}
        wires {
            nTRST     {-data 0x0100}
            nSRST     {-data 0x0080 -noe 0x200}
        }
    }
    swd-resistor-hack {
        
        wires {
            SWD_EN    {-data 0}
        }
        then {transport select swd}
    }
    ti-icdi {
        usb {0x0451 0xc32a} init {0x00a8 0x00eb}
        wires {
            nSRST     {-noe 0x0020}
            SWD_EN    {-ndata 0x0080}
            SWDIO_OE  {-data 0x0008}
        }
    }
    tigard {
        product {Tigard V1.1} usb {0x0403 0x6010} channel 1 init {0x0038 0x003b}
        wires {
            nTRST     {-data 0x0010}
            nSRST     {-data 0x0020}
        }
        then {reset_config srst_push_pull trst_push_pull}
    }
    tumpa-lite {
        usb {0x0403 0x8a99} init {0x0038 0x087b}
        wires {
            nTRST     {-data 0x0020 -oe 0x0020}
            nSRST     {-data 0x0010 -oe 0x0010}
        }
    }
    tumpa {
        usb {0x0403 0x8a98 0x0403 0x6010} init {0x0038 0x087b}
        wires {
            nTRST     {-data 0x0020}
            nSRST     {-data 0x0010}
        }
        then {reset_config srst_push_pull}
    }
    turtelizer2-revB {
        product {Turtelizer JTAG/RS232 Adapter} usb {0x0403 0xbdc8} init {0x0008 0x0c5b}
        wires {
            nSRST     {-oe 0x0040}
            LED       {-data 0x0c00}
        }
    }
    turtelizer2-revC {
        product {Turtelizer JTAG/RS232 Adapter} usb {0x0403 0xbdc8} init {0x0008 0x0c7b}
        wires {
            nTRST     {-oe 0x0020}
            nSRST     {-oe 0x0040}
            LED       {-ndata 0x0c00}
        }
    }
    um232h {
        usb {0x0403 0x6014} init {0xfff8 0xfffb}
        wires {
            nTRST     {-data 0x0100 -oe 0x0100}
            nSRST     {-data 0x0200 -oe 0x0200}
        }
    }
    vpaclink {
        product {VPACLink} usb {0x0403 0x6010} init {0x0508 0x0f1b}
        wires {
            nTRST     {-data 0x0200 -noe 0x0100}
            nSRST     {-data 0x0800 -noe 0x0400}
        }
    }
    xds100v2 {
        usb {0x0403 0xa6d0 0x0403 0x6010} init {0x0038 0x597b}
        wires {
            nTRST     {-data 0x0010}
            nSRST     {-oe 0x0100}
            EMU_EN    {-data 0x0020}
            EMU0      {-oe 0x0040}
            EMU1      {-oe 0x1000}
            PWR_RST   {-data 0x0800}
            LOOPBACK  {-data 0x4000}
        }
    }
    xt_kc705_ml605 {
        usb {0x0403 0x6010} init {0x0010 0x007b}
        wires {
            nTRST     {-data 0x0010}
            nSRST     {-ndata 0x0020}
        }
    }
}

proc ftdi_wires {name} {
    set row [dict get $::_ftdi_adapters $name]
    if {[dict exists $row init]} { ftdi layout_init {*}[dict get $row init] }
    if {[dict exists $row wires]} {
        foreach {wire pins} [dict get $row wires] { ftdi layout_signal $wire {*}$pins }
    }
    if {[dict exists $row then]} { uplevel #0 [dict get $row then] }
}

proc ftdi_adapter {name} {
    set row [dict get $::_ftdi_adapters $name]
    adapter driver ftdi
    if {[dict exists $row product]} { ftdi device_desc [dict get $row product] }
    if {[dict exists $row usb]} { ftdi vid_pid {*}[dict get $row usb] }
    if {[dict exists $row channel]} { ftdi channel [dict get $row channel] }
    ftdi_wires $name
}
