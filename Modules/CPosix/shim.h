// System calls and macros that Glibc's Swift overlay does not show. Nothing else belongs here.
#ifndef ROOKERY_CPOSIX_SHIM_H
#define ROOKERY_CPOSIX_SHIM_H
#include <fcntl.h>
#include <errno.h>
#include <ifaddrs.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// What a worker is doing: see WorkerTrace. The values of the point follow. The version is odd in the middle of a change.
typedef struct {
  long is_in_piece, is_in_call, sequence, count, rows;
  unsigned long version;
  double started;
  void *stack;
} rookery_trace;

// The worker's side. It is the only writer, so its own fields need no loads that are atomic.
static inline void rookery_trace_open(rookery_trace *trace) {
  __atomic_store_n(&trace->version, trace->version + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
}
static inline void rookery_trace_close(rookery_trace *trace) {
  __atomic_store_n(&trace->version, trace->version + 1, __ATOMIC_RELEASE);
}
static inline void rookery_trace_begin_piece(rookery_trace *trace, long sequence) {
  rookery_trace_open(trace);
  __atomic_store_n(&trace->sequence, sequence, __ATOMIC_RELAXED);
  __atomic_store_n(&trace->is_in_piece, 1, __ATOMIC_RELEASE);
  rookery_trace_close(trace);
}
static inline void rookery_trace_begin_call(rookery_trace *trace, const double *values, long count, long rows, double started) {
  double *kept = (double *)(trace + 1);
  rookery_trace_open(trace);
  __atomic_store_n(&trace->count, count, __ATOMIC_RELAXED);
  for (long i = 0; i < count; i++) __atomic_store(&kept[i], &values[i], __ATOMIC_RELAXED);
  __atomic_store(&trace->started, &started, __ATOMIC_RELAXED);
  __atomic_store_n(&trace->rows, rows, __ATOMIC_RELAXED);
  // The last to be seen: whoever sees it sees the point and the time as well.
  __atomic_store_n(&trace->is_in_call, 1, __ATOMIC_RELEASE);
  rookery_trace_close(trace);
}
static inline void rookery_trace_end_call(rookery_trace *trace) {
  __atomic_store_n(&trace->is_in_call, 0, __ATOMIC_RELEASE);
}
static inline void rookery_trace_end_piece(rookery_trace *trace) {
  __atomic_store_n(&trace->is_in_piece, 0, __ATOMIC_RELEASE);
}
// For a worker that takes the place of a dead one, which may have left a change half done.
static inline void rookery_trace_clear(rookery_trace *trace) {
  rookery_trace_end_call(trace);
  rookery_trace_end_piece(trace);
  __atomic_store_n(&trace->version, 0, __ATOMIC_RELEASE);
}
// The reader's side: takes all at once. Whether it belongs together, which it may not while the worker is at it.
static inline int rookery_trace_read(const rookery_trace *trace, rookery_trace *head, double *values) {
  const double *kept = (const double *)(trace + 1);
  head->count = __atomic_load_n(&trace->count, __ATOMIC_RELAXED);
  unsigned long before = __atomic_load_n(&trace->version, __ATOMIC_ACQUIRE);
  head->is_in_call = __atomic_load_n(&trace->is_in_call, __ATOMIC_ACQUIRE);
  head->is_in_piece = __atomic_load_n(&trace->is_in_piece, __ATOMIC_ACQUIRE);
  head->sequence = __atomic_load_n(&trace->sequence, __ATOMIC_RELAXED);
  __atomic_load(&trace->started, &head->started, __ATOMIC_RELAXED);
  head->rows = __atomic_load_n(&trace->rows, __ATOMIC_RELAXED);
  for (long i = 0; i < head->count; i++) __atomic_load(&kept[i], &values[i], __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return before % 2 == 0 && before == __atomic_load_n(&trace->version, __ATOMIC_RELAXED);
}

// What a handler of crashes needs: see CrashReport. It runs on a thread whose heap may be in pieces, so all is laid
// out beforehand.
#define ROOKERY_CRASH_SIGNALS {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS}
typedef struct {
  char *place;
  char **names;
  int ends;
  struct sigaction previous[65];
} rookery_crash;

static inline void rookery_handle_crashes(rookery_crash *crash, void (*handler)(int)) {
  int numbers[] = ROOKERY_CRASH_SIGNALS;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaction(numbers[i], &action, &crash->previous[numbers[i]]);
}
static inline void rookery_restore_crash_handlers(const rookery_crash *crash) {
  int numbers[] = ROOKERY_CRASH_SIGNALS;
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaction(numbers[i], &crash->previous[numbers[i]], 0);
}
// In the handler: says where the likelihood crashed, and passes the signal on.
static inline void rookery_report_crash(const rookery_crash *crash, const rookery_trace *trace, int number) {
  if (trace && trace->is_in_call) {
    char text[8192];
    const double *values = (const double *)(trace + 1);
    size_t room = sizeof text - 1;
    size_t used = (size_t)__builtin_snprintf(text, room, "rookery: error: the likelihood crashed%s%s (signal %d); at ",
      *crash->place ? " on " : "", crash->place, number);
    if (trace->rows > 1) used += (size_t)__builtin_snprintf(text + used, room - used,
      "one of %ld points evaluated at once (a batch of 1 would tell which), the first of them at ", trace->rows);
    for (long i = 0; i < trace->count; i++) {
      int more = __builtin_snprintf(text + used, room - used, "%s%s = %.17g", i ? ", " : "", crash->names[i], values[i]);
      if (more < 0 || used + (size_t)more >= room) break;
      used += (size_t)more;
    }
    text[used++] = '\n';
    if (write(2, text, used) < 0) {}
    // Not on ranks, which end without one.
    static const char backtrace[] =
      "What follows is Swift's own backtrace; SWIFT_BACKTRACE=enable=no leaves it out.\n";
    if (!crash->ends && write(2, backtrace, sizeof backtrace - 1) < 0) {}
  }
  if (crash->ends) signal(number, SIG_DFL); else sigaction(number, &crash->previous[number], 0);
  raise(number);
}
// A stack that has overflowed is no place for a handler, so the calling thread gets another unless it has one.
static inline void *rookery_add_signal_stack(void) {
  stack_t stack;
  if (sigaltstack(0, &stack) || !(stack.ss_flags & SS_DISABLE)) return 0;
  stack.ss_size = 1 << 16;
  stack.ss_sp = __builtin_malloc(stack.ss_size);
  stack.ss_flags = 0;
  if (stack.ss_sp && sigaltstack(&stack, 0)) { __builtin_free(stack.ss_sp); return 0; }
  return stack.ss_sp;
}
static inline void rookery_remove_signal_stack(void *added) {
  if (!added) return;
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, 0);
  __builtin_free(added);
}

// The columns of a terminal; 0 where they are not known.
static inline int rookery_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}
static inline pid_t rookery_fork(void) { return fork(); }
static inline int rookery_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }
// The fields and commands of record locks differ in type between systems, and fcntl takes variable arguments.
static inline int rookery_lock_file(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
    return fcntl(descriptor, F_SETLK, &lock);
}
// A lock of this open file, which conflicts with others of the same process too.
#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif
static inline int rookery_lock_open_file(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
    return fcntl(descriptor, F_OFD_SETLK, &lock);
}
// Sends off what print() has buffered. 0, or the number of the error that this or an earlier attempt met.
static inline int rookery_flush_output(void) {
    errno = 0;
    if (!fflush(stdout) && !ferror(stdout)) return 0;
    return errno ? errno : EIO;
}
// Gives memory that is free back to the system.
static inline void rookery_return_memory(void) { malloc_trim(0); }
static inline void rookery_precise_sleeps(void) { prctl(PR_SET_TIMERSLACK, 1UL); }
static inline int rookery_exited(int status) { return WIFEXITED(status); }
static inline int rookery_exit_code(int status) { return WEXITSTATUS(status); }
static inline int rookery_signaled(int status) { return WIFSIGNALED(status); }
static inline int rookery_signal(int status) { return WTERMSIG(status); }
// A worker that traps is reported by its driver in one line; the runtime's backtrace would bury it.
static inline void rookery_default_crash_signals(void) {
  int crash[] = ROOKERY_CRASH_SIGNALS;
  for (unsigned i = 0; i < sizeof crash / sizeof *crash; i++) signal(crash[i], SIG_DFL);
}
static inline void rookery_ignore_signal(int number) { signal(number, SIG_IGN); }
static inline void rookery_default_signal(int number) { signal(number, SIG_DFL); }
static inline int rookery_signal_is(int number, void (*handler)(int)) {
  struct sigaction action;
  return sigaction(number, 0, &action) == 0 && action.sa_handler == handler;
}
static inline int rookery_signal_is_default(int number) { return rookery_signal_is(number, SIG_DFL); }
static inline int rookery_signal_is_ignored(int number) { return rookery_signal_is(number, SIG_IGN); }
// Like atexit, but the handler learns the status.
static inline int rookery_on_exit(void (*handler)(int, void *)) { return on_exit(handler, 0); }

