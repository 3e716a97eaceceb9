/// What a run looks like at one moment.
public struct RunSnapshot: Sendable {
  /// How far the sampler has come.
  public package(set) var status: SamplerStatus
  /// Likelihood calls absorbed, with those of earlier parts of the same run.
  public package(set) var calls: Int
  public package(set) var earlierCalls = 0
  /// Since this part of the run began.
  public package(set) var seconds: Double
  public package(set) var earlierSeconds = 0.0
  /// Time inside pieces of work, over workers and time.
  public package(set) var busy: Double
  public package(set) var workers: Int
  /// Who gives no sign of life, and for how long; nil where everybody does.
  public package(set) var silence: String?
  public package(set) var maxCalls: Int?
  public package(set) var timeLimit: Double?

  package init(status: SamplerStatus, calls: Int, seconds: Double, busy: Double, workers: Int) {
    self.status = status
    self.calls = calls
    self.seconds = seconds
    self.busy = busy
    self.workers = workers
  }

  private var callsPerSecond: Double { seconds > 0 ? Double(calls - earlierCalls) / seconds : 0 }

  /// Seconds to the end, and whether that is no more than a guess; nil where there is nothing to go by.
  public var timeLeft: (seconds: Double, isGuess: Bool)? {
    var left: [(seconds: Double, isGuess: Bool)] = []
    let progress = status.progress
    if progress > 0, progress < 1, seconds > 0 {
      left.append(((seconds + earlierSeconds) * (1 / progress - 1), status.progressIsGuess))
    }
    if let timeLimit { left.append((max(0, timeLimit - seconds), false)) }
    if let maxCalls, callsPerSecond > 0 {
      left.append((Double(max(0, maxCalls - calls)) / callsPerSecond, false))
    }
    return left.min { $0.seconds < $1.seconds }
  }
}
