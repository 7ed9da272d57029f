@ The boot ROM of the virtual RP2040, Armv6-M. It is our own: the layout that programs rely on and what its functions
@ promise are those of the RP2040 data sheet, 2.8 ("Bootrom"), to whose sections the comments refer; the code is not
@ Raspberry Pi's. Not there: USB boot and the mass storage device (where it would begin, the core waits), floating
@ point, the boot pin.
@
@ contrib/bootrom/build.sh assembles it.

        .syntax unified
        .cpu cortex-m0plus
        .thumb
        .text

        .equ ROM_VERSION, 3                     @ 2.8.3: B2
        .equ XIP_BASE, 0x10000000
        .equ XIP_CTRL, 0x14000000               @ CTRL 0, FLUSH 4
        .equ SSI, 0x18000000
        .equ CTRLR0, 0x00
        .equ SSIENR, 0x08
        .equ SER, 0x10
        .equ BAUDR, 0x14
        .equ SSI_SR, 0x28
        .equ DR0, 0x60
        .equ SPI_CTRLR0_BASE, SSI + 0xF4
        .equ STACK, 0x20041F00                  @ SRAM5 but for its last 256 bytes,
        .equ STAGE2, 0x20041F00                 @ which the second stage is copied to (2.8.1.3.1)
        .equ STAGE2_CHECKED, 252                @ bytes, then their CRC
        .equ RESETS, 0x4000C000                 @ RESET 0, RESET_DONE 8
        .equ CLEAR, 0x3000                      @ the alias that clears bits, 2.1.2
        .equ SET, 0x2000
        .equ QSPI_BLOCKS, 1 << 9 | 1 << 6       @ PADS_QSPI, IO_QSPI
        .equ IO_QSPI, 0x40018000                @ STATUS and CTRL of SCLK, SS, SD0 to SD3
        .equ SS_CTRL, 0x0C
        .equ PADS_QSPI, 0x40020000
        .equ PAD_SD0, 0x08                      @ to SD3 at 0x14
        .equ WATCHDOG, 0x40058000
        .equ SCRATCH4, 0x1C
        .equ VREG_AND_CHIP_RESET, 0x40064000    @ CHIP_RESET 8
        .equ SIO, 0xD0000000                    @ CPUID 0
        .equ FIFO_ST, 0x50
        .equ FIFO_WR, 0x54
        .equ FIFO_RD, 0x58
        .equ BOOT_MAGIC, 0xB007C0D3

        @ ---- the beginning: 2.8.3 ----------------------------------------------------------------------------------
        .global _start
_start:
        .word STACK
        .word reset + 1
        .word stop + 1                          @ NMI
        .word stop + 1                          @ HardFault
        .byte 'M', 'u', 1, ROM_VERSION
        .hword functions
        .hword data
        .hword table_lookup + 1
        .hword 0
        .word 0, 0, 0, 0
        .word stop + 1                          @ SVCall
        .word 0, 0
        .word stop + 1                          @ PendSV
        .word stop + 1                          @ SysTick

        .macro row a, b, place
        .byte \a, \b
        .hword \place
        .endm
functions:
        row 'P', '3', popcount32 + 1
        row 'R', '3', reverse32 + 1
        row 'L', '3', clz32 + 1
        row 'T', '3', ctz32 + 1
        row 'M', 'S', memset + 1
        row 'S', '4', memset + 1
        row 'M', 'C', memcpy + 1
        row 'C', '4', memcpy + 1
        row 'I', 'F', connect_internal_flash + 1
        row 'E', 'X', flash_exit_xip + 1
        row 'R', 'E', flash_range_erase + 1
        row 'R', 'P', flash_range_program + 1
        row 'F', 'C', flash_flush_cache + 1
        row 'C', 'X', flash_enter_cmd_xip + 1
        row 'D', 'T', debug_trampoline + 1
        row 'D', 'E', debug_trampoline_end + 1
        row 'U', 'B', reset_to_usb_boot + 1
        .hword 0
data:
        row 'C', 'R', copyright
        row 'G', 'R', revision
        .hword 0
        .balign 4
revision:
        .word 0                                 @ of no repository of Raspberry Pi's
copyright:
        .asciz "Probity's boot ROM for a virtual RP2040, MIT licence"
        .balign 4

@ rom_table_lookup(table, code): 0 where it is not in the table.
table_lookup:
        ldrh r2, [r0]
        cmp r2, r1
        beq 1f
        adds r0, #4
        cmp r2, #0
        bne table_lookup
        movs r0, #0
        bx lr
