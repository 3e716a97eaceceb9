import Foundation

/// What is killed of a run, and how.
public enum Victim: String, CaseIterable, Sendable {
  /// All processes at once, as when a machine goes down.
  case all
  /// The process that was started alone: the driver, or the launcher of ranks.
  case driver
  /// All are asked to end, as a batch system does.
  case request
  /// One worker or rank.
  case worker

  /// Draws one, in about the proportions in which they happened to runs that were tried at length.
  public static func random(using random: inout SeededRandom) -> Victim {
    let weighted: [Victim] =
      Array(repeating: .all, count: 5) + Array(repeating: .driver, count: 2)
      + Array(repeating: .request, count: 2) + [.worker]
    return weighted.randomElement(using: &random) ?? .all
  }

  /// Strikes; whether there was anything to strike.
  public func strike(_ process: Int32, using random: inout SeededRandom) -> Bool {
    switch self {
    case .all: return kill(-process, SIGKILL) == 0
    case .driver: return kill(process, SIGKILL) == 0
    case .request: return kill(-process, SIGTERM) == 0
    case .worker:
      let children = Self.children(of: process)
      // A pool of processes forks its workers from its only child; ranks are children of their launcher.
      let workers = children.count == 1 ? children.flatMap(Self.children) : children
      guard let one = (workers.isEmpty ? children : workers).randomElement(using: &random) else {
        return false
      }
      return kill(one, SIGKILL) == 0
    }
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let text = FileManager.default.contents(atPath: "/proc/\(process)/task/\(process)/children") ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
  }
}
