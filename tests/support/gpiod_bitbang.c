// A stand-in for libgpiod, to be loaded before it (LD_PRELOAD): its lines are the SWCLK and SWDIO of a
// virtual board that serves remote-bitbang on 127.0.0.1, at the port of GPIOD_BITBANG_PORT. With it stock
// OpenOCD 0.12, whose remote_bitbang driver knows JTAG alone, speaks SWD bit by bit through its linuxgpiod
// driver. Line 1 of chip 0 is SWCLK, line 2 SWDIO. Build: cc -shared -fPIC.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SWCLK = 1, SWDIO = 2, LINES = 3 };

struct gpiod_chip {
  int connection;
};
struct gpiod_line {
  unsigned offset;
};
struct gpiod_line_request_config {
  const char* consumer;
  int request_type, flags;
};
enum { REQUEST_OUTPUT = 3 };  // GPIOD_LINE_REQUEST_DIRECTION_OUTPUT

static struct gpiod_chip the_chip = {-1};
static struct gpiod_line lines[LINES] = {{0}, {1}, {2}};
static int levels[LINES];
static char waiting[4096];
static size_t count;

static void fail(const char* what) {
  perror(what);
  exit(1);
}

static void flush(void) {
  for (size_t sent = 0; sent < count;) {
    const ssize_t now = write(the_chip.connection, waiting + sent, count - sent);
    if (now <= 0) fail("virtual board");
    sent += (size_t)now;
  }
  count = 0;
}

static void put(char request) {
  waiting[count++] = request;
  if (count == sizeof waiting) flush();
}

const char* gpiod_version_string(void) { return "remote bitbang"; }

struct gpiod_chip* gpiod_chip_open_by_number(unsigned number) {
  const char* port = getenv("GPIOD_BITBANG_PORT");
  struct sockaddr_in address = {.sin_family = AF_INET};
  const int on = 1;
  if (number != 0 || port == NULL) return NULL;
  if (the_chip.connection >= 0) return &the_chip;
  address.sin_port = htons((unsigned short)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  the_chip.connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(the_chip.connection, (struct sockaddr*)&address, sizeof address) != 0) fail("virtual board");
  setsockopt(the_chip.connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return &the_chip;
}

// The last bits have to arrive before the connection ends.
void gpiod_chip_close(struct gpiod_chip* chip) {
  flush();
  close(chip->connection);
  chip->connection = -1;
}

struct gpiod_line* gpiod_chip_get_line(struct gpiod_chip* chip, unsigned offset) {
  (void)chip;
  return offset < LINES ? &lines[offset] : NULL;
}

int gpiod_line_set_value(struct gpiod_line* line, int value) {
  levels[line->offset] = value != 0;
  put((char)('d' + 2 * levels[SWCLK] + levels[SWDIO]));
  return 0;
}

int gpiod_line_get_value(struct gpiod_line* line) {
  char level;
  (void)line;
  put('c');
  flush();
  if (read(the_chip.connection, &level, 1) != 1) fail("virtual board");
  return level == '1';
}

int gpiod_line_request_output(struct gpiod_line* line, const char* consumer, int value) {
  (void)consumer;
  if (line->offset == SWDIO) put('O');
  return gpiod_line_set_value(line, value);
}

int gpiod_line_request_input(struct gpiod_line* line, const char* consumer) {
  (void)consumer;
  if (line->offset == SWDIO) put('o');
  return 0;
}

int gpiod_line_request(struct gpiod_line* line, const struct gpiod_line_request_config* config, int value) {
  if (config->request_type == REQUEST_OUTPUT) return gpiod_line_request_output(line, config->consumer, value);
  return gpiod_line_request_input(line, config->consumer);
}

void gpiod_line_release(struct gpiod_line* line) { (void)line; }