1:      ldrh r0, [r0, #2]
        bx lr

@ _debug_trampoline: calls r7, then stops at _debug_trampoline_end (2.8.3.1.4).
debug_trampoline:
        blx r7
debug_trampoline_end:
        bkpt #0

        @ ---- boot: 2.8.1 -------------------------------------------------------------------------------------------
reset:
        ldr r0, =SIO
        ldr r0, [r0]
        cmp r0, #0
        bne wait_for_vector
        @ The rescue debug port restarted the chip: nothing is to run.
        ldr r0, =VREG_AND_CHIP_RESET
        ldr r1, [r0, #8]
        movs r2, #1
        lsls r2, r2, #24                        @ PSM_RESTART_FLAG, cleared by writing 1
        tst r1, r2
        beq 1f
        str r2, [r0, #8]
        b stop
1:      bl watchdog_boot
        bl flash_boot
@ No second stage: here it would be a USB device.
reset_to_usb_boot:
stop:
        wfi
        b stop

@ Program in RAM named by the watchdog's scratch registers: 2.8.1.1. Returns if there is none.
watchdog_boot:
        ldr r0, =WATCHDOG + SCRATCH4
        ldmia r0!, {r1, r2, r3, r4}             @ magic, entry ^ -magic, stack, entry
        subs r0, #16
        ldr r5, =BOOT_MAGIC
        cmp r1, r5
        bne 1f
        movs r1, #0
        str r1, [r0]                            @ once only
        rsbs r5, r5, #0
        eors r2, r5
        cmp r2, r4
        bne 1f
        msr msp, r3
        blx r4
        b stop
1:      bx lr

@ Second stage at the beginning of the flash: 2.8.1.3.1. Returns if its CRC is not right.
flash_boot:
        push {r4, lr}
        bl connect_internal_flash
        bl flash_exit_xip
        movs r0, #0x03
        movs r1, #0
        bl begin_command
        movs r0, #0
        ldr r1, =STAGE2
        movs r2, #1
        lsls r2, r2, #8
        bl put_get
        bl deselect
        bl flash_flush_cache
        ldr r0, =STAGE2
        movs r1, #STAGE2_CHECKED
        bl crc32
        ldr r1, =STAGE2
        movs r2, #STAGE2_CHECKED
        ldr r2, [r1, r2]
        cmp r0, r2
        bne 1f
        adds r1, #1
        movs r0, #0
        mov lr, r0
        bx r1
1:      pop {r4, pc}

@ Polynomial 0x04C11DB7, highest bit first, from all ones, not inverted: r0 bytes, r1 how many.
crc32:
        push {r4, r5, lr}
        mov r4, r0
        movs r0, #0
        mvns r0, r0
        ldr r5, =0x04C11DB7
1:      ldrb r2, [r4]
        adds r4, #1
        lsls r2, r2, #24
        eors r0, r2
        movs r3, #8
2:      lsls r0, r0, #1
        bcc 3f
        eors r0, r5
3:      subs r3, #1
        bne 2b
        subs r1, #1
        bne 1b
        pop {r4, r5, pc}

@ Core 1: 2.8.2. Waits for 0, 0, 1, vector table, stack, entry in its FIFO and gives each word back; whatever else
@ comes begins it anew.
wait_for_vector:
        ldr r4, =SIO
1:      movs r5, #0                             @ words that were as they should
2:      ldr r0, [r4, #FIFO_ST]
        lsrs r0, r0, #1                         @ VLD
        bcs 3f
        wfe
        b 2b
3:      ldr r0, [r4, #FIFO_RD]
        str r0, [r4, #FIFO_WR]
        sev
        cmp r5, #3
        bhs 5f
        lsrs r1, r5, #1                         @ 0, 0, 1
        cmp r0, r1
        bne 1b
4:      adds r5, #1
        b 2b
5:      bhi 6f
        mov r6, r0
        b 4b
6:      cmp r5, #5
        bhs 7f
        mov r7, r0
        b 4b
7:      ldr r1, =0xE000ED08                     @ VTOR
        str r6, [r1]
        msr msp, r7
        blx r0
        b stop

        @ ---- the flash: 2.8.3.1.3 ----------------------------------------------------------------------------------

@ void connect_internal_flash(void): IO_QSPI and PADS_QSPI as after reset, then the pins to the SSI.
connect_internal_flash:
        ldr r0, =RESETS
        ldr r1, =QSPI_BLOCKS
        ldr r2, =RESETS + SET
        str r1, [r2]
        ldr r2, =RESETS + CLEAR
        str r1, [r2]
1:      ldr r2, [r0, #8]
        ands r2, r1
        cmp r2, r1
        bne 1b
        ldr r0, =IO_QSPI
        movs r1, #0                             @ FUNCSEL XIP
        movs r2, #6
2:      str r1, [r0, #4]
        adds r0, #8
        subs r2, #1
        bne 2b
        bx lr

@ Drives the chip select: r0 is OUTOVER, 0 as the SSI wants, 2 low, 3 high.
        .equ AS_SSI_WANTS, 0
        .equ LOW, 2
        .equ HIGH, 3
select:
        movs r0, #LOW
        b force
deselect:
        movs r0, #HIGH
force:
        ldr r1, =IO_QSPI
        ldr r2, [r1, #SS_CTRL]
        movs r3, #3
        lsls r3, r3, #8
        bics r2, r3
        lsls r0, r0, #8
        orrs r2, r0
        str r2, [r1, #SS_CTRL]
        ldr r2, [r1, #SS_CTRL]                  @ it has arrived before the next clock
        bx lr

@ r0 bytes out (or 0: zeros), r1 bytes in (or 0: forgotten), r2 how many. No more are under way than the FIFO holds.
put_get:
        push {r4, r5, r6, r7, lr}
        ldr r3, =SSI
        mov r4, r2                              @ to be sent; r2: to be received
1:      subs r5, r2, r4
        cmp r5, #14
        bhs 3f
        cmp r4, #0
        beq 3f
        movs r6, #0
        cmp r0, #0
        beq 2f
        ldrb r6, [r0]
        adds r0, #1
2:      str r6, [r3, #DR0]
        subs r4, #1
3:      ldr r5, [r3, #SSI_SR]
        lsrs r5, r5, #4                         @ RFNE
        bcc 1b
        ldr r6, [r3, #DR0]
        cmp r1, #0
        beq 4f
        strb r6, [r1]
        adds r1, #1
4:      subs r2, #1
        bne 1b
        pop {r4, r5, r6, r7, pc}

@ Selects the flash and sends command r0 with the 24-bit address r1.
begin_command:
        push {r0, r1, r2, r4, lr}
        mov r4, sp                              @ command and address as bytes, over the pushed r0
        rev r1, r1
        lsrs r1, r1, #8
        lsls r1, r1, #8
        uxtb r0, r0
        orrs r0, r1
        str r0, [r4]
        bl select
        mov r0, r4
        movs r1, #0
        movs r2, #4
        bl put_get
        add sp, #12
        pop {r4, pc}

@ Command r0 alone.
command:
        push {r0, r4, lr}
        bl select
        mov r0, sp
        movs r1, #0
        movs r2, #1
        bl put_get
        bl deselect
        add sp, #4
        pop {r4, pc}

@ Until the status register's WIP falls.
wait_ready:
        push {r0, r4, lr}
1:      movs r0, #0x05
        mov r4, sp
        str r0, [r4]
        bl select
        mov r0, r4
        mov r1, r4
        movs r2, #2
        bl put_get
        bl deselect
        ldrb r0, [r4, #1]
        lsrs r0, r0, #1
        bcs 1b
        add sp, #4
        pop {r4, pc}

@ void flash_exit_xip(void): the SSI as a plain serial one, SCK a sixth of its clock; then 2.8.1.2: 32 clocks
@ deselected, the data lines pulled down; 32 selected, pulled up; 16 selected, SD0 driven high.
flash_exit_xip:
        push {r4, r5, lr}
        ldr r0, =SSI
        movs r1, #0
        str r1, [r0, #SSIENR]
        movs r1, #6
        str r1, [r0, #BAUDR]
        ldr r1, =7 << 16                        @ frames of eight bits, sent and received
        str r1, [r0, #CTRLR0]
        movs r1, #1
        str r1, [r0, #SER]
        str r1, [r0, #SSIENR]
        ldr r5, =PADS_QSPI
        ldr r4, [r5, #PAD_SD0]
        bl deselect
        movs r0, #0x84                          @ OD, PDE
        bl pads
        bl four_bytes
        bl select
        movs r0, #0x88                          @ OD, PUE
        bl pads
        bl four_bytes
        bl deselect
        mov r0, r4
        movs r1, #0x8C
        bics r0, r1
        bl pads
        bl select
        movs r0, #0
        mvns r0, r0
        push {r0, r1}
        mov r0, sp
        movs r1, #0
        movs r2, #2
        bl put_get
        bl deselect
        add sp, #8
        pop {r4, r5, pc}

@ Of all four data pads: OD, PUE and PDE are r0's, the rest is what SD0 was (r4).
pads:
        movs r1, #0x8C
        mov r2, r4
        bics r2, r1
        orrs r2, r0
        str r2, [r5, #PAD_SD0]
        str r2, [r5, #PAD_SD0 + 4]
        str r2, [r5, #PAD_SD0 + 8]
        str r2, [r5, #PAD_SD0 + 12]
        bx lr

four_bytes:
        push {r4, lr}
        movs r0, #0
        movs r1, #0
        movs r2, #4
        bl put_get
        pop {r4, pc}

@ void flash_range_erase(addr, count, block_size, block_cmd): blocks where they fit, else sectors of 4096 bytes.
flash_range_erase:
        push {r0, r1, r2, r3, r4, r5, r6, r7, lr}
        mov r4, r0
        mov r5, r1
        mov r6, r2
        mov r7, r3
1:      cmp r5, #0
        beq 3f
        movs r0, #0x06                          @ write enable
        bl command
        cmp r6, #0
        beq 2f
        cmp r5, r6
        blo 2f
        subs r0, r6, #1
        tst r4, r0
        bne 2f
        mov r0, r7
        mov r1, r4
        bl begin_command
        bl deselect
        adds r4, r6
        subs r5, r6
        bl wait_ready
        b 1b
2:      movs r0, #0x20
        mov r1, r4
        bl begin_command
        bl deselect
        movs r0, #1
        lsls r0, r0, #12
        adds r4, r0
        subs r5, r0
        bl wait_ready
        b 1b
3:      pop {r0, r1, r2, r3, r4, r5, r6, r7, pc}

@ void flash_range_program(addr, data, count): pages of 256 bytes.
flash_range_program:
        push {r4, r5, r6, lr}
        mov r4, r0
        mov r5, r1
        mov r6, r2
1:      cmp r6, #0
        beq 2f
        movs r0, #0x06
        bl command
        movs r0, #0x02
        mov r1, r4
        bl begin_command
        movs r2, #1
        lsls r2, r2, #8
        adds r4, r2
        subs r6, r2
        mov r0, r5
        adds r5, r2
        movs r1, #0
        bl put_get
        bl deselect
        bl wait_ready
        b 1b
2:      pop {r4, r5, r6, pc}

@ void flash_flush_cache(void): also leaves the chip select to the SSI.
flash_flush_cache:
        push {r4, lr}
        ldr r0, =XIP_CTRL
        movs r1, #1
        str r1, [r0, #4]
        ldr r2, [r0, #4]                        @ ends when it is flushed
        ldr r2, [r0]
        orrs r2, r1                             @ EN
        str r2, [r0]
        movs r0, #AS_SSI_WANTS
        bl force
        pop {r4, pc}

@ void flash_enter_cmd_xip(void): every XIP access is a 03h with 24 address bits and 32 of data.
flash_enter_cmd_xip:
        ldr r0, =SSI
        movs r1, #0
        str r1, [r0, #SSIENR]
        ldr r1, =31 << 16 | 3 << 8              @ DFS_32, TMOD "EEPROM read"
        str r1, [r0, #CTRLR0]
        ldr r1, =SPI_CTRLR0_BASE
        ldr r2, =0x03 << 24 | 2 << 8 | 6 << 2   @ XIP_CMD, INST_L 8 bits, ADDR_L 24 bits
        str r2, [r1]
        movs r1, #1
        str r1, [r0, #SSIENR]
        bx lr

        @ ---- bits and memory: 2.8.3.1.1, 2.8.3.1.2 --------------------------------------------------------------------

popcount32:
        movs r1, #0
1:      cmp r0, #0
        beq 2f
        subs r2, r0, #1
        ands r0, r2                             @ without its lowest 1
        adds r1, #1
        b 1b
2:      mov r0, r1
        bx lr

reverse32:
        movs r1, #0
        movs r2, #32
1:      lsrs r0, r0, #1
        adcs r1, r1
        subs r2, #1
        bne 1b
        mov r0, r1
        bx lr

clz32:
        movs r1, #32
1:      cmp r0, #0
        beq 2f
        subs r1, #1
        lsrs r0, r0, #1
        b 1b
2:      mov r0, r1
        bx lr

ctz32:
        movs r1, #32
        cmp r0, #0
        beq 2f
1:      subs r1, #1
        lsls r0, r0, #1
        bne 1b
2:      mov r0, r1
        bx lr

@ uint8_t *memset(uint8_t *ptr, uint8_t c, uint32_t n)
memset:
        mov r3, r0
        b 2f
1:      strb r1, [r3]
        adds r3, #1
2:      subs r2, #1
        bhs 1b
        bx lr

@ uint8_t *memcpy(uint8_t *dest, uint8_t *src, uint32_t n)
memcpy:
        push {r4, lr}
        mov r3, r0
        b 2f
1:      ldrb r4, [r1]
        strb r4, [r3]
        adds r1, #1
        adds r3, #1
2:      subs r2, #1
        bhs 1b
        pop {r4, pc}

        .balign 4
        .ltorg
