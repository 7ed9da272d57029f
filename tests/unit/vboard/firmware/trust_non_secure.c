/* The Non-secure image: calls the Secure one's gates while both SysTicks interrupt, and tries to read what is
   not its own. Built by build.sh. */
#include "trust.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

uint32_t secure_add(uint32_t a, uint32_t b);
uint32_t secure_work(uint32_t rounds);
uint32_t secure_call_back(uint32_t (*function)(uint32_t), uint32_t value);
float secure_scale(float value);
uint32_t secure_read(uint32_t *place);

extern uint32_t stack_top;
struct trust_results results __attribute__((section(".results")));

static uint32_t twice(uint32_t value) { return 2 * value; }

static float volatile operand;

void reset(void) {
  results.ticks = results.ticks_over_secure = results.seen_of_secure = results.done = 0;
  REGISTER(0xE000E014) = 900;
  REGISTER(0xE000E010) = 7;
  results.added = secure_add(2, 40);
  results.called_back = secure_call_back(twice, 100);
  uint32_t own = 0xECC0;
  results.echoed = secure_read(&own) + secure_read((uint32_t *)SECRET_ADDRESS);
  results.secure_digest = secure_work(WORK_ROUNDS);
  results.digest = trust_digest(WORK_ROUNDS);
  operand = 4.5F;
  const float scaled = secure_scale(operand) + operand;
  __builtin_memcpy(&results.scaled, &scaled, 4);
  register uint32_t stolen __asm("r0") = SECRET_ADDRESS;
  __asm volatile("ldr r0, [r0]" : "+r"(stolen)); /* a SecureFault, and R0 as it was */
  results.stolen = stolen;
  results.done = DONE;
  for (;;) {
    __asm volatile("" ::: "memory"); /* or nobody would ever see it done */
  }
}

/* Over Secure code (EXC_RETURN.S) every register must have been cleared. */
void tick_seen(uint32_t exc_return, uint32_t registers) {
  ++results.ticks;
  if ((exc_return & 0x40) == 0) return;
  ++results.ticks_over_secure;
  results.seen_of_secure |= registers;
}

__attribute__((naked)) void tick(void) {
  __asm volatile(
      "orrs r1, r0\n orrs r1, r2\n orrs r1, r3\n orrs r1, r4\n orrs r1, r5\n orrs r1, r6\n orrs r1, r7\n"
      "orr r1, r8\n orr r1, r9\n orr r1, r10\n orr r1, r11\n orr r1, r12\n mov r0, lr\n b tick_seen");
}

static void stuck(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, reset, stuck, stuck, stuck, stuck, stuck, stuck, stuck, stuck, stuck,
    stuck,                      stuck, stuck, stuck, tick};
