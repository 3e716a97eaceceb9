import Glibc

/// CPU time of the calling thread in seconds.
package func threadSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }
/// CPU time of the whole process in seconds.
package func processSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
/// Wall time in seconds since an arbitrary moment.
package func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
