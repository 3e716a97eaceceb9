import Glibc

/// A queue between two threads, the taker of which can wait.
///
/// A condition rather than a spinning flag, but for moments: workers may outnumber cores, and then a spinning one
/// holds up those that work.
package final class Mailbox<Element: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements = Queue<Element>()
  /// Of the taker.
  private var patience = Patience()

  package init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(arrival, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(arrival)
    pthread_mutex_destroy(mutex)
    arrival.deallocate()
    mutex.deallocate()
  }

  package func put(_ element: Element) {
    pthread_mutex_lock(mutex)
    elements.append(element)
    pthread_mutex_unlock(mutex)
    pthread_cond_signal(arrival)
  }

  /// The oldest element; waits for one as long as it takes.
  package func take() -> Element {
    patience.wait {
      look()
    } orSleep: {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while true {
        if let element = elements.popFirst() { return element }
        pthread_cond_wait(arrival, mutex)
      }
    }
  }

  private func look() -> Element? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return elements.popFirst()
  }

  /// The oldest element; nil where none came within the given time.
  package func take(seconds: Double) -> Element? {
    guard seconds > 0 else { return look() }
    return patience.wait {
      look().map(Optional.some)
    } orSleep: {
      sleep(seconds: seconds)
    }
  }

  private func sleep(seconds: Double) -> Element? {
    var deadline = timespec(seconds: wallSeconds() + min(seconds, 1e6))
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let element = elements.popFirst() { return element }
      if pthread_cond_timedwait(arrival, mutex, &deadline) != 0 { return elements.popFirst() }
    }
  }
}

extension timespec {
  package init(seconds: Double) {
    let whole = seconds.rounded(.down)
    self.init(tv_sec: Int(whole), tv_nsec: min(Int((seconds - whole) * 1e9), 999_999_999))
  }
}
