internal import CPosix
import Glibc
import Synchronization

/// Writes all bytes of a text to a file descriptor. What goes to standard output comes after what `print` has written before, and a
/// failure there is remembered: see ``StandardOutput``.
package func put(_ text: String, to descriptor: Int32) {
  if descriptor == STDOUT_FILENO { StandardOutput.flush() }
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { continue }
      if descriptor == STDOUT_FILENO { StandardOutput.note(errno) }
      return
    }
    bytes.removeFirst(count)
  }
}

/// Whether all that was meant for standard output got there. A program whose results went nowhere must not end as if all were well.
package enum StandardOutput {
  private static let failure = Mutex<OutputError?>(nil)

  /// Sends off what `print` has buffered, and says whether this or anything before failed.
  @discardableResult
  package static func flush() -> OutputError? {
    let error = rookery_flush_output()
    if error != 0 { note(error) }
    return failure.withLock { $0 }
  }

  fileprivate static func note(_ error: Int32) {
    failure.withLock {
      $0 = $0 ?? OutputError("cannot write to standard output: \(String(cString: strerror(error)))")
    }
  }

  /// Makes the standard streams safe to work beside. One that is closed gives its number to the next file that is opened, and text for
  /// the terminal would go there; and a file that may not grow is an error to be told, not the end of the process.
  package static func prepare() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
      // The wrong way round for each, so that using it is an error as before; but messages may go nowhere.
      let stand = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
      if stand >= 0, stand != descriptor {
        dup2(stand, descriptor)
        close(stand)
      }
    }
    signal(SIGXFSZ, SIG_IGN)
  }
}
