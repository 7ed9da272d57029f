// The example firmware: blinks LD4 of an STM32F4DISCOVERY (PD12) from SysTick, and keeps a heartbeat in RAM that a debugger
// can watch. Bare metal, no library; built by build.sh, and contrib/check.sh compares the result with the ELF in the tree.
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
// STM32F405/407 reference manual RM0090: RCC_AHB1ENR 6.3.10, GPIO 8.4; SysTick: Armv7-M ARM B3.3.
#define RCC_AHB1ENR REGISTER(0x40023830u)
#define GPIOD_MODER REGISTER(0x40020C00u)
#define GPIOD_BSRR REGISTER(0x40020C18u)
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)

extern uint32_t data_load, data_begin, data_end, bss_begin, bss_end, stack_top;

volatile uint32_t heartbeat;              // .bss: counts milliseconds
volatile uint32_t blink_half_period = 250;  // .data: lives in RAM, loaded from flash
static const char banner[] = "Probity example firmware";
const char *volatile banner_pointer = banner;

void SysTick_Handler(void) {
  if (++heartbeat % blink_half_period != 0) return;
  const int lit = heartbeat / blink_half_period % 2;
  GPIOD_BSRR = lit ? 1u << 12 : 1u << (12 + 16);
}

int main(void) {
  RCC_AHB1ENR |= 1u << 3;                                    // GPIOD clock
  GPIOD_MODER = (GPIOD_MODER & ~(3u << 24)) | (1u << 24);    // PD12: output
  SYST_RVR = 16000 - 1;                                      // 1 ms at the 16 MHz HSI
  SYST_CVR = 0;
  SYST_CSR = 7;
  for (;;) __asm volatile("wfi");
}

void Reset_Handler(void) {
  const uint32_t *from = &data_load;
  for (uint32_t *to = &data_begin; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_begin; to < &bss_end;) *to++ = 0;
  main();
}

void Default_Handler(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) const void *const vectors[16 + 82] = {
    &stack_top,      Reset_Handler,   Default_Handler, Default_Handler, Default_Handler, Default_Handler, Default_Handler, 0, 0, 0, 0,
    Default_Handler, Default_Handler, 0,               Default_Handler, SysTick_Handler,
    [16 ... 97] = Default_Handler,
};
