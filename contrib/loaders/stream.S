@ The flash loader: runs in the target's RAM and carries out commands that the host puts into a ring while it runs.
@ Armv6-M instructions only, position independent, so that one binary serves Cortex-M0 to M85; whatever belongs to
@ one flash controller comes in the parameter block and in the commands. The host's side is src/flash/stream.cpp.
@
@ Entry: r0 = parameter block (word offsets below). Ends at a BKPT with `state` set.
@
@ Commands are words in the ring; each begins when the controller is idle and without error:
@   END      0
@   STORE    1, address (for messages), count, count times: address, value (32-bit stores; an erase is some of them)
@   PROGRAM  2, control, address, width (1, 2, 4), burst (1, 2 or a multiple of 4; a multiple of width), bytes (a
@            multiple of burst), data words
@            `control` goes to the control register first; the loader waits for the controller before each burst, and
@            begins a burst when all of it is in the ring
@            the first data word carries bytes modulo 4 (4 if that is 0) bytes in its low end, all others 4
@   CRC      3, address, bytes: appends the CRC-32 (polynomial 0x04C11DB7, most significant bit first, start
@            0xFFFFFFFF, not inverted at the end) to the results
@   SELECT   4, addresses of the control and the status register, its busy bits, its error bits: used from here on
@ Reading `rd` = `wr` means empty. While it waits, the loader feeds the watchdog.

    .syntax unified
    .cpu    cortex-m0
    .thumb

    .equ P_RD,       0      @ where the loader reads next
    .equ P_WR,       4      @ where the host writes next
    .equ P_STATE,    8      @ 0 running, 1 ended, 2 the controller reported an error
    .equ P_STATUS,   12     @ status register at the error
    .equ P_ADDRESS,  16     @ what is, or was last, worked on
    .equ P_RESULT,   20     @ where the next CRC result goes
    .equ P_BEGIN,    24     @ the ring
    .equ P_END,      28
    .equ P_CR,       32     @ address of the control register
    .equ P_SR,       36     @ address of the status register
    .equ P_BUSY,     40     @ its busy bits
    .equ P_ERRORS,   44     @ its error bits
    .equ P_WATCHDOG, 48     @ address of the watchdog's key register, or of a scratch word
    .equ P_TABLES,   52     @ CRC tables: 4 KiB, or 64 bytes
    .equ P_ENTRIES,  56     @ of the first table: 256, or 16 where there is no room for more
    .equ P_WIDTH,    60     @ the loader's own
    .equ P_BURST,    64     @ the loader's own

    .equ CRC_CHUNK,  4096   @ bytes between two feedings

@ r4 parameter block, r5 rd, r6 address of the status register, r7 watchdog key,
@ r8 ring begin, r9 ring end, r10 watchdog register, r11 error bits
    .text
    .global start
