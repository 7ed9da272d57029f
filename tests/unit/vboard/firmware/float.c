/* Hard-float firmware for the virtual core's test: vectors, work in main, float work in the SysTick handler
   too, so that the handler's context and main's get in each other's way if anything about them is wrong. */
#include <stdint.h>

#include "float_work.h"

__attribute__((section(".results"))) struct results results;

static volatile const float one = 1.0F;

#define REG(address) (*(volatile uint32_t*)(address))

void reset_handler(void);
void systick_handler(void);
void trap(void);
extern uint32_t stack_top;

__attribute__((section(".vectors"), used)) static const void* const vectors[16] = {
    &stack_top, reset_handler, trap, trap, trap, trap,           trap, 0, 0, 0,
    0,          trap,          trap, 0,    trap, systick_handler};

void trap(void) {
  for (;;) {
  }
}

void systick_handler(void) {
  work_single(results.in_handler, one);
  ++results.ticks;
}

static int same(const float* x, const float* y) {
  for (int i = 0; i < SINGLE_RESULTS; ++i)
    if (x[i] != y[i]) return 0;
  return 1;
}

/* Not in reset_handler(): its prologue may save registers of the FPU. */
__attribute__((noinline)) static void run(void) {
  results.done = results.ticks = results.disturbed = 0;
  work_single(results.single, one);
  REG(0xE000E014) = 4999; /* SysTick: about twice in a work_single() */
  REG(0xE000E010) = 7;
  for (int i = 0; i < 60; ++i) {
    float again[SINGLE_RESULTS];
    work_single(again, one);
    if (!same(again, results.single)) ++results.disturbed;
  }
  REG(0xE000E010) = 0;
  work_double(results.doubles, (double)one);
  results.done = 0x600DF10A;
  for (;;) {
  }
}

void reset_handler(void) {
  REG(0xE000ED88) |= 0xFu << 20; /* CPACR */
  __asm volatile("dsb\n isb");
  run();
}
