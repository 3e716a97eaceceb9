// System calls and macros that Glibc's Swift overlay does not show. Nothing else belongs here.
#ifndef ROOKERY_CPOSIX_SHIM_H
#define ROOKERY_CPOSIX_SHIM_H
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static inline pid_t rookery_fork(void) { return fork(); }
static inline int rookery_pidfd_open(pid_t pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  errno = ENOSYS;
  return -1;
#endif
}
static inline int rookery_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }
static inline int rookery_exited(int status) { return WIFEXITED(status); }
static inline int rookery_exit_code(int status) { return WEXITSTATUS(status); }
static inline int rookery_signaled(int status) { return WIFSIGNALED(status); }
static inline int rookery_signal(int status) { return WTERMSIG(status); }
// A worker that traps is reported by its driver in one line; the runtime's backtrace would bury it.
static inline void rookery_default_crash_signals(void) {
  int crash[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS};
  for (unsigned i = 0; i < sizeof crash / sizeof *crash; i++) signal(crash[i], SIG_DFL);
}

#endif
