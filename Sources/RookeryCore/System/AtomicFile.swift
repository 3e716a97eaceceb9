import CPosix
import Glibc

/// A file that appears under its name whole or not at all: written under a temporary name in the same directory, synced,
/// then renamed. What is not committed is removed. Links are not followed: one that has the name is replaced.
package final class AtomicFile {
  private let target: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20

  /// - Throws: ``OutputError`` where the file cannot be made.
  package init(_ path: String) throws {
    target = path
    let file = try TemporaryFile(for: path)
    (temporary, descriptor) = (file.path, file.descriptor)
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
/// - Throws: ``OutputError`` that names it, also where it is no plain file, which might never end, or larger than the memory.
package func readFile(_ path: String) throws -> [UInt8] {
  let file = try PlainFile(path)
  defer { file.close() }
  return try file.bytes(from: 0, count: file.size)
}

/// A file that is open to be read.
struct PlainFile {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    // Opening a pipe would wait for a writer.
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw OutputError("read", path: path) }
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    size = Int(status.st_size)
    let kind = status.st_mode & S_IFMT
    var complaint: String?
    if !isKnown {
      complaint = String(cString: strerror(errno))
    } else if kind != S_IFREG {
      complaint = kind == S_IFDIR ? "it is a directory" : "it is no plain file"
    } else if size > sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) {
      complaint = "it has \(grouped(size >> 20)) MB, more than the memory of this machine"
    }
    if let complaint {
      Glibc.close(descriptor)
      throw OutputError("cannot read \(path): \(complaint)")
    }
  }

  func close() { Glibc.close(descriptor) }

  /// So many bytes, or fewer where the file has become shorter.
  func bytes(from start: Int, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let read = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, start + filled)
        if read < 0 {
          if errno == EINTR { continue }
          throw OutputError("read", path: path)
        }
        if read == 0 { break }
        filled += read
      }
    }
  }
}