// Blocks SIGCHLD and gives a descriptor that is readable when a child has died; `previous` takes the old
// mask.
static inline int rookery_watch_children(sigset_t *previous) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, previous);
  return signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}
static inline void rookery_restore_mask(const sigset_t *mask) { sigprocmask(SIG_SETMASK, mask, 0); }

static inline int rookery_socket_pair(int kind, int ends[2]) {
  return socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, ends);
}
static inline int rookery_memory_file(void) { return (int)syscall(SYS_memfd_create, "rookery", 1U); }
// Starts this program once more, with the socket as its descriptor 3 and the memory as 4, no other but the standard streams, nothing to
// read, no signal blocked and none handled. 0, or the number of an error.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int) __attribute__((weak));
static inline int rookery_spawn(char *const arguments[], char *const environment[], int socket, int memory, pid_t *process) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  sigset_t none, all;
  // Above those that they are to be, lest one take the place of the other.
  int high = fcntl(socket, F_DUPFD_CLOEXEC, 16), low = fcntl(memory, F_DUPFD_CLOEXEC, 16);
  if (high < 0 || low < 0) { int error = errno; close(high); close(low); return error; }
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_init(&how);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &all);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, high, 3);
  posix_spawn_file_actions_adddup2(&files, low, 4);
  if (posix_spawn_file_actions_addclosefrom_np) posix_spawn_file_actions_addclosefrom_np(&files, 5);
  int status = posix_spawn(process, "/proc/self/exe", &files, &how, arguments, environment);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  close(high);
  close(low);
  return status;
}
// A message over a local socket, with a descriptor beside it unless that is negative.
static inline ssize_t rookery_send_message(int socket, const void *bytes, size_t count, int descriptor) {
  struct iovec part = {(void *)bytes, count};
  union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
  return sent;
}
static inline ssize_t rookery_receive_message(
    int socket, void *bytes, size_t count, int flags, int *descriptor) {
  struct iovec part = {bytes, count};
  union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  *descriptor = -1;
  ssize_t received;
  do received = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC); while (received < 0 && errno == EINTR);
  if (received < 0) return received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
      memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  }
  return received;
}
static inline int rookery_send_flags(void) { return MSG_NOSIGNAL | MSG_DONTWAIT; }
static inline int rookery_dont_wait(void) { return MSG_DONTWAIT; }
static inline int rookery_stream(void) { return SOCK_STREAM; }
static inline int rookery_packets(void) { return SOCK_SEQPACKET; }

