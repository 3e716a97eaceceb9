/// Carries frames of bytes between the driver and its workers. It knows nothing of what they hold.
///
/// Frames to one worker arrive in the order in which they were sent, and so do its answers.
package protocol Transport: AnyObject {
  /// How many workers there are; they are numbered from 0.
  var workers: Int { get }

  /// Sends a frame; it never waits for the worker to take it.
  func send(_ frame: [UInt8], to worker: Int) throws

  /// Waits for something to happen, at most for the given time.
  func receive(seconds: Double) throws -> TransportEvent?

  /// Lets the workers go. Called once, on every way out of a run; `failed` where the run ended with an error.
  func close(failed: Bool)

  /// What a worker is called in messages: "rank 3 on node17", "worker 2 (process 4711)".
  func place(of worker: Int) -> String
}

package enum TransportEvent {
  case frame([UInt8], from: Int)
  /// A worker died; a fresh one, which has been sent nothing, is in its place. `inside` is the point it was
  /// evaluating, if it was.
  case lost(worker: Int, how: String, inside: [Double]?)
}

/// A worker's end of a transport.
package protocol WorkerLink: AnyObject {
  func receive() throws -> [UInt8]
  func send(_ frame: [UInt8]) throws
}
