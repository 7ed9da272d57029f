// What the debugger is tried on: an ordinary C program for an STM32F407 without any library. Every function that a script
// names is kept as a function (`kept`), and every variable in memory (volatile or external), at any optimisation.
// main() does one round after another and calls what `command` asks for, so that a script decides what runs.
#include <stdbool.h>
#include <stdint.h>

#define kept __attribute__((noipa, used))
#define in_ram __attribute__((section(".ram_code"), long_call))
#define REGISTER(address) (*(volatile uint32_t *)(address))
// Armv7-M ARM: SysTick B3.3, CPACR B3.2.20.
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)
#define CPACR REGISTER(0xE000ED88u)

enum Command { NOTHING, FAULT, PARK, FLOATS, RAM_CODE, SELF_STOP, TICKS_OFF, UNDEFINED };
enum Colour { RED = 1, GREEN, BLUE = 10 };

struct Point {
  int32_t x, y;
};

struct Sensor {
  char name[8];
  uint8_t kind;
  unsigned low : 3, middle : 7, high : 6;
  float gain;
  double offset;
  struct Point corners[2];
  enum Colour colour;
  union {
    uint32_t word;
    uint8_t bytes[4];
  } raw;
  int (*convert)(int, int);
  struct Sensor *next;
};

typedef int (*Operation)(int, int);

volatile enum Command command;
volatile uint32_t rounds, ticks, calls_in_ram, handled_faults;
volatile int32_t watched = -7;
volatile uint8_t watched_byte;
volatile uint16_t watched_half;
volatile int result, applied;
volatile float float_result;
volatile double double_result;

signed char a_char = -5;
unsigned char an_unsigned_char = 200;
short a_short = -1234;
unsigned short an_unsigned_short = 54321;
int an_int = -123456789;
unsigned an_unsigned = 3123456789u;
long long a_long_long = -1234567890123456789ll;
unsigned long long an_unsigned_long_long = 12345678901234567890ull;
float a_float = 1.5f;
double a_double = -2.25;
bool a_bool = true;
enum Colour a_colour = BLUE;
char text[] = "Probity \"quoted\" \n";
const char *words[] = {"one", "two", "three"};
int numbers[10] = {1, 1, 2, 3, 5, 8, 13, 21, 34, 55};
int16_t matrix[2][3] = {{1, -2, 3}, {-4, 5, -6}};
uint8_t scratch[256];
const uint32_t constants[4] = {0xDEADBEEFu, 0x12345678u, 0, 0xFFFFFFFFu};
// Pages of content for `load`, `compare-sections`, `dump` and `find` to have something to do.
const uint32_t filling[1024] = {[0] = 0xA5A5A5A5u, [1 ... 1022] = 0x13579BDFu, [1023] = 0x0BADF00Du};

kept int add(int a, int b) { return a + b; }
kept int subtract(int a, int b) { return a - b; }
kept int multiply(int a, int b) { return a * b; }
Operation operations[] = {add, subtract, multiply};

struct Sensor outside = {.name = "outside", .kind = 2, .low = 5, .middle = 99, .high = 33, .gain = 0.5f, .offset = 1e-3,
                         .corners = {{1, 2}, {-3, -4}}, .colour = GREEN, .raw.word = 0x44332211u, .convert = multiply};
struct Sensor inside = {.name = "inside", .kind = 1, .gain = 2.0f, .colour = RED, .convert = add, .next = &outside};

kept uint32_t factorial(uint32_t n) {
  if (n <= 1) return 1;
  const uint32_t smaller = factorial(n - 1);
  result = (int)smaller;  // no tail of the call: it stays a recursion at -O2
  return n * smaller;
}

kept int sum(const int *values, int count) {
  int total = 0;
  for (int i = 0; i < count; i++) {
    total += values[i];
    watched = total;
  }
  return total;
}

kept int apply(Operation operation, int a, int b) {
  const int value = operation(a, b);
  applied = value;
  return value;
}

kept float scale(float value, float gain) {
  const float product = value * gain;
  return product + 0.25f;
}

kept double mean(const double *values, int count) {
  double total = 0;
  for (int i = 0; i < count; i++) total += values[i];
  return total / count;
}

kept in_ram int ram_function(int n) {
  int total = 0;
  for (int i = 0; i < n; i++) {
    total += i;
    calls_in_ram++;
  }
  return total;
}

kept void on_tick(uint32_t now) { ticks = now; }

kept void SysTick_Handler(void) { on_tick(ticks + 1); }

kept uint32_t read_badly(uintptr_t address) {
  return REGISTER(address);  // nothing is there: a precise bus fault
}

kept void undefined_instruction(void) { __asm volatile("udf #1"); }

kept void park(void) {
  __asm volatile("parked: b parked");  // one address: where an interrupt must find it
}

kept void float_work(void) {
  static const double samples[] = {1.0, 2.5, -0.5, 5.0};
  float_result = scale(a_float, 3.0f);
  double_result = mean(samples, 4);
}

kept void obey(enum Command what) {
  switch (what) {
    case FAULT: read_badly(0x30000000u); break;
    case UNDEFINED: undefined_instruction(); break;
    case PARK: park(); break;
    case FLOATS: float_work(); break;
    case RAM_CODE: result = ram_function(4); break;
    case SELF_STOP: __asm volatile("bkpt #3"); break;
    case TICKS_OFF: SYST_CSR = 0; break;
    case NOTHING: break;
  }
}

kept void one_round(void) {
  const enum Command what = command;
  command = NOTHING;
  obey(what);
  result = sum(numbers, 10);
  result = (int)factorial(5);
  apply(operations[rounds % 3], 12, 4);
  watched_byte = (uint8_t)rounds;
  watched_half = (uint16_t)(rounds * 3);
  rounds++;
}

int main(void) {
  SYST_RVR = 16000 - 1;  // 1 ms at the 16 MHz HSI
  SYST_CVR = 0;
  SYST_CSR = 7;
  for (;;) {
    one_round();
  }
}

kept void Fault_Handler(void) {
  handled_faults++;
  for (;;) {
  }
}

kept void Default_Handler(void) {
  for (;;) {
  }
}

extern uint32_t data_load, data_begin, data_end, bss_begin, bss_end, stack_top, process_stack_top;

kept __attribute__((noreturn)) void start(void) {
  const uint32_t *from = &data_load;
  for (volatile uint32_t *to = &data_begin; to < &data_end;) *to++ = *from++;
  for (volatile uint32_t *to = &bss_begin; to < &bss_end;) *to++ = 0;
#ifdef __ARM_FP
  CPACR |= 0xFu << 20;
  __asm volatile("dsb\n isb");
#endif
  main();
  for (;;) {
  }
}

__attribute__((naked)) void Reset_Handler(void) {
#ifdef PROCESS_STACK  // threads of an RTOS run like this: main on PSP, handlers on MSP
  __asm volatile(
      "ldr r0, =process_stack_top\n"
      "msr psp, r0\n"
      "movs r0, #2\n"
      "msr control, r0\n"
      "isb\n");
#endif
  __asm volatile("b start\n .ltorg");
}

__attribute__((section(".vectors"), used)) const void *const vectors[16 + 82] = {
    &stack_top,      Reset_Handler,   Default_Handler, Fault_Handler,
    Fault_Handler,   Fault_Handler,   Fault_Handler,   0, 0, 0, 0,
    Default_Handler, Default_Handler, 0,               Default_Handler, SysTick_Handler,
    [16 ... 97] = Default_Handler,
};
