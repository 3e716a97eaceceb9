// Takes the place of malloc and its kin in the program that links it, and counts. The real ones are glibc's.
#include "AllocationCounter.h"
#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

static __thread unsigned long count;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t size) {
  count++;
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count++;
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count++;
  return __libc_realloc(old, size);
}

unsigned long allocationsOfThread(void) { return count; }
int allocationsAreCounted(void) { return 1; }

#else

unsigned long allocationsOfThread(void) { return 0; }
int allocationsAreCounted(void) { return 0; }

#endif
