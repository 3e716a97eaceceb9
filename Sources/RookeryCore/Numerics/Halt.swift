/// Asked in the long loops of a computation whether it is to go on. Why it may not be, a limit on time or a signal, is known to the one loop of
/// a run alone.
///
/// A computation that is halted throws and leaves nothing behind, so that when it is done at last it does the same. Where nothing halts it
/// the type says so, and nothing need be caught.
package struct Halt<Failure: Error>: Sendable {
  let check: @Sendable () throws(Failure) -> Void

  init(_ check: @escaping @Sendable () throws(Failure) -> Void) { self.check = check }
}

extension Halt<Never> {
  static var never: Halt<Never> { Halt {} }
}

/// What a computation throws that was halted.
struct Halted: Error {}

extension Halt<Halted> {
  init(_ isDue: @escaping @Sendable () -> Bool) {
    self.init { () throws(Halted) in if isDue() { throw Halted() } }
  }
}
