import Glibc
import RookeryCore

/// Under a launcher such as mpirun, standard output is a pipe to it, which takes everything; whether the launcher gets rid of what it
/// reads is only seen by looking at where its own output goes. Where it runs on another machine nothing is seen.
enum LauncherOutput {
  private static let names: Set<String> = [
    "mpirun", "mpiexec", "orterun", "prterun", "orted", "prted", "hydra_pmi_proxy", "mpiexec.hydra",
    "mpiexec.mpich", "mpirun.mpich", "mpirun.openmpi", "mpiexec.openmpi", "srun",
  ]

  /// What is wrong with the launcher's standard output; nil where nothing is, or nothing can be seen.
  static func trouble() -> OutputError? {
    guard (try? Launcher.detect())?.isParallel == true, let launcher = outermost() else { return nil }
    func failed(_ reason: String) -> OutputError {
      OutputError("cannot write to standard output: that of \(launcher.name) \(reason)")
    }
    let path = "/proc/\(launcher.process)/fd/1"
    var status = stat()
    guard stat(path, &status) == 0 else {
      // Another user's process shows nothing.
      return errno == ENOENT ? failed("is closed") : nil
    }
    guard canBeWritten(launcher.process) else { return failed("is closed") }
    switch status.st_mode & S_IFMT {
    case S_IFCHR where status.st_rdev == full: return failed("takes nothing")
    case S_IFREG:
      var system = statvfs()
      return statvfs(path, &system) == 0 && system.f_bavail == 0 ? failed("is on a full disk") : nil
    default: return nil
    }
  }

  /// The number of /dev/full.
  private static let full: dev_t = {
    var status = stat()
    return stat("/dev/full", &status) == 0 ? status.st_rdev : .max
  }()

  /// The launcher that has no launcher above it.
  private static func outermost() -> (process: Int, name: String)? {
    var (process, found) = (Int(getppid()), (process: Int, name: String)?.none)
    for _ in 0..<8 {
      guard let name = line("comm", of: process), names.contains(name),
        let parent = line("status", of: process, after: "PPid:").flatMap({ Int($0) })
      else { break }
      (found, process) = ((process, name), parent)
    }
    return found
  }

  /// A file that came by the number of a closed stream is there for something else.
  private static func canBeWritten(_ process: Int) -> Bool {
    guard let flags = line("fdinfo/1", of: process, after: "flags:").flatMap({ Int32($0, radix: 8) }) else {
      return true
    }
    var target = [CChar](repeating: 0, count: 64)
    let isKnown = readlink("/proc/\(process)/fd/1", &target, target.count - 1) > 0
    let name = String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return flags & O_ACCMODE != O_RDONLY && !(isKnown && name.hasPrefix("anon_inode:"))
  }

  private static func line(_ file: String, of process: Int, after key: String = "") -> String? {
    Survey.line(key, of: "/proc/\(process)/\(file)")
  }
}
