// The structures of FreeRTOS on a Cortex-M4F with their names, and just enough of a scheduler to fill them:
// lists of tasks by state, control blocks with their list items in them, context frames as its PendSV handler
// leaves them (r4-r11, EXC_RETURN, s16-s31 below what the core saves). Ours; none of it is FreeRTOS's source.
#include "threads.h"

typedef struct ListItem {
  uint32_t xItemValue;
  struct ListItem *pxNext, *pxPrevious;
  void* pvOwner;
  struct List* pxContainer;
} ListItem;

typedef struct {
  uint32_t xItemValue;
  ListItem *pxNext, *pxPrevious;
} MiniListItem;

typedef struct List {
  uint32_t uxNumberOfItems;
  ListItem* pxIndex;
  MiniListItem xListEnd;
} List;

typedef struct {
  uint32_t* pxTopOfStack;
  ListItem xStateListItem, xEventListItem;
  uint32_t uxPriority;
  uint32_t* pxStack;
  char pcTaskName[16];
} Task;

enum { kPriorities = 5 };

Task* volatile pxCurrentTCB;
List pxReadyTasksLists[kPriorities], xDelayedTaskList1, xDelayedTaskList2, xPendingReadyList,
    xSuspendedTaskList, xTasksWaitingTermination;
List* volatile pxDelayedTaskList, * volatile pxOverflowDelayedTaskList;
volatile uint32_t uxCurrentNumberOfTasks, xSchedulerRunning;
#ifndef WITHOUT_TOP_USED_PRIORITY
__attribute__((used)) const volatile uint32_t uxTopUsedPriority = kPriorities - 1;
#endif

static List queue_waiters;  // what a task waits on

static ListItem* end_of(List* list) { return (ListItem*)&list->xListEnd; }

static void initialise(List* list) {
  list->xListEnd.xItemValue = 0xFFFFFFFF;
  list->xListEnd.pxNext = list->xListEnd.pxPrevious = list->pxIndex = end_of(list);
}

static void insert(List* list, ListItem* item) {
  ListItem* end = end_of(list);
  item->pxNext = end;
  item->pxPrevious = end->pxPrevious;
  end->pxPrevious->pxNext = item;
  end->pxPrevious = item;
  item->pxContainer = list;
  ++list->uxNumberOfItems;
}

static void take_out(ListItem* item) {
  List* list = item->pxContainer;
  if (list->pxIndex == item) list->pxIndex = item->pxPrevious;
  item->pxPrevious->pxNext = item->pxNext;
  item->pxNext->pxPrevious = item->pxPrevious;
  item->pxContainer = 0;
  --list->uxNumberOfItems;
}

static void create(Task* task, uint32_t* stack, const char* name, uint32_t priority, void (*entry)(void)) {
  uint32_t* top = first_frame(stack, entry);
  *--top = 0xFFFFFFFD;
  for (unsigned i = 0; i < 8; ++i) *--top = 0x11110000 + 11 - i;  // r11 … r4
  task->pxTopOfStack = top;
  task->pxStack = stack;
  task->uxPriority = priority;
  for (unsigned i = 0; i + 1 < sizeof task->pcTaskName && name[i]; ++i) task->pcTaskName[i] = name[i];
  task->xStateListItem.pvOwner = task->xEventListItem.pvOwner = task;
  insert(&pxReadyTasksLists[priority], &task->xStateListItem);
  ++uxCurrentNumberOfTasks;
}

__attribute__((used)) void choose_next_task(void) {
  for (int priority = kPriorities - 1; priority >= 0; --priority) {
    List* list = &pxReadyTasksLists[priority];
    if (list->uxNumberOfItems == 0) continue;
    list->pxIndex = list->pxIndex->pxNext;
    if (list->pxIndex == end_of(list)) list->pxIndex = list->pxIndex->pxNext;
    pxCurrentTCB = list->pxIndex->pvOwner;
    return;
  }
}

__attribute__((naked)) void PendSV_Handler(void) {
  __asm__ volatile(
      ".fpu fpv4-sp-d16\n"
      "mrs r0, psp\n"
      "cbz r0, 1f\n"
      "ldr r1, =pxCurrentTCB\n"
      "ldr r1, [r1]\n"
      "tst lr, #0x10\n"
      "it eq\n"
      "vstmdbeq r0!, {s16-s31}\n"
      "stmdb r0!, {r4-r11, lr}\n"
      "str r0, [r1]\n"
      "1: bl choose_next_task\n"
      "ldr r1, =pxCurrentTCB\n"
      "ldr r1, [r1]\n"
      "ldr r0, [r1]\n"
      "ldmia r0!, {r4-r11, lr}\n"
      "tst lr, #0x10\n"
      "it eq\n"
      "vldmiaeq r0!, {s16-s31}\n"
      "msr psp, r0\n"
      "isb\n"
      "bx lr\n"
      ".ltorg\n");
}

static void move_to(List* list) {
  take_out(&pxCurrentTCB->xStateListItem);
  insert(list, &pxCurrentTCB->xStateListItem);
  switch_threads();
}

SEEN void system_yield(void) { switch_threads(); }
SEEN void system_sleep(void) { move_to(pxDelayedTaskList); }
SEEN void system_suspend(void) { move_to(&xSuspendedTaskList); }
SEEN void system_finish(void) { move_to(&xTasksWaitingTermination); }
SEEN void system_wait(void) {  // without a timeout: among the suspended, and in the queue's list
  insert(&queue_waiters, &pxCurrentTCB->xEventListItem);
  move_to(&xSuspendedTaskList);
}

int main(void) {
  static Task tasks[7];
  static uint32_t stacks[7][STACK_WORDS] __attribute__((aligned(8)));
  for (unsigned i = 0; i < kPriorities; ++i) initialise(&pxReadyTasksLists[i]);
  initialise(&xDelayedTaskList1);
  initialise(&xDelayedTaskList2);
  initialise(&xPendingReadyList);
  initialise(&xSuspendedTaskList);
  initialise(&xTasksWaitingTermination);
  initialise(&queue_waiters);
  pxDelayedTaskList = &xDelayedTaskList1;
  pxOverflowDelayedTaskList = &xDelayedTaskList2;
  create(&tasks[0], stacks[0], "IDLE", 0, idle);
  create(&tasks[1], stacks[1], "blinky", 1, blinky);
  create(&tasks[2], stacks[2], "worker", 1, worker);
  create(&tasks[3], stacks[3], "sensor", 2, sensor);
  create(&tasks[4], stacks[4], "logger", 2, logger);
  create(&tasks[5], stacks[5], "filter", 3, filter);
  create(&tasks[6], stacks[6], "finished", 3, finished);
  pxCurrentTCB = &tasks[5];
  xSchedulerRunning = 1;
  start_switching();
  return 0;
}
