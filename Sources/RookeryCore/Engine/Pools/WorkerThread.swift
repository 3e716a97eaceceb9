internal import CPosix
import Glibc

/// A worker on a thread of its own in the driver's process.
package final class WorkerThread: @unchecked Sendable {
  private let inbox: Mailbox<[UInt8]?>
  private var thread = pthread_t()

  /// Numerical libraries put large arrays on the stack; the eight megabytes of a thread by default are too
  /// few for some.
  private static let stackBytes = 64 << 20

  /// - Parameters:
  ///   - isCountedElsewhere: see ``WorkerLink``.
  ///   - trace: where it leaves what it is doing. It must live as long as the thread.
  ///   - serve: what the worker does with its link.
  ///   - deliver: takes the worker's answers; called on its thread.
  package init(
    isCountedElsewhere: Bool = true, trace: WorkerTrace? = nil,
    serve: @escaping @Sendable (any WorkerLink) -> Void, deliver: @escaping @Sendable ([UInt8]) -> Void
  ) throws(PoolError) {
    let inbox = Mailbox<[UInt8]?>()
    self.inbox = inbox
    let body = Unmanaged.passRetained(
      Body {
        serve(
          ThreadLink(inbox: inbox, isCountedElsewhere: isCountedElsewhere, trace: trace, deliver: deliver))
      })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    let status = pthread_create(&thread, &attributes, { Body.run($0) }, body.toOpaque())
    pthread_attr_destroy(&attributes)
    if status != 0 {
      body.release()
      throw PoolError("a thread could not be started: \(String(cString: strerror(status)))")
    }
  }

  package func send(_ frame: [UInt8]) { inbox.put(frame) }

  /// Ends the thread: waits for one that has been told to finish, and lets go of one that may be stuck in a
  /// likelihood.
  package func close(isStuck: Bool) {
    inbox.put(nil)
    if isStuck { pthread_detach(thread) } else { pthread_join(thread, nil) }
  }

  private final class Body {
    private let action: () -> Void
    init(_ action: @escaping () -> Void) { self.action = action }

    static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      guard let pointer else { return nil }
      Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().action()
      return nil
    }
  }
}

private final class ThreadLink: WorkerLink {
  private let inbox: Mailbox<[UInt8]?>
  let isCountedElsewhere: Bool
  let trace: WorkerTrace?
  private let deliver: @Sendable ([UInt8]) -> Void

  init(
    inbox: Mailbox<[UInt8]?>, isCountedElsewhere: Bool, trace: WorkerTrace?,
    deliver: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.inbox = inbox
    self.isCountedElsewhere = isCountedElsewhere
    self.trace = trace
    self.deliver = deliver
  }

  func receive() throws -> [UInt8] {
    guard let frame = inbox.take() else { throw PoolError("the driver has closed the pool") }
    return frame
  }

  func send(_ frame: [UInt8]) { deliver(frame) }
}
