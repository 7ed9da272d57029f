// Firmware that speaks through the ITM: as soon as a debugger has enabled stimulus port 0 it writes LINES lines
// there, one a millisecond: four characters at once, the rest one by one, the end of the line as a half-word.
// Port 1 gets the line's number where it is enabled too. Port 0 first: nothing is written before its FIFO takes it.
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
// Armv7-M ARM: ITM C1.7, SysTick B3.3.
#define ITM_STIM(port) (0xE0000000u + 4u * (port))
#define ITM_TER REGISTER(0xE0000E00u)
#define ITM_TCR REGISTER(0xE0000E80u)
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)

enum { LINES = 100 };

extern uint32_t stack_top;

static int enabled(unsigned port) { return (ITM_TCR & 1u) && (ITM_TER >> port & 1u); }

static void wait_for_room(unsigned port) {
  while (REGISTER(ITM_STIM(port)) == 0) {
  }
}

static void put8(uint8_t value) {
  wait_for_room(0);
  *(volatile uint8_t *)ITM_STIM(0) = value;
}

static void put16(uint16_t value) {
  wait_for_room(0);
  *(volatile uint16_t *)ITM_STIM(0) = value;
}

static void put32(unsigned port, uint32_t value) {
  wait_for_room(port);
  REGISTER(ITM_STIM(port)) = value;
}

static void line(unsigned number) {
  put32(0, 'l' | 'i' << 8 | 'n' << 16 | (uint32_t)'e' << 24);
  put8(' ');
  for (unsigned digit = 1000; digit != 0; digit /= 10) put8((uint8_t)('0' + number / digit % 10));
  put16('\r' | '\n' << 8);
  if (enabled(1)) put32(1, number);
}

void SysTick_Handler(void) {}

void Reset_Handler(void) {
  while (!enabled(0)) {
  }
  SYST_RVR = 16000 - 1;  // 1 ms at the 16 MHz HSI
  SYST_CVR = 0;
  SYST_CSR = 7;
  for (unsigned number = 0; number < LINES; ++number) {
    line(number);
    __asm volatile("wfi");
  }
  SYST_CSR = 0;
  for (;;) __asm volatile("wfi");
}

void Default_Handler(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) const void *const vectors[16] = {
    &stack_top,      Reset_Handler,   Default_Handler, Default_Handler, Default_Handler, Default_Handler, Default_Handler, 0, 0, 0, 0,
    Default_Handler, Default_Handler, 0,               Default_Handler, SysTick_Handler,
};
