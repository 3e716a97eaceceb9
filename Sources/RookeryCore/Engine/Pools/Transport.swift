/// Carries frames of bytes between the driver and its workers. It knows nothing of what they hold.
///
/// Frames to one worker arrive in the order in which they were sent, and so do its answers.
package protocol Transport: AnyObject {
  /// How many workers there are; they are numbered from 0.
  var workers: Int { get }
  /// How many MPI ranks take part.
  var ranks: Int { get }
  /// For how long a worker is kept in work ahead, which hides the round trip and what the driver does meanwhile: pieces shorter than this
  /// are sent to one that has some in hand.
  var prefetchSeconds: Double { get }
  /// How long workers may take to answer after a failure before they are ended by force.
  var graceSeconds: Double { get }
  /// How long workers may take to come to the end of what they have in hand where nobody needs it any more, at a limit of
  /// the run.
  var patienceSeconds: Double { get }

  /// Sends a frame; it never waits for the worker to take it.
  func send(_ frame: [UInt8], to worker: Int) throws

  /// Waits for something to happen, at most for the given time.
  func receive(seconds: Double) throws -> TransportEvent?

  /// Workers that give no sign of life, and for how long. Asked for about once a second.
  func silences(at now: Double) -> [Silence]

  /// Ends a worker that is silent, to be replaced like one that died. Whether that can be done.
  func end(_ worker: Int) -> Bool

  /// Takes in what has been put into stock. False where workers that are there cannot learn of it, and are to be opened anew.
  ///
  /// - Throws: ``InputError`` for a problem that cannot be worked on here; ``PoolError`` on every rank where they differ.
  func admit(_ addition: Stock.Addition) throws -> Bool

  /// Whether workers may be started later that must know what came of runs.
  var keepsOutcomes: Bool { get }

  /// A run begins.
  func beginRun()

  /// A run is over, and every worker has left it: gives the ranks what came of it.
  func endRun(_ outcome: [UInt8]) throws

  /// Ends the transport. Called once.
  ///
  /// - Parameter error: nil where no worker is in a run; else why a run ended that some have not left, which are to be ended by force.
  func close(byForceAfter error: (any Error)?)

  /// What the driver's own process is called in messages; empty where there is no other.
  var driverPlace: String { get }

  /// What a worker is called in messages: "rank 3 on node17", "worker 2 (process 4711)".
  func place(of worker: Int) -> String
}

extension Transport {
  package var ranks: Int { 1 }
  package var prefetchSeconds: Double { 4e-3 }
  package var graceSeconds: Double { 2 }
  package var patienceSeconds: Double { 1 }
  package var driverPlace: String { "" }
  package func silences(at now: Double) -> [Silence] { [] }
  package func end(_ worker: Int) -> Bool { false }
  package func admit(_ addition: Stock.Addition) throws -> Bool { true }
  package var keepsOutcomes: Bool { false }
  package func beginRun() {}
  package func endRun(_ outcome: [UInt8]) throws {}
}

package enum TransportEvent {
  case frame([UInt8], from: Int)
  /// A worker died; a fresh one, which has been sent nothing, is in its place.
  case lost(Loss)
  /// A call has taken longer than it may, on a worker that cannot be ended and replaced.
  case overdue(worker: Int, how: String, point: [Double])
}

/// A worker that has died.
package struct Loss {
  package var worker: Int
  package var how: String
  /// Whether something outside ended it, such as a `kill` or the system for want of memory, rather than
  /// itself or a call that took too long.
  package var isFromOutside: Bool
  /// What it was doing; nil where it was at nothing.
  package var inside: WorkerTrace.Moment?

  package init(worker: Int, how: String, isFromOutside: Bool = false, inside: WorkerTrace.Moment?) {
    self.worker = worker
    self.how = how
    self.isFromOutside = isFromOutside
    self.inside = inside
  }
}

/// A worker's end of a transport.
package protocol WorkerLink: AnyObject {
  /// Where to leave what is being done for whoever finds this worker dead; nil where nobody could.
  var trace: WorkerTrace? { get }
  /// Whether what this worker's process uses is counted elsewhere: by the driver in the same process, or by
  /// another thread of the rank.
  var isCountedElsewhere: Bool { get }
  /// What the worker's process is called in messages; empty where the driver knows better.
  var place: String { get }

  func receive() throws -> [UInt8]
  func send(_ frame: [UInt8]) throws
}

extension WorkerLink {
  package var trace: WorkerTrace? { nil }
  package var isCountedElsewhere: Bool { false }
  package var place: String { "" }
}

/// A rank's end of a pool.
package protocol RankLink: AnyObject {
  /// What the rank is called in messages.
  var place: String { get }

  /// Takes in what has been put into stock, as the driver does at the same time; see ``Transport``.
  func admit(_ addition: Stock.Addition) throws -> Bool

  /// Serves one run, until all workers of this rank have left it.
  ///
  /// - Parameter expected: the run that this rank was called for.
  func serveRun(expecting expected: Assignment) throws

  /// What came of the run, once all ranks have left it.
  func outcome() throws -> [UInt8]

  /// - Parameter error: nil where no run is under way; else why the rank cannot go on with one, of which the driver knows nothing.
  func close(byForceAfter error: (any Error)?)
}
