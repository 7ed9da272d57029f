@ The boot ROM of the virtual board's LPC chips: written for the board from what NXP's user manuals say of the
@ interface (UM10360 32, UM10398 26, UM10601 21, UM10736 34), with none of NXP's code. It starts the user's program
@ where the checksum of its vectors is right, and has the IAP commands 50 to 59. There is no ISP: it only waits.
@
@ Position independent, Armv6-M, linked at 0; its base is a multiple of 64 KiB. Words 1 to 15 of its vector table
@ are offsets, to which the board adds the base; word 0, the stack, is the board's as well.
@ The flash controller behind it is the board's own invention, as the real one is not documented
@ (src/vboard/chip/flash/lpc_flash.hpp); chip facts come from its registers.

    .syntax unified
    .cpu    cortex-m0
    .thumb

    .equ CONTROLLER, 0xF000 @ from the ROM's base
    .equ COMMAND,  0x00     @ 1 prepare, 2 erase FIRST-LAST, 3 program the words written to DATA at DEST, 4 erase pages
    .equ STATUS,   0x04     @ bit 0: busy; bits 15:8: what IAP reports of the last command
    .equ FIRST,    0x08
    .equ LAST,     0x0C
    .equ DEST,     0x10
    .equ DATA,     0x14
    .equ BEGIN,    0x18     @ address of sector FIRST
    .equ END,      0x1C     @ behind sector LAST; 0: they are no sectors
    .equ SIZE,     0x20     @ of the flash
    .equ BOUNDARY, 0x24     @ of a copy's destination
    .equ COPIES,   0x28     @ sizes that a copy may have, each a power of two, added up
    .equ RAM0,     0x2C     @ begin, end; end of RAM0 is the stack's top
    .equ RAM1,     0x34
    .equ PART,     0x3C
    .equ VERSION,  0x40
    .equ UID,      0x44     @ 4 words
    .equ MAP,      0x54     @ address of SYSMEMREMAP or MEMMAP
    .equ MAP_USER, 0x58     @ what shows the user's flash at 0

    .equ CMD_SUCCESS, 0
    .equ INVALID_COMMAND, 1
    .equ SRC_ADDR_ERROR, 2
    .equ DST_ADDR_ERROR, 3
    .equ SRC_ADDR_NOT_MAPPED, 4
    .equ DST_ADDR_NOT_MAPPED, 5
    .equ COUNT_ERROR, 6
    .equ INVALID_SECTOR, 7
    .equ SECTOR_NOT_BLANK, 8
    .equ COMPARE_ERROR, 10

    .text
vectors:
    .word   0
    .word   reset + 1
    .rept   14
    .word   wait_for_ever + 1
    .endr

@ r7 = the controller, from where this runs
find_controller:
    mov     r7, pc
    lsrs    r7, r7, #16
    lsls    r7, r7, #16
    movs    r6, #(CONTROLLER >> 12)
    lsls    r6, r6, #12
    adds    r7, r7, r6
    bx      lr

