// Takes the place of the calls that sync and rename files in the program that links it, and notes them. No kill of a
// process can show that a file was not synced: only a loss of power would.
#define _GNU_SOURCE
#include "FileCalls.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static __thread char calls[256];
static __thread int isNoting;

static void note(char call) {
  size_t length = strlen(calls);
  if (isNoting && length + 1 < sizeof calls) calls[length] = call;
}

static void noteSync(int file) {
  struct stat status;
  if (fstat(file, &status) == 0) note(S_ISDIR(status.st_mode) ? 'd' : 'f');
}

int fsync(int file) {
  noteSync(file);
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return real(file);
}

int fdatasync(int file) {
  noteSync(file);
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return real(file);
}

int rename(const char *from, const char *to) {
  note('r');
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  return real(from, to);
}

int renameat(int a, const char *from, int b, const char *to) {
  note('r');
  int (*real)(int, const char *, int, const char *) =
    (int (*)(int, const char *, int, const char *))dlsym(RTLD_NEXT, "renameat");
  return real(a, from, b, to);
}

void startNotingFileCalls(void) {
  memset(calls, 0, sizeof calls);
  isNoting = 1;
}

const char *fileCallsNoted(void) {
  isNoting = 0;
  return calls;
}