start:
    mov     r4, r0
    bl      make_tables
    bl      load_constants
    ldr     r5, [r4, #P_RD]

main:
    bl      wait_idle
    bl      next_word
    cmp     r0, #1
    beq     store
    cmp     r0, #2
    beq     program
    cmp     r0, #3
    beq     crc
    cmp     r0, #4
    beq     select
    movs    r0, #1
    b       stop

fail:                       @ r0 = status register
    str     r0, [r4, #P_STATUS]
    movs    r0, #2
stop:
    str     r0, [r4, #P_STATE]
    dsb
    bkpt    #0

store:
    bl      next_word
    str     r0, [r4, #P_ADDRESS]
    bl      next_word
    mov     r3, r0
1:  bl      next_word
    mov     r2, r0
    bl      next_word
    str     r0, [r2]
    subs    r3, r3, #1
    bne     1b
    dsb
    b       main

select:
    movs    r2, #P_CR
    add     r2, r4
    movs    r3, #4          @ P_CR, P_SR, P_BUSY, P_ERRORS
1:  bl      next_word
    stmia   r2!, {r0}
    subs    r3, r3, #1
    bne     1b
    bl      load_constants
    b       main

@ r2 = bytes to do, r3 = address, r12 = data, shifted as it is used, lr = bytes left of the burst
program:
    bl      next_word
    ldr     r1, [r4, #P_CR]
    str     r0, [r1]
    bl      next_word
    mov     r3, r0
    bl      next_word
    str     r0, [r4, #P_WIDTH]
    bl      next_word
    str     r0, [r4, #P_BURST]
    bl      next_word
    mov     r2, r0
fetch:
    bl      next_word       @ overlaps with the programming of the burst before
    mov     r12, r0
burst:
    ldr     r0, [r4, #P_BURST]
    subs    r0, r0, #4      @ what the burst needs besides the word that is there
    bls     2f
    mov     lr, r0
1:  mov     r1, r10
    str     r7, [r1]
    ldr     r0, [r4, #P_WR]
    subs    r0, r0, r5
    bhs     3f
    add     r0, r9
    mov     r1, r8
    subs    r0, r0, r1
3:  cmp     r0, lr
    blo     1b
2:  bl      wait_idle
    str     r3, [r4, #P_ADDRESS]
    ldr     r0, [r4, #P_BURST]
    mov     lr, r0
access:
    ldr     r1, [r4, #P_WIDTH]
    mov     r0, r12
    cmp     r1, #2
    beq     half
    bhi     word
    strb    r0, [r3]
    lsrs    r0, r0, #8
    b       stored
half:
    strh    r0, [r3]
    lsrs    r0, r0, #16
    b       stored
word:
    str     r0, [r3]
stored:
    mov     r12, r0
    adds    r3, r3, r1
    subs    r2, r2, r1
    mov     r0, lr
    subs    r0, r0, r1
    beq     burst_done
    mov     lr, r0
    lsls    r0, r2, #30
    bne     access
    ldmia   r5!, {r0}       @ it is in the ring
    mov     r12, r0
    cmp     r5, r9
    bne     access
    mov     r5, r8
    b       access
burst_done:
    dsb
    str     r5, [r4, #P_RD]
    cmp     r2, #0
    beq     main
    lsls    r0, r2, #30
    bne     burst
    b       fetch

@ Slicing by four: with x = crc ^ big-endian word, the next crc is T3[x31:24] ^ T2[x23:16] ^ T1[x15:8] ^ T0[x7:0].
crc:
    bl      next_word
    str     r0, [r4, #P_ADDRESS]
    mov     r1, r0          @ r1 = where
    bl      next_word_keep_r1
    adds    r0, r0, r1
    mov     r11, r0         @ r11 = end of all
    mov     r12, r4
    mov     r9, r5
    ldr     r2, [r4, #P_TABLES]
    ldr     r6, [r4, #P_ENTRIES]
    movs    r3, #1
    lsls    r3, r3, #10
    movs    r0, #0
    mvns    r0, r0          @ r0 = crc
    cmp     r6, #16
    beq     crc_chunk       @ r6 = 16: by halves of bytes
    adds    r5, r2, r3
    adds    r6, r5, r3
    adds    r7, r6, r3
crc_chunk:
    ldr     r3, =CRC_CHUNK
    adds    r3, r3, r1
    cmp     r3, r11
    bls     1f
    mov     r3, r11
1:  mov     lr, r3          @ lr = end of this chunk
    lsrs    r3, r3, #2
    lsls    r3, r3, #2
    mov     r8, r3          @ r8 = end of its whole words
    cmp     r6, #16
    beq     crc_halves
crc_next:
    cmp     r1, lr
    bhs     crc_chunk_done
    lsls    r3, r1, #30
    bne     crc_byte
    cmp     r1, r8
    bhs     crc_byte
crc_word:
    ldmia   r1!, {r3}
    rev     r3, r3
    eors    r0, r3
    lsrs    r4, r0, #24
    lsls    r4, r4, #2
    ldr     r4, [r7, r4]
    lsls    r3, r0, #8
    lsrs    r3, r3, #24
    lsls    r3, r3, #2
    ldr     r3, [r6, r3]
    eors    r4, r3
    lsls    r3, r0, #16
    lsrs    r3, r3, #24
    lsls    r3, r3, #2
    ldr     r3, [r5, r3]
    eors    r4, r3
    uxtb    r3, r0
    lsls    r3, r3, #2
    ldr     r0, [r2, r3]
    eors    r0, r4
    cmp     r1, r8
    blo     crc_word
    b       crc_next
crc_byte:
    ldrb    r3, [r1]
    adds    r1, r1, #1
    lsrs    r4, r0, #24
    eors    r3, r4
    lsls    r3, r3, #2
    ldr     r3, [r2, r3]
    lsls    r0, r0, #8
    eors    r0, r3
    b       crc_next
@ With x = crc ^ byte << 24, twice: x = x << 4 ^ T[x31:28]; the first 16 entries of T0 are T.
crc_halves:
    cmp     r1, lr
    bhs     crc_chunk_done
    ldrb    r3, [r1]
    adds    r1, r1, #1
    lsls    r3, r3, #24
    eors    r0, r3
    lsrs    r3, r0, #28
    lsls    r3, r3, #2
    ldr     r3, [r2, r3]
    lsls    r0, r0, #4
    eors    r0, r3
    lsrs    r3, r0, #28
    lsls    r3, r3, #2
    ldr     r3, [r2, r3]
    lsls    r0, r0, #4
    eors    r0, r3
    b       crc_halves
crc_chunk_done:
    ldr     r3, =0xAAAA
    mov     r4, r10
    str     r3, [r4]
    cmp     r1, r11
    blo     crc_chunk
    mov     r4, r12
    mov     r5, r9
    ldr     r1, [r4, #P_RESULT]
    str     r0, [r1]
    adds    r1, r1, #4
    str     r1, [r4, #P_RESULT]
    bl      load_constants
    b       main

@ r0 = the next word of the ring; clobbers r1.
next_word:
    ldr     r1, [r4, #P_WR]
    cmp     r1, r5
    bne     take_word
    mov     r1, r10
    str     r7, [r1]
    b       next_word
@ The same, clobbers r2 instead.
next_word_keep_r1:
    ldr     r2, [r4, #P_WR]
    cmp     r2, r5
    bne     take_word
    mov     r2, r10
    str     r7, [r2]
    b       next_word_keep_r1
take_word:
    ldmia   r5!, {r0}
    cmp     r5, r9
    bne     1f
    mov     r5, r8
1:  str     r5, [r4, #P_RD]
    bx      lr

@ Returns when the controller is idle and without an error; clobbers r0, r1.
wait_idle:
    mov     r0, r10
    str     r7, [r0]
    ldr     r0, [r6]
    ldr     r1, [r4, #P_BUSY]
    tst     r0, r1
    bne     wait_idle
    mov     r1, r11
    tst     r0, r1
    beq     1f
    b       fail
1:  bx      lr

load_constants:
    ldr     r0, [r4, #P_BEGIN]
    mov     r8, r0
    ldr     r0, [r4, #P_END]
    mov     r9, r0
    ldr     r0, [r4, #P_WATCHDOG]
    mov     r10, r0
    ldr     r0, [r4, #P_ERRORS]
    mov     r11, r0
    ldr     r6, [r4, #P_SR]
    ldr     r7, =0xAAAA
    bx      lr

@ T0[i] = crc of the byte i; Tk[i] = Tk-1[i] shifted on by a zero byte.
make_tables:
    ldr     r0, [r4, #P_TABLES]
    ldr     r6, [r4, #P_ENTRIES]
    ldr     r7, =0x04C11DB7
    movs    r1, #0
1:  lsls    r2, r1, #24
    movs    r3, #8
2:  lsls    r2, r2, #1
    bcc     3f
    eors    r2, r7
3:  subs    r3, r3, #1
    bne     2b
    lsls    r3, r1, #2
    str     r2, [r0, r3]
    adds    r1, r1, #1
    cmp     r1, r6
    blo     1b
    cmp     r6, #16
    beq     5f
    movs    r1, #1
    lsls    r1, r1, #10     @ the byte distance of two tables
    movs    r5, #0
    movs    r6, #3
    lsls    r6, r6, #10
4:  ldr     r2, [r0, r5]
    lsrs    r3, r2, #24
    lsls    r3, r3, #2
    ldr     r3, [r0, r3]
    lsls    r2, r2, #8
    eors    r2, r3
    adds    r3, r5, r1
    str     r2, [r0, r3]
    adds    r5, r5, #4
    cmp     r5, r6
    bne     4b
5:  bx      lr

    .ltorg
