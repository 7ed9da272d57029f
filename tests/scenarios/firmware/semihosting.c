// Makes each semihosting call once (Arm, "Semihosting for AArch32 and AArch64", 2.0) and says what came of it, as
// lines on the console and in the file answers.txt. Built by build.sh.
#include "start.h"

static uint32_t semihosting(uint32_t operation, const void *parameter) {
  register uint32_t r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = parameter;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

enum { SYS_OPEN = 1, SYS_CLOSE, SYS_WRITEC, SYS_WRITE0, SYS_WRITE, SYS_READ, SYS_READC, SYS_ISERROR, SYS_ISTTY, SYS_SEEK, SYS_FLEN = 0xC,
       SYS_TMPNAM, SYS_REMOVE, SYS_RENAME, SYS_CLOCK, SYS_TIME, SYS_SYSTEM, SYS_ERRNO, SYS_GET_CMDLINE = 0x15, SYS_HEAPINFO,
       SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20, SYS_ELAPSED = 0x30, SYS_TICKFREQ };

static uint32_t length_of(const char *text) {
  uint32_t length = 0;
  while (text[length]) ++length;
  return length;
}
static uint32_t call1(uint32_t operation, uint32_t a) { return semihosting(operation, &a); }
static uint32_t call2(uint32_t operation, uint32_t a, uint32_t b) { return semihosting(operation, (uint32_t[]){a, b}); }
static uint32_t call3(uint32_t operation, uint32_t a, uint32_t b, uint32_t c) { return semihosting(operation, (uint32_t[]){a, b, c}); }
static uint32_t call4(uint32_t operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return semihosting(operation, (uint32_t[]){a, b, c, d});
}
static uint32_t open(const char *name, uint32_t mode) { return call3(SYS_OPEN, (uint32_t)name, mode, length_of(name)); }
static uint32_t write(uint32_t file, const char *text) { return call3(SYS_WRITE, file, (uint32_t)text, length_of(text)); }

static uint32_t answers;  // the file

static void say(const char *what, int32_t value) {
  char line[64], digits[12];
  uint32_t at = 0, count = 0;
  uint32_t rest = value < 0 ? -(uint32_t)value : (uint32_t)value;
  while (*what) line[at++] = *what++;
  line[at++] = ' ';
  if (value < 0) line[at++] = '-';
  do digits[count++] = '0' + rest % 10;
  while (rest /= 10);
  while (count) line[at++] = digits[--count];
  line[at++] = '\n';
  line[at] = 0;
  semihosting(SYS_WRITE0, line);
  write(answers, line);
}

static void say_text(const char *what, const char *text) {
  char line[128];
  uint32_t at = 0;
  while (*what) line[at++] = *what++;
  line[at++] = ' ';
  while (*text && at < 120) line[at++] = *text++;
  line[at++] = '\n';
  line[at] = 0;
  semihosting(SYS_WRITE0, line);
  write(answers, line);
}

static void files(void) {
  static char buffer[64];
  uint32_t file = open("first.txt", 6);  // "w+"
  say("open", (int32_t)file > 0);
  say("istty of a file", call1(SYS_ISTTY, file));
  say("write", write(file, "abcdefghij"));
  say("length", call1(SYS_FLEN, file));
  say("seek", call2(SYS_SEEK, file, 4));
  say("read too much", call3(SYS_READ, file, (uint32_t)buffer, sizeof buffer));
  say_text("read", buffer);
  say("read at the end", call3(SYS_READ, file, (uint32_t)buffer, 3));
  say("close", call1(SYS_CLOSE, file));
  file = open("first.txt", 8);  // "a"
  say("append", write(file, "klm"));
  call1(SYS_CLOSE, file);
  file = open("first.txt", 0);  // "r"
  say("length", call1(SYS_FLEN, file));
  say("write to a file to read", write(file, "xyz"));
  call1(SYS_CLOSE, file);
  say("rename", call4(SYS_RENAME, (uint32_t)"first.txt", 9, (uint32_t)"second.txt", 10));
  say("open what was renamed", open("first.txt", 0));
  say("errno", semihosting(SYS_ERRNO, 0));
  call1(SYS_CLOSE, open("third.txt", 4));
  say("remove", call2(SYS_REMOVE, (uint32_t)"third.txt", 9));
  say("remove again", call2(SYS_REMOVE, (uint32_t)"third.txt", 9));
}

static void wrong(void) {
  say("open with mode 12", call3(SYS_OPEN, (uint32_t)"first.txt", 12, 9));
  say("close of no file", call1(SYS_CLOSE, 4711));
  say("write to no file", call3(SYS_WRITE, 4711, (uint32_t)"abc", 3));
  say("read from no file", call3(SYS_READ, 4711, 0x20000000, 3));
  say("length of no file", call1(SYS_FLEN, 4711));
  say("iserror of -1", call1(SYS_ISERROR, -1u));
  say("iserror of 0", call1(SYS_ISERROR, 0));
}

static void rest(void) {
  static char buffer[80];
  uint32_t pair[2] = {(uint32_t)buffer, sizeof buffer};
  say("command line", semihosting(SYS_GET_CMDLINE, pair));
  say_text("command line", buffer);
  say("length of it", pair[1]);
  say("clock", (int32_t)semihosting(SYS_CLOCK, 0) >= 0);
  say("time", (int32_t)semihosting(SYS_TIME, 0) > 0);
  say("system", call2(SYS_SYSTEM, (uint32_t)"echo system > system.txt", 24));
  say("system that fails", call2(SYS_SYSTEM, (uint32_t)"exit 3", 6));
}

int main(void) {
  answers = open("answers.txt", 4);  // "w"
  for (const char *c = "hello\n"; *c; ++c) semihosting(SYS_WRITEC, c);
  const uint32_t out = open(":tt", 4);
  say("istty of the console", (int32_t)call1(SYS_ISTTY, out) >= 0);
  write(out, "to stdout\n");
  write(open(":tt", 8), "to stderr\n");
  files();
  wrong();
  rest();
  call1(SYS_CLOSE, answers);
  call2(SYS_EXIT_EXTENDED, 0x20026, 42);  // ADP_Stopped_ApplicationExit
  return 0;
}
