// A program for any Cortex-M: calls three deep, a counter to watch, and a fault when asked for. Built for each core by
// test_cores.py.
#include <stdint.h>

volatile uint32_t counter, faults, ask_for_fault;
volatile uint8_t bytes[8];

__attribute__((noinline)) static void culprit(void) {
  __asm__ volatile("udf #0");  // an undefined instruction everywhere
}

__attribute__((noinline)) static uint32_t inner(uint32_t n) {
  counter = counter + n;
  bytes[n & 7] = (uint8_t)n;
  return counter;
}

__attribute__((noinline)) static uint32_t middle(uint32_t n) { return inner(n) + 1; }

int main(void) {
  for (uint32_t n = 1;; ++n) {
    middle(n);
    if (ask_for_fault) culprit();
  }
}

void hard_fault(void) {
  ++faults;
  for (;;) {
  }
}

void reset(void) {
  counter = faults = ask_for_fault = 0;
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = 0;
  main();
}

extern uint32_t stack_top;
__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, reset, hard_fault, hard_fault, hard_fault, hard_fault, hard_fault};