// A launcher that is to end its ranks waits for hosts that do not answer, some for ever. So whoever has asked for that leaves a process
// behind that ends the launcher as an impatient user would. It closes what it has inherited, lest it hold up who reads from it.
static inline void rookery_end_later(pid_t launcher, int seconds) {
  if (fork() != 0) return;
  setsid();
  for (int i = 0; i < 4096; i++) close(i);
  signal(SIGTERM, SIG_IGN);
  int numbers[] = {SIGINT, SIGINT, SIGKILL};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    for (int waited = 0; waited < (i ? 3 : seconds) * 20; waited++) {
      if (kill(launcher, 0)) _exit(0);
      usleep(50000);
    }
    kill(launcher, numbers[i]);
  }
  _exit(0);
}

// Datagrams of two numbers, which say that a process is alive. Addresses and ports are as they go over the wire.
static inline int rookery_own_addresses(unsigned *addresses, int room) {
  struct ifaddrs *first = 0;
  int count = 0;
  if (getifaddrs(&first)) return 0;
  for (struct ifaddrs *own = first; own && count < room; own = own->ifa_next)
    if (own->ifa_addr && own->ifa_addr->sa_family == AF_INET)
      addresses[count++] = ((struct sockaddr_in *)own->ifa_addr)->sin_addr.s_addr;
  freeifaddrs(first);
  return count;
}
static inline int rookery_open_beats(unsigned short *port) {
  struct sockaddr_in place;
  socklen_t size = sizeof place;
  memset(&place, 0, sizeof place);
  place.sin_family = AF_INET;
  int end = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (end < 0) return -1;
  if (bind(end, (struct sockaddr *)&place, sizeof place) || getsockname(end, (struct sockaddr *)&place, &size)) {
    close(end);
    return -1;
  }
  *port = place.sin_port;
  return end;
}
static inline void rookery_send_beat(int end, unsigned address, unsigned short port, const uint64_t words[2]) {
  struct sockaddr_in place;
  memset(&place, 0, sizeof place);
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = address;
  place.sin_port = port;
  if (sendto(end, words, 16, MSG_NOSIGNAL, (struct sockaddr *)&place, sizeof place) < 0) {}
}
static inline int rookery_receive_beat(int end, uint64_t words[2]) {
  return recv(end, words, 16, MSG_DONTWAIT) == 16;
}

// How many open files this process may have, and how many processes and threads its user; -1 for any number.
static inline long rookery_limit(int resource) {
  struct rlimit limits;
  if (getrlimit(resource, &limits) || limits.rlim_cur == RLIM_INFINITY || limits.rlim_cur > __LONG_MAX__) return -1;
  return (long)limits.rlim_cur;
}
static inline long rookery_file_limit(void) { return rookery_limit(RLIMIT_NOFILE); }
static inline long rookery_process_limit(void) { return geteuid() == 0 ? -1 : rookery_limit(RLIMIT_NPROC); }

// The cores this process may run on, or 0 where the system does not say.
static inline int rookery_available_cores(void) {
  unsigned char mask[8192];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int cores = 0;
  for (long i = 0; i < bytes; i++) cores += __builtin_popcount(mask[i]);
  return cores;
}

#endif
