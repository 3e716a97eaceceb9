import Glibc

/// A file that appears under its name whole or not at all: written under a temporary name in the same directory, synced,
/// then renamed. What is not committed is removed.
package final class AtomicFile {
  private let target: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20

  /// - Throws: ``OutputError`` where the file cannot be made.
  package init(_ path: String) throws {
    target = path
    temporary = path + ".tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw OutputError("write", path: target) }
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  package func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.count < Self.bufferSize {
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferSize { try flush() }
    } else {
      try flush()
      try put(bytes)
    }
  }

  /// Gives the file its name.
  ///
  /// - Parameter makeRoom: called once the file is whole, just before it takes its name.
  /// - Throws: ``OutputError``; the file that had the name before is then still there, unless `makeRoom` moved it.
  package func commit(makeRoom: () -> Void = {}) throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw OutputError("write", path: target) }
    let closed = close(descriptor)
    descriptor = -1
    if closed == 0 { makeRoom() }
    guard closed == 0, rename(temporary, target) == 0 else {
      let error = OutputError("write", path: target)
      unlink(temporary)
      throw error
    }
    syncDirectory()
  }

  /// The new name must outlast a loss of power too. Some file systems have no such call, which is no error.
  private func syncDirectory() {
    let parent = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try put($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw OutputError("write", path: target)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}

/// All bytes of a file.
///
/// - Throws: ``OutputError`` that names it.
package func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw OutputError("read", path: path) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw OutputError("read", path: path) }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw OutputError("cannot read \(path): it is a directory")
  }
  var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
  var filled = 0
  while filled < bytes.count {
    let count = bytes.withUnsafeMutableBytes {
      read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress, $0.count - filled)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw OutputError("read", path: path)
    }
    if count == 0 { break }
    filled += count
  }
  bytes.removeLast(bytes.count - filled)
  return bytes
}
