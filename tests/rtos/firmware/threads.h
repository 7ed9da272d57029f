// What the three little schedulers share: the core, and the threads that they run. A scheduler gives the
// system_… functions and the names; `settled` is called when every thread is in the state it stays in.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The threads' functions.
void blinky(void);  // runs; settled ← count_down ← count_down ← count_down ← blinky
void worker(void);  // is ready; system_yield ← take_item ← work_through_queue ← worker
void sensor(void);  // sleeps; system_sleep ← wait_for_sample ← sensor
void logger(void);  // is suspended; system_suspend ← park ← logger
void filter(
    void);  // waits for a queue, with FPU registers in use where the core has them; system_wait ← … ← filter
void finished(void);  // has ended
void idle(void);      // is ready and has never run

// Called by threads, given by the scheduler. They return when the thread runs again.
void system_yield(void);
void system_sleep(void);
void system_suspend(void);
void system_wait(void);
void system_finish(void);

// Kept out of the optimiser's hands, so that a backtrace shows what the source says.
#define SEEN __attribute__((noipa))

// Asks for PendSV, which has the lowest priority and switches threads.
void switch_threads(void);
void start_switching(void);

#define STACK_WORDS 128
// The registers that the core takes from the stack when it returns to `entry` for the first time (DDI 0403E
// B1.5.6): the frame's address.
uint32_t* first_frame(uint32_t* stack, void (*entry)(void));
