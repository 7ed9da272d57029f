// The structures of ThreadX on a Cortex-M with their names, and just enough of a scheduler to fill them: a
// ring of control blocks, context frames as its PendSV handler leaves them. Version 6 saves EXC_RETURN,
// s16-s31 and r4-r11 below what the core saves; version 5 (THREADX5) r4-r11 alone. Ours; none of it is
// ThreadX's source.
#include "threads.h"

typedef struct TX_THREAD {
  uint32_t tx_thread_id, tx_thread_run_count;
  uint32_t* tx_thread_stack_ptr;
  uint32_t *tx_thread_stack_start, *tx_thread_stack_end;
  uint32_t tx_thread_stack_size, tx_thread_time_slice, tx_thread_new_time_slice;
  struct TX_THREAD *tx_thread_ready_next, *tx_thread_ready_previous;
  const char* tx_thread_name;
  uint32_t tx_thread_priority, tx_thread_state, tx_thread_delayed_suspend, tx_thread_suspending,
      tx_thread_preempt_threshold;
  void (*tx_thread_schedule_hook)(void);
  void (*tx_thread_entry)(void);
  uint32_t tx_thread_entry_parameter;
  uint32_t tx_thread_timer[7];
  void (*tx_thread_suspend_cleanup)(void);
  void* tx_thread_suspend_control_block;
  struct TX_THREAD *tx_thread_suspended_next, *tx_thread_suspended_previous;
  uint32_t tx_thread_suspend_info;
  void* tx_thread_additional_suspend_info;
  uint32_t tx_thread_suspend_option, tx_thread_suspend_status;
  struct TX_THREAD *tx_thread_created_next, *tx_thread_created_previous;
} TX_THREAD;
_Static_assert(offsetof(TX_THREAD, tx_thread_created_next) == 136, "as in tx_api.h");

TX_THREAD* volatile _tx_thread_current_ptr, * volatile _tx_thread_execute_ptr, * volatile _tx_thread_created_ptr;
volatile uint32_t _tx_thread_created_count;

enum { READY, COMPLETED, TERMINATED, SUSPENDED, SLEEP, QUEUE_SUSP };

static void create(TX_THREAD* thread, uint32_t* stack, const char* name, uint32_t priority,
                   void (*entry)(void)) {
  uint32_t* top = first_frame(stack, entry);
  for (unsigned i = 0; i < 8; ++i) *--top = 0x22220000 + 11 - i;  // r11 … r4
#ifndef THREADX5
  *--top = 0xFFFFFFFD;
#endif
  thread->tx_thread_id = 0x54485244;
  thread->tx_thread_stack_ptr = top;
  thread->tx_thread_stack_start = stack;
  thread->tx_thread_name = name;
  thread->tx_thread_priority = priority;
  thread->tx_thread_entry = entry;
  if (_tx_thread_created_count == 0) {
    _tx_thread_created_ptr = thread->tx_thread_created_next = thread->tx_thread_created_previous = thread;
  } else {
    TX_THREAD* first = _tx_thread_created_ptr;
    thread->tx_thread_created_next = first;
    thread->tx_thread_created_previous = first->tx_thread_created_previous;
    first->tx_thread_created_previous->tx_thread_created_next = thread;
    first->tx_thread_created_previous = thread;
  }
  ++_tx_thread_created_count;
}

// The ready thread with the lowest number as its priority; of equal ones the next in the ring.
__attribute__((used)) void choose_next_thread(void) {
  TX_THREAD* from =
      _tx_thread_current_ptr ? _tx_thread_current_ptr : _tx_thread_created_ptr->tx_thread_created_previous;
  TX_THREAD* best = 0;
  for (uint32_t i = 0; i < _tx_thread_created_count; ++i) {
    from = from->tx_thread_created_next;
    if (from->tx_thread_state != READY) continue;
    if (!best || from->tx_thread_priority < best->tx_thread_priority) best = from;
  }
  _tx_thread_execute_ptr = _tx_thread_current_ptr = best;
  ++best->tx_thread_run_count;
}

#ifdef THREADX5
#define SAVE "stmdb r0!, {r4-r11}\n"
#define RESTORE           \
  "ldmia r0!, {r4-r11}\n" \
  "mvn lr, #2\n"
#else
#define SAVE                  \
  "stmdb r0!, {r4-r11}\n"     \
  "tst lr, #0x10\n"           \
  "it eq\n"                   \
  "vstmdbeq r0!, {s16-s31}\n" \
  "stmdb r0!, {lr}\n"
#define RESTORE               \
  "ldmia r0!, {lr}\n"         \
  "tst lr, #0x10\n"           \
  "it eq\n"                   \
  "vldmiaeq r0!, {s16-s31}\n" \
  "ldmia r0!, {r4-r11}\n"
#endif

__attribute__((naked)) void PendSV_Handler(void) {
  __asm__ volatile(
      ".fpu fpv4-sp-d16\n"
      "mrs r0, psp\n"
      "cbz r0, 1f\n"
      "ldr r1, =_tx_thread_current_ptr\n"
      "ldr r1, [r1]\n" SAVE
      "str r0, [r1, #8]\n"
      "1: bl choose_next_thread\n"
      "ldr r1, =_tx_thread_current_ptr\n"
      "ldr r1, [r1]\n"
      "ldr r0, [r1, #8]\n" RESTORE
      "msr psp, r0\n"
      "isb\n"
      "bx lr\n"
      ".ltorg\n");
}

static void wait_in(uint32_t state) {
  _tx_thread_current_ptr->tx_thread_state = state;
  switch_threads();
}

SEEN void system_yield(void) { switch_threads(); }
SEEN void system_sleep(void) { wait_in(SLEEP); }
SEEN void system_suspend(void) { wait_in(SUSPENDED); }
SEEN void system_wait(void) { wait_in(QUEUE_SUSP); }
SEEN void system_finish(void) { wait_in(COMPLETED); }

int main(void) {
  static TX_THREAD threads[7];
  static uint32_t stacks[7][STACK_WORDS] __attribute__((aligned(8)));
  create(&threads[0], stacks[0], "blinky", 16, blinky);
  create(&threads[1], stacks[1], "worker", 16, worker);
  create(&threads[2], stacks[2], "sensor", 8, sensor);
  create(&threads[3], stacks[3], "logger", 8, logger);
#ifndef THREADX5  // whose frame has no place for FPU registers
  create(&threads[4], stacks[4], "filter", 4, filter);
#endif
  create(&threads[5], stacks[5], "finished", 4, finished);
  create(&threads[6], stacks[6], "idle", 31, idle);
  start_switching();
  return 0;
}
