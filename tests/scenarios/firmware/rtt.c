// Talks over SEGGER RTT: up-channel 0 says hello, then gives back in capitals what comes in on down-channel 0; up-channel 1 counts.
// The control block is written here by hand, field by field (SEGGER UM08001, 16.3). Built by build.sh.
#include "start.h"

typedef struct {
  const char *name;
  char *buffer;
  uint32_t size;
  volatile uint32_t write, read;
  uint32_t flags;
} ring_t;

static struct {
  char id[16];
  uint32_t up_count, down_count;
  ring_t up[2], down[1];
} control;

static char up0[32], up1[16], down0[16];

static int room(const ring_t *ring) { return (ring->write + 1) % ring->size != ring->read; }

static void put(ring_t *ring, char c) {
  ring->buffer[ring->write] = c;
  __asm volatile("dmb" ::: "memory");
  ring->write = (ring->write + 1) % ring->size;
}

static void print(ring_t *ring, const char *text) {
  for (; *text; ++text) {
    while (!room(ring)) {
    }
    put(ring, *text);
  }
}

static void create_control_block(void) {
  static const char id[16] = "REGGES RTT";  // backwards, so that no search finds this copy of it
  control.up_count = 2;
  control.down_count = 1;
  control.up[0] = (ring_t){"Terminal", up0, sizeof up0, 0, 0, 0};
  control.up[1] = (ring_t){"Count", up1, sizeof up1, 0, 0, 1};
  control.down[0] = (ring_t){"Terminal", down0, sizeof down0, 0, 0, 0};
  __asm volatile("dmb" ::: "memory");
  for (int i = 0; i < 6; ++i) control.id[i] = "REGGES"[5 - i];
  for (int i = 6; i < 16; ++i) control.id[i] = id[i];
}

int main(void) {
  create_control_block();
  print(&control.up[0], "Hello from the target, in more bytes than the ring holds at once.\n");
  for (uint32_t count = 0;;) {
    ring_t *down = &control.down[0];
    if (down->write != down->read) {
      char c = down->buffer[down->read];
      down->read = (down->read + 1) % down->size;
      if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
      while (!room(&control.up[0])) {
      }
      put(&control.up[0], c);
    }
    if (room(&control.up[1])) put(&control.up[1], '0' + count++ % 10);
  }
}