@ The user's program is there when its first eight words add up to 0.
reset:
    bl      find_controller
    ldr     r5, [r7, #MAP]
    ldr     r0, [r7, #MAP_USER]
    str     r0, [r5]
    movs    r0, #0
    movs    r1, #0
1:  ldm     r0!, {r2}
    adds    r1, r1, r2
    cmp     r0, #32
    bne     1b
    cmp     r1, #0
    bne     isp
    movs    r0, #0
    ldr     r1, [r0]
    msr     msp, r1
    ldr     r1, [r0, #4]
    bx      r1
isp:
    movs    r0, #0
    str     r0, [r5]
wait_for_ever:
    b       wait_for_ever

    .org    0x204           @ the IAP entry of LPC15xx
iap_low:
    push    {lr}
    bl      iap
    pop     {pc}

@ r0: command and its parameters; r1: status and results
iap:
    push    {r4-r7, lr}
    bl      find_controller
    ldr     r2, [r0]
    subs    r2, r2, #50
    cmp     r2, #9
    bhi     no_command
    lsls    r2, r2, #1
    add     pc, r2
    nop
    b       prepare
    b       copy
    b       erase
    b       blank_check
    b       part_id
    b       boot_version
    b       compare
    b       reinvoke
    b       unique_id
    b       erase_page

no_command:
    movs    r5, #INVALID_COMMAND
    b       done
success:
    movs    r5, #CMD_SUCCESS
done:
    str     r5, [r1]
    pop     {r4-r7, pc}

prepare:
    movs    r5, #1
    b       on_sectors
erase:
    movs    r5, #2
    b       on_sectors
erase_page:
    movs    r5, #4
on_sectors:
    ldr     r2, [r0, #4]
    str     r2, [r7, #FIRST]
    ldr     r2, [r0, #8]
    str     r2, [r7, #LAST]
run:
    str     r5, [r7, #COMMAND]
1:  ldr     r5, [r7, #STATUS]
    lsrs    r5, r5, #1
    bcs     1b
    lsrs    r5, r5, #7
    b       done

@ copy RAM to flash: destination, source, bytes
copy:
    ldr     r3, [r0, #4]
    ldr     r2, [r0, #8]
    ldr     r4, [r0, #12]
    movs    r5, #SRC_ADDR_ERROR
    lsls    r6, r2, #30
    bne     done
    movs    r5, #DST_ADDR_ERROR
    ldr     r6, [r7, #BOUNDARY]
    subs    r6, r6, #1
    tst     r3, r6
    bne     done
    movs    r5, #COUNT_ERROR
    subs    r6, r4, #1
    tst     r4, r6
    bne     done
    ldr     r6, [r7, #COPIES]
    tst     r4, r6
    beq     done
    movs    r5, #SRC_ADDR_NOT_MAPPED
    bl      in_ram
    bne     done
    movs    r5, #DST_ADDR_NOT_MAPPED
    ldr     r6, [r7, #SIZE]
    cmp     r3, r6
    bhs     done
    str     r3, [r7, #DEST]
1:  ldm     r2!, {r6}
    str     r6, [r7, #DATA]
    subs    r4, r4, #4
    bne     1b
    movs    r5, #3
    b       run

blank_check:
    ldr     r2, [r0, #4]
    str     r2, [r7, #FIRST]
    ldr     r2, [r0, #8]
    str     r2, [r7, #LAST]
    movs    r5, #INVALID_SECTOR
    ldr     r3, [r7, #END]
    cmp     r3, #0
    beq     done
    ldr     r2, [r7, #BEGIN]
1:  ldr     r6, [r2]
    adds    r4, r6, #1
    bne     2f
    adds    r2, r2, #4
    cmp     r2, r3
    bne     1b
    b       success
2:  ldr     r4, [r7, #BEGIN]
    subs    r2, r2, r4
    str     r2, [r1, #4]
    str     r6, [r1, #8]
    movs    r5, #SECTOR_NOT_BLANK
    b       done

part_id:
    ldr     r2, [r7, #PART]
    b       one_result
boot_version:
    ldr     r2, [r7, #VERSION]
one_result:
    str     r2, [r1, #4]
    b       success

unique_id:
    movs    r2, #UID
    adds    r2, r2, r7
    movs    r3, #4
1:  ldm     r2!, {r4}
    str     r4, [r1, r3]
    adds    r3, r3, #4
    cmp     r3, #20
    bne     1b
    b       success

@ compare: destination, source, bytes
compare:
    ldr     r3, [r0, #4]
    ldr     r2, [r0, #8]
    ldr     r4, [r0, #12]
    movs    r5, #DST_ADDR_ERROR
    lsls    r6, r3, #30
    bne     9f
    movs    r5, #SRC_ADDR_ERROR
    lsls    r6, r2, #30
    bne     9f
    movs    r5, #COUNT_ERROR
    lsls    r6, r4, #30
    bne     9f
    cmp     r4, #0
    beq     9f
    movs    r5, #SRC_ADDR_NOT_MAPPED
    bl      mapped
    bne     9f
    movs    r5, #DST_ADDR_NOT_MAPPED
    mov     r0, r2
    mov     r2, r3
    bl      mapped
    bne     9f
    mov     r2, r0
    movs    r0, #0
1:  ldr     r5, [r2, r0]
    ldr     r6, [r3, r0]
    cmp     r5, r6
    bne     2f
    adds    r0, r0, #4
    cmp     r0, r4
    bne     1b
    b       success
2:  str     r0, [r1, #4]
    movs    r5, #COMPARE_ERROR
9:  b       done

reinvoke:
    ldr     r5, [r7, #MAP]
    b       isp

@ Z is set where r4 bytes from r2 on are flash or RAM (mapped), or RAM (in_ram). Changes r6.
mapped:
    ldr     r6, [r7, #SIZE]
    subs    r6, r6, r4
    blo     in_ram
    cmp     r2, r6
    bls     yes
in_ram:
    ldr     r6, [r7, #RAM0]
    cmp     r2, r6
    blo     1f
    ldr     r6, [r7, #RAM0 + 4]
    subs    r6, r6, r4
    blo     1f
    cmp     r2, r6
    bls     yes
1:  ldr     r6, [r7, #RAM1]
    cmp     r2, r6
    blo     no
    ldr     r6, [r7, #RAM1 + 4]
    subs    r6, r6, r4
    blo     no
    cmp     r2, r6
    bls     yes
no: movs    r6, #1
    bx      lr
yes:
    movs    r6, #0
    bx      lr

    .org    0x1FF0          @ the IAP entry of all others
iap_high:
    push    {lr}
    bl      iap
    pop     {pc}
