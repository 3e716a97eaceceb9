internal import CPosix
import Glibc

/// A file under a name that nobody can know beforehand, beside the one it is to become. It is locked for as long as it is written, so that
/// what a killed writer left can be told from what another is writing.
struct TemporaryFile {
  let path: String
  let descriptor: Int32

  /// - Throws: ``OutputError`` that names the target.
  init(for target: String) throws {
    let (directory, name) = Self.split(target)
    Self.removeLeftovers(in: directory, of: name)
    for _ in 0..<16 {
      let random = String(UInt64.random(in: .max / 16...UInt64.max), radix: 16)
      let path = directory + Self.prefix(of: name) + random + Self.suffix
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        if errno == EEXIST { continue }
        throw OutputError("write", path: target)
      }
      // Somebody who cleans up may have come between.
      var status = stat()
      if rookery_lock_open_file(descriptor) != 0, errno == EAGAIN || errno == EACCES {
        close(descriptor)
      } else if fstat(descriptor, &status) == 0, status.st_nlink == 0 {
        close(descriptor)
      } else {
        (self.path, self.descriptor) = (path, descriptor)
        return
      }
    }
    throw OutputError("cannot write \(target): no name for a temporary file is free")
  }

  /// Removes what killed writers have left in a directory.
  ///
  /// - Parameter name: of the file they were to write; nil for any.
  static func removeLeftovers(in directory: String, of name: String? = nil) {
    guard let listing = opendir(directory.isEmpty ? "." : directory) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let found = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard found.hasPrefix(name.map(prefix) ?? "."), found.hasSuffix(suffix), isOurs(found) else { continue }
      removeUnlessWritten(
        (directory.isEmpty || directory.hasSuffix("/") ? directory : directory + "/") + found)
    }
  }

  private static let suffix = ".rookery-tmp"

  /// Long names are cut, lest the temporary one be too long.
  private static func prefix(of name: String) -> String {
    var kept = ""
    for character in name where kept.utf8.count + "\(character)".utf8.count <= 100 { kept.append(character) }
    return ".\(kept)."
  }

  /// The directory with a slash at its end, or nothing, and the name in it.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }

  private static func isOurs(_ found: String) -> Bool {
    let random = found.dropLast(suffix.count).reversed().prefix { $0 != "." }
    return random.count == 16 && random.allSatisfy(\.isHexDigit)
  }

  private static func removeUnlessWritten(_ path: String) {
    let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    if rookery_lock_open_file(descriptor) == 0 {
      unlink(path)
    } else if errno != EAGAIN, errno != EACCES, time(nil) - status.st_mtim.tv_sec > 86_400 {
      // A file system without locks: what nobody has touched for a day is nobody's.
      unlink(path)
    }
  }
}
