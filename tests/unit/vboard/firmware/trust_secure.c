/* The Secure image: sets up SAU, interrupts and FPU, starts the Non-secure image, serves it through its gates, is
   interrupted over it by SysTick and takes its SecureFaults. Built by build.sh. */
#include <arm_cmse.h>

#include "trust.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SHCSR REGISTER(0xE000ED24)
#define CPACR REGISTER(0xE000ED88)
#define NSACR REGISTER(0xE000ED8C)
#define SAU_CTRL REGISTER(0xE000EDD0)
#define SAU_RNR REGISTER(0xE000EDD8)
#define SAU_RBAR REGISTER(0xE000EDDC)
#define SAU_RLAR REGISTER(0xE000EDE0)
#define SFSR REGISTER(0xE000EDE4)
#define SFAR REGISTER(0xE000EDE8)
#define FPCCR REGISTER(0xE000EF34)
#define VTOR_NS REGISTER(0xE002ED08)
#define CPACR_NS REGISTER(0xE002ED88)

#define NON_SECURE_IMAGE 0x08000000u

typedef void __attribute__((cmse_nonsecure_call)) start_function(void);
typedef uint32_t __attribute__((cmse_nonsecure_call)) callback_function(uint32_t);

extern uint32_t stack_top;
struct trust_secure_results secure_results __attribute__((section(".results")));

static void region(uint32_t number, uint32_t base, uint32_t limit, uint32_t flags) {
  SAU_RNR = number;
  SAU_RBAR = base;
  SAU_RLAR = limit | flags;
}

static volatile float factor;

void reset(void) {
  CPACR = 0xF00000;
  NSACR = 0xC00;
  CPACR_NS = 0xF00000;
  FPCCR |= 1u << 26; /* TS: what Secure code computes with is secret */
  __asm volatile("dsb\n isb");
  secure_results = (struct trust_secure_results){0};
  REGISTER(SECRET_ADDRESS) = SECRET;
  factor = 1.5F;
  region(0, NON_SECURE_IMAGE, 0x0800FFE0, 1);
  region(1, 0x20000000, 0x20003FE0, 1);
  region(2, 0x0C001000, 0x0C001FE0, 3);
  SAU_CTRL = 1;
  SHCSR = 1u << 19; /* SECUREFAULTENA */
  SYST_RVR = 700;
  SYST_CSR = 7;
  const uint32_t *vectors = (const uint32_t *)NON_SECURE_IMAGE;
  VTOR_NS = NON_SECURE_IMAGE;
  __asm volatile("msr msp_ns, %0" ::"r"(vectors[0]));
  start_function *start = (start_function *)cmse_nsfptr_create((start_function *)vectors[1]);
  start();
  for (;;) {
  }
}

uint32_t __attribute__((cmse_nonsecure_entry)) secure_add(uint32_t a, uint32_t b) { return a + b; }

uint32_t __attribute__((cmse_nonsecure_entry)) secure_work(uint32_t rounds) { return trust_digest(rounds); }

/* The FPU is in use across the call: VLSTM and VLLDM. */
uint32_t __attribute__((cmse_nonsecure_entry)) secure_call_back(callback_function *function, uint32_t value) {
  function = cmse_nsfptr_create(function);
  const float before = factor * 2;
  const uint32_t result = function(value);
  return result + (uint32_t)before;
}

float __attribute__((cmse_nonsecure_entry)) secure_scale(float value) { return value * factor; }

/* 0 where the caller may not read what it names. */
uint32_t __attribute__((cmse_nonsecure_entry)) secure_read(uint32_t *place) {
  if (cmse_check_pointed_object(place, CMSE_NONSECURE | CMSE_MPU_READ) == 0) return 0;
  return *place;
}

void tick(void) {
  const uint32_t exc_return = (uint32_t)__builtin_return_address(0);
  ++secure_results.ticks;
  if ((exc_return & 0x40) == 0) ++secure_results.ticks_over_non_secure;
  secure_results.return_values |= exc_return;
}

/* The faulting instruction is 16 bits wide and leaves its register at what the handler makes of R0. */
void secure_fault(void) {
  uint32_t *frame;
  __asm volatile("mrs %0, msp_ns" : "=r"(frame));
  ++secure_results.faults;
  secure_results.sfsr |= SFSR;
  secure_results.sfar = SFAR;
  SFSR = 0xFF;
  frame[6] += 2;
}

static void stuck(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, reset, stuck, stuck, stuck, stuck, stuck, secure_fault, stuck, stuck, stuck,
    stuck,                      stuck, stuck, stuck, tick};
