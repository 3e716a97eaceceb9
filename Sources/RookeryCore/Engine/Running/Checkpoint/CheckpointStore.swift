import CPosix
import Glibc

/// The checkpoint files of one run in its directory, locked for as long as the run goes on.
///
/// A new state is written under a temporary name, synced, and renamed, and the one before is kept beside it: whenever the
/// process is killed, a whole state is there.
final class CheckpointStore {
  private let directory: String
  private let engine: String
  private var lock: Int32 = -1
  private let patience: Double

  private static let prefix = "checkpoint."
  private static let lockName = ".lock"
  var path: String { "\(directory)/\(Self.prefix)\(engine)" }
  private var previousPath: String { path + ".previous" }

  /// Locks the directory and looks at what is there.
  ///
  /// - Throws: ``OutputError`` where another process is at work there or it cannot be written; ``InputError`` where something is
  ///   there and the settings do not say what to do about it.
  init(_ settings: CheckpointSettings, engine: String) throws {
    directory = settings.directory
    self.engine = engine
    // The workers of a run that was killed a moment ago may still be ending.
    patience = settings.policy == .resume ? 5 : 0.5
    try takeLock()
    let states = Self.states(in: directory)
    switch settings.policy {
    case .overwrite:
      for name in states { unlink("\(directory)/\(name)") }
    case .resume:
      let ours = ([engine] + [settings.engineBefore].compactMap(\.self)).map { Self.prefix + $0 }
      if !states.isEmpty, !states.contains(where: { name in ours.contains { name.hasPrefix($0) } }) {
        throw InputError(
          "\(directory) holds the state of another method (\(states[0])), not of \(engine); name that method"
            + " (\(SettingName.method)), or give \(SettingName.overwrite) or another \(SettingName.out)")
      }
    case .refuse:
      let found = states + ["samples.npz", "summary.json"].filter { access("\(directory)/\($0)", F_OK) == 0 }
      guard let first = found.first else { break }
      throw InputError(
        "\(directory) holds \(first) of an earlier run; \(SettingName.resume) goes on with that run,"
          + " \(SettingName.overwrite) replaces it"
      )
    }
  }

  deinit { if lock >= 0 { close(lock) } }

  private static func states(in directory: String) -> [String] {
    guard let listing = opendir(directory) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(prefix) { names.append(name) }
    }
    return names.sorted()
  }

  /// A record lock belongs to this process alone, not to workers forked from it, and dies with it, on network file systems too.
  private func takeLock() throws {
    let name = directory + "/" + Self.lockName
    lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard lock >= 0 else { throw OutputError("write", path: name) }
    let end = wallSeconds() + patience
    while rookery_lock_file(lock) != 0 {
      // A file system without locks must not keep anybody from work.
      if errno == ENOLCK || errno == ENOTSUP || errno == ENOSYS { return }
      guard errno == EACCES || errno == EAGAIN || errno == EINTR else {
        throw OutputError("lock", path: name)
      }
      guard wallSeconds() < end else {
        let who = holder.map { " (\($0))" } ?? ""
        throw OutputError(
          "another process\(who) is at work in \(directory); wait for it, or give another \(SettingName.out)")
      }
      usleep(50_000)
    }
    // For those who come later, and people who look.
    let text = "process \(getpid()) on \(hostName())\n"
    if ftruncate(lock, 0) == 0 { _ = text.withCString { pwrite(lock, $0, text.utf8.count, 0) } }
  }

  /// What the holder of the lock has written into its file.
  private var holder: String? {
    var bytes = [UInt8](repeating: 0, count: 300)
    let count = pread(lock, &bytes, bytes.count, 0)
    guard count > 0, bytes[..<count].starts(with: "process ".utf8) else { return nil }
    let line = bytes[..<count].prefix { $0 != 0x0a }
    return printable(String(decoding: line, as: UTF8.self))
  }

  /// The newest state that is whole, with a warning about each that is not; nil where there is none at all.
  ///
  /// - Throws: ``OutputError`` where states are there and none can be read.
  func load<S: Sampler>(_: S.Type) throws -> (checkpoint: Checkpoint<S>, warnings: [String])? {
    var troubles: [String] = []
    for path in [path, previousPath] where access(path, F_OK) == 0 {
      do {
        var reader = WireReader(try CheckpointFile.state(of: readFile(path)))
        let checkpoint = try Checkpoint<S>(from: &reader)
        return (checkpoint, troubles.map { $0 + "; going on from the checkpoint before it" })
      } catch let damage as CheckpointFile.Damage {
        troubles.append("\(path) \(damage.description)")
      } catch let error as WireError {
        troubles.append("\(path) cannot be understood: \(error)")
      } catch let error as OutputError {
        troubles.append("\(error)")
      }
    }
    guard troubles.isEmpty else {
      throw OutputError("\(troubles.joined(separator: "; ")); \(SettingName.overwrite) begins anew")
    }
    return nil
  }

  /// - Throws: ``OutputError``; the states that were there are then still there.
  func save(_ checkpoint: Checkpoint<some Sampler>) throws {
    var writer = WireWriter()
    writer.write(checkpoint)
    let file = try AtomicFile(path)
    try file.write(CheckpointFile.frame(writer.bytes))
    try file.commit { [path, previousPath] in
      guard access(path, F_OK) == 0 else { return }
      _ = rename(path, previousPath)
    }
  }
}
