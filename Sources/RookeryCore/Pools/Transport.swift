/// Carries frames of bytes between the driver and its workers. It knows nothing of what they hold.
///
/// Frames to one worker arrive in the order in which they were sent, and so do its answers.
package protocol Transport: AnyObject {
  /// How many workers there are; they are numbered from 0.
  var workers: Int { get }
  /// How many MPI ranks take part.
  var ranks: Int { get }
  /// Pieces shorter than this are sent to a worker that has one in hand, which hides the round trip.
  var prefetchSeconds: Double { get }
  /// How long workers may take to answer after a failure before they are ended by force.
  var graceSeconds: Double { get }

  /// Sends a frame; it never waits for the worker to take it.
  func send(_ frame: [UInt8], to worker: Int) throws

  /// Waits for something to happen, at most for the given time.
  func receive(seconds: Double) throws -> TransportEvent?

  /// Ends the transport. Called once, on every way out of a run.
  ///
  /// - Parameter error: nil where every worker has left; else why the run ended while some had not, which are
  ///   to be ended by force.
  func close(byForceAfter error: (any Error)?)

  /// What a worker is called in messages: "rank 3 on node17", "worker 2 (process 4711)".
  func place(of worker: Int) -> String
}

extension Transport {
  package var ranks: Int { 1 }
  package var prefetchSeconds: Double { 4e-3 }
  package var graceSeconds: Double { 2 }
}

package enum TransportEvent {
  case frame([UInt8], from: Int)
  /// A worker died; a fresh one, which has been sent nothing, is in its place. `inside` is the point it was
  /// evaluating, if it was.
  case lost(worker: Int, how: String, inside: [Double]?)
}

/// A worker's end of a transport.
package protocol WorkerLink: AnyObject {
  /// Where to leave the point under evaluation for whoever finds this worker dead; nil where nobody could.
  var trace: UnsafeMutablePointer<Double>? { get }
  /// Whether the worker runs inside the driver's process, so that what it uses is counted there.
  var isInDriversProcess: Bool { get }

  func receive() throws -> [UInt8]
  func send(_ frame: [UInt8]) throws

  /// Ends a rank's part in a run.
  ///
  /// - Parameter error: nil where the driver let it go; else why it cannot go on, of which the driver knows
  ///   nothing.
  func close(byForceAfter error: (any Error)?)
}

extension WorkerLink {
  package var trace: UnsafeMutablePointer<Double>? { nil }
  package var isInDriversProcess: Bool { false }
  package func close(byForceAfter error: (any Error)?) {}
}
