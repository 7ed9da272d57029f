// What every firmware here begins with: vectors, and main() on a RAM that C expects.
#include <stddef.h>
#include <stdint.h>

extern uint32_t data_load, data_begin, data_end, bss_begin, bss_end, stack_top;

int main(void);

void Reset_Handler(void) {
  const uint32_t *from = &data_load;
  for (volatile uint32_t *to = &data_begin; to < &data_end;) *to++ = *from++;
  for (volatile uint32_t *to = &bss_begin; to < &bss_end;) *to++ = 0;
  main();
  for (;;) {
  }
}

void Default_Handler(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) const void *const vectors[16] = {
    &stack_top,      Reset_Handler,   Default_Handler, Default_Handler, Default_Handler, Default_Handler, Default_Handler, 0, 0, 0, 0,
    Default_Handler, Default_Handler, 0,               Default_Handler, Default_Handler,
};
