#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// How often the calling thread has asked for memory so far: malloc, calloc and realloc.
unsigned long allocationsOfThread(void);

/// Whether they are counted at all: with glibc, and without a sanitizer, which brings its own malloc.
int allocationsAreCounted(void);

#endif
