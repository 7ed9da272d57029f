// The structures of Zephyr on a Cortex-M with their names, its table of offsets (version 1), and just enough
// of a scheduler to fill them: a list of k_threads, which hold r4-r11 and the stack pointer themselves; on
// the stack is only what the core saves. Ours; none of it is Zephyr's source.
#include "threads.h"

struct k_thread {
  struct {
    void *next, *previous, *pended_on;
    uint8_t user_options, thread_state;
    int8_t prio;
    uint8_t sched_locked;
    uint32_t swap_data, timeout[5];
  } base;
  struct {
    uint32_t v1_v8[8];
    uint32_t* psp;
  } callee_saved;
  void* init_data;
  void* join_queue[2];
  struct {
    void (*pEntry)(void);
    uint32_t parameters[3];
  } entry;
  struct k_thread* next_thread;
  char name[32];
  struct {
    uint32_t basepri, swap_return_value;
#ifdef FPU_SHARING
    uint32_t preempt_float[16];
#endif
    uint8_t mode_bits, mode_exc_return;
  } arch;
};

struct z_kernel {
  struct {
    uint32_t nested;
    uint8_t* irq_stack;
    struct k_thread *current, *idle_thread;
  } cpus[1];
  struct k_thread* ready_cache;
  void* ready_queue[2];
  struct k_thread* threads;
};
volatile struct z_kernel _kernel;

#define MISSING 0xFFFFFFFF
__attribute__((used)) const size_t _kernel_thread_info_offsets[] = {
    1,
    offsetof(struct z_kernel, cpus[0].current),
    offsetof(struct z_kernel, threads),
    offsetof(struct k_thread, entry),
    offsetof(struct k_thread, next_thread),
    offsetof(struct k_thread, base.thread_state),
    offsetof(struct k_thread, base.user_options),
    offsetof(struct k_thread, base.prio),
    offsetof(struct k_thread, callee_saved.psp),
    offsetof(struct k_thread, name),
    offsetof(struct k_thread, arch),
#ifdef FPU_SHARING
    offsetof(struct k_thread, arch.preempt_float) - offsetof(struct k_thread, arch),
#else
    MISSING,
#endif
    MISSING,
    offsetof(struct k_thread, arch.mode_exc_return) - offsetof(struct k_thread, arch),
};
__attribute__((used)) const size_t _kernel_thread_info_num_offsets =
    sizeof _kernel_thread_info_offsets / sizeof _kernel_thread_info_offsets[0];
__attribute__((used)) const uint8_t _kernel_thread_info_size_t_size = sizeof(size_t);

enum { PENDING = 1 << 1, SLEEPING = 1 << 2, DEAD = 1 << 3, SUSPENDED = 1 << 4, QUEUED = 1 << 7 };

static struct k_thread threads[7];
static unsigned created;

static void create(uint32_t* stack, const char* name, int8_t priority, void (*entry)(void)) {
  struct k_thread* thread = &threads[created++];
  thread->callee_saved.psp = first_frame(stack, entry);
  for (unsigned i = 0; i < 8; ++i) thread->callee_saved.v1_v8[i] = 0x33330004 + i;
  thread->base.prio = priority;
  thread->base.thread_state = QUEUED;
  thread->entry.pEntry = entry;
  for (unsigned i = 0; i + 1 < sizeof thread->name && name[i]; ++i) thread->name[i] = name[i];
  thread->arch.mode_exc_return = 0xFD;
  thread->next_thread = _kernel.threads;  // the newest first
  _kernel.threads = thread;
}

// The queued thread with the lowest priority number; of equal ones the next.
__attribute__((used)) struct k_thread* choose_next_thread(void) {
  unsigned at = _kernel.cpus[0].current ? (unsigned)(_kernel.cpus[0].current - threads) : created - 1;
  struct k_thread* best = 0;
  for (unsigned i = 0; i < created; ++i) {
    at = (at + 1) % created;
    if (!(threads[at].base.thread_state & QUEUED)) continue;
    if (!best || threads[at].base.prio < best->base.prio) best = &threads[at];
  }
  return _kernel.cpus[0].current = best;
}

#define OFFSET(name, member) [name] "i"(offsetof(struct k_thread, member))
__attribute__((naked)) void PendSV_Handler(void) {
  __asm__ volatile(
      ".fpu fpv4-sp-d16\n"
      "mrs r0, psp\n"
      "cbz r0, 1f\n"
      "ldr r1, =_kernel\n"
      "ldr r1, [r1, %[current]]\n"
      "str r0, [r1, %[psp]]\n"
      "add r2, r1, %[saved]\n"
      "stmia r2, {r4-r11}\n"
      "strb lr, [r1, %[exc_return]]\n"
#ifdef FPU_SHARING
      "tst lr, #0x10\n"
      "add r2, r1, %[floats]\n"
      "it eq\n"
      "vstmiaeq r2, {s16-s31}\n"
#endif
      "1: bl choose_next_thread\n"
      "mov r1, r0\n"
      "ldrb r0, [r1, %[exc_return]]\n"
      "mvn lr, #0xFF\n"
      "orr lr, lr, r0\n"
#ifdef FPU_SHARING
      "tst lr, #0x10\n"
      "add r2, r1, %[floats]\n"
      "it eq\n"
      "vldmiaeq r2, {s16-s31}\n"
#endif
      "add r2, r1, %[saved]\n"
      "ldmia r2, {r4-r11}\n"
      "ldr r0, [r1, %[psp]]\n"
      "msr psp, r0\n"
      "isb\n"
      "bx lr\n"
      ".ltorg\n" ::[current] "i"(offsetof(struct z_kernel, cpus[0].current)),
      OFFSET(psp, callee_saved.psp), OFFSET(saved, callee_saved.v1_v8),
      OFFSET(exc_return, arch.mode_exc_return)
#ifdef FPU_SHARING
          ,
      OFFSET(floats, arch.preempt_float)
#endif
  );
}

static void wait_in(uint8_t state) {
  _kernel.cpus[0].current->base.thread_state = state;
  switch_threads();
}

SEEN void system_yield(void) { switch_threads(); }
SEEN void system_sleep(void) { wait_in(SLEEPING); }
SEEN void system_suspend(void) { wait_in(SUSPENDED); }
SEEN void system_wait(void) { wait_in(PENDING); }
SEEN void system_finish(void) { wait_in(DEAD); }

int main(void) {
  static uint32_t stacks[7][STACK_WORDS] __attribute__((aligned(8)));
  create(stacks[0], "idle", 15, idle);
  create(stacks[1], "blinky", 5, blinky);
  create(stacks[2], "worker", 5, worker);
  create(stacks[3], "sensor", 2, sensor);
  create(stacks[4], "logger", -1, logger);
#ifdef FPU_SHARING
  create(stacks[5], "filter", -2, filter);
#endif
  create(stacks[6], "finished", -2, finished);
  start_switching();
  return 0;
}
