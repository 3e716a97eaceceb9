/// Listens to runs: a progress line, a log, a notebook, a program that starts many. See ``RunSettings/observers``.
///
/// It is called on rank 0 alone, by the thread that drives the run, between two outcomes: what takes long there holds the workers up. None of
/// it changes the run.
public protocol RunObserver: Sendable {
  /// How many seconds there are between two snapshots, at the least.
  var secondsBetweenSnapshots: Double { get }

  /// A run begins.
  func begins(_ title: RunTitle)

  /// How far it has come.
  func sees(_ snapshot: RunSnapshot)

  /// Something that somebody should know: of the workers and the state while the run goes on, and what is found in its result.
  func hears(_ finding: Finding)

  /// Something else is about to be printed on standard error.
  func makesWay()

  /// The run has come to its end, and its result is there. One that fails ends with an error, which is thrown to its caller.
  func ends(_ end: RunEnd)
}

extension RunObserver {
  public var secondsBetweenSnapshots: Double { 1 }
  public func begins(_ title: RunTitle) {}
  public func sees(_ snapshot: RunSnapshot) {}
  public func hears(_ finding: Finding) {}
  public func makesWay() {}
  public func ends(_ end: RunEnd) {}
}

/// How a run ended.
public struct RunEnd: Sendable {
  public let problem: String
  public let ending: Ending
  public let statistics: RunStatistics
  /// Where its state is kept; nil where it was to be kept nowhere.
  public let directory: String?
  /// Whether the state is there as it was at the end.
  public let isSaved: Bool
  /// The command that goes on, where a command line is at the bottom of it.
  package let command: String?
}

/// Those that listen to one run.
struct Observers {
  private var listeners: [(observer: any RunObserver, due: Double)]
  /// When the next of them wants to see something.
  private(set) var nextDue: Double

  /// - Parameter start: when the run began.
  init(_ observers: [any RunObserver] = [], start: Double = 0) {
    listeners = observers.map { ($0, start + $0.secondsBetweenSnapshots) }
    nextDue = listeners.map(\.due).min() ?? .infinity
  }

  /// Shows how far the run has come to those that have waited for long enough.
  mutating func show(_ snapshot: RunSnapshot, at now: Double) {
    for i in listeners.indices where now >= listeners[i].due {
      listeners[i].observer.sees(snapshot)
      listeners[i].due = now + listeners[i].observer.secondsBetweenSnapshots
    }
    nextDue = listeners.map(\.due).min() ?? .infinity
  }

  func begin(_ title: RunTitle) { for (observer, _) in listeners { observer.begins(title) } }
  func hear(_ finding: Finding) { for (observer, _) in listeners { observer.hears(finding) } }
  func makeWay() { for (observer, _) in listeners { observer.makesWay() } }
  func end(_ end: RunEnd) { for (observer, _) in listeners { observer.ends(end) } }
}
