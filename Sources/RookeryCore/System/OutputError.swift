import Glibc

/// A file or directory that cannot be written or read.
public struct OutputError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }

  init(_ what: String, path: String) {
    self.init("cannot \(what) \(path): \(String(cString: strerror(errno)))")
  }
}
