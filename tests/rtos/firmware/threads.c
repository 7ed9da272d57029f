#include "threads.h"

__asm__(".fpu fpv4-sp-d16");

#define CPACR (*(volatile uint32_t*)0xE000ED88)  // DDI 0403E B3.2.20
#define ICSR (*(volatile uint32_t*)0xE000ED04)   // DDI 0403E B3.2.4
#define SHPR3 (*(volatile uint32_t*)0xE000ED20)  // DDI 0403E B3.2.12

int main(void);
void Reset_Handler(void);
void PendSV_Handler(void);

static void stop(void) {
  for (;;) {
  }
}

extern uint32_t data_load[], data_begin[], data_end[], bss_begin[], bss_end[], stack_top[];

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top,
    Reset_Handler,
    stop,
    stop,
    stop,
    stop,
    stop,
    0,
    0,
    0,
    0,
    stop,
    stop,
    0,
    PendSV_Handler,
    stop};

void Reset_Handler(void) {
  for (uint32_t *from = data_load, *to = data_begin; to < data_end;) *to++ = *from++;
  for (uint32_t* to = bss_begin; to < bss_end;) *to++ = 0;
  CPACR = 0xFu << 20;
  __asm__ volatile("dsb\n isb");
  SHPR3 = 0xFFu << 16;
  main();
  stop();
}

void switch_threads(void) {
  ICSR = 1u << 28;  // PENDSVSET
  __asm__ volatile("dsb\n isb" ::: "memory");
}

void start_switching(void) {
  __asm__ volatile("msr psp, %0\n isb" ::"r"(0));  // tells the first switch that there is nothing to save
  switch_threads();
}

uint32_t* first_frame(uint32_t* stack, void (*entry)(void)) {
  uint32_t* frame = stack + STACK_WORDS - 8;
  for (unsigned i = 0; i < 5; ++i) frame[i] = 0xC0DE0000 + i;  // r0-r3, r12
  frame[5] = 0;                                                // lr: GDB's backtrace ends here
  frame[6] = (uint32_t)entry & ~1u;
  frame[7] = 0x01000000;
  return frame;
}

// --- the threads ---

SEEN void settled(void) { __asm__ volatile("nop"); }

SEEN static void count_down(unsigned n, unsigned round) {
  if (n != 0) {
    count_down(n - 1, round);
  } else if (round == 2) {
    settled();
  }
}

SEEN void blinky(void) {
  for (unsigned round = 0;; ++round) {
    count_down(2, round);
    system_yield();
  }
}

SEEN static void take_item(void) { system_yield(); }
SEEN static void work_through_queue(unsigned items) {
  for (unsigned i = 0; i < items; ++i) take_item();
}
SEEN void worker(void) {
  for (;;) work_through_queue(5);
}

SEEN static void wait_for_sample(void) { system_sleep(); }
SEEN void sensor(void) {
  for (;;) wait_for_sample();
}

SEEN static void park(void) { system_suspend(); }
SEEN void logger(void) {
  for (;;) park();
}

static const float coefficients[16] = {1.5f, 2.5f,  3.5f,  4.5f,  5.5f,  6.5f,  7.5f,  8.5f,
                                       9.5f, 10.5f, 11.5f, 12.5f, 13.5f, 14.5f, 15.5f, 16.5f};

// s16 … s31 hold the coefficients across the call, s0 has 0.25; the compiler does not use them.
SEEN static void convolve(void) {
  if (CPACR & 0xFu << 20) {
    __asm__ volatile(
        "vldmia %0, {s16-s31}\n"
        "vmov.f32 s0, #0.25\n" ::"r"(coefficients));
  }
  system_wait();
}
SEEN void filter(void) {
  for (;;) convolve();
}

SEEN void finished(void) {
  for (;;) system_finish();
}

SEEN void idle(void) {
  for (;;) {
  }
}
