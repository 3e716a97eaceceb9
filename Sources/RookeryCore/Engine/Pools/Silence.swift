/// A worker that gives no sign of life.
package struct Silence: Sendable, Equatable {
  package var worker: Int
  /// What it is called in messages.
  package var place: String
  package var seconds: Double

  package init(worker: Int, place: String, seconds: Double) {
    self.worker = worker
    self.place = place
    self.seconds = seconds
  }
}

/// How long each of some workers has given no sign of life.
///
/// Only time counts in which this process was awake itself: where all of a job is stopped for a while, or a laptop sleeps, nobody has
/// been silent.
package struct SilenceClock {
  private var seconds: [Double]
  /// Whether anything has ever been heard; of others nothing can be told, for their signs may not get through.
  private var isKnown: [Bool]
  private var lastLook: Double?

  /// Looks that are further apart than this count as so far.
  private static let longestStep = 2.0

  package init(count: Int) {
    seconds = Array(repeating: 0, count: count)
    isKnown = Array(repeating: false, count: count)
  }

  package mutating func advance(to now: Double) {
    let step = min(max(now - (lastLook ?? now), 0), Self.longestStep)
    lastLook = now
    for i in seconds.indices { seconds[i] += step }
  }

  /// Takes in a sign of life.
  package mutating func hear(_ worker: Int) {
    seconds[worker] = 0
    isKnown[worker] = true
  }

  package func heard(_ worker: Int) -> Bool { isKnown[worker] }

  /// How long a worker has been silent; nil where that cannot be told.
  package subscript(worker: Int) -> Double? { isKnown[worker] ? seconds[worker] : nil }
}
