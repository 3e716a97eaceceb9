import Glibc

/// Writes all bytes of a text to a file descriptor; a reader that has gone away is no error.
package func put(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { continue }
      return
    }
    bytes.removeFirst(count)
  }
}
