/// An open pool: workers that stay, with the problems they have opened, for one run after another.
///
/// A run on a ``Pool`` has a crew of its own, which is opened before it and closed after it. Where several runs follow each other, of one
/// problem by several methods or of several problems, one crew for all of them spares the workers that.
///
/// Under MPI every rank opens the same crew and starts the same runs on it. A crew is used by the thread that opened it, for one run at a
/// time. A run that fails takes no other with it, and a run on a crew that was closed opens it again.
public final class Crew: CustomStringConvertible {
  package let pool: Pool
  private let stock: Stock
  /// Nil where it is closed, or workers had to be ended by force: then the next run opens it again.
  private var membership: Membership?
  /// Those of the driver's own thread.
  private var problems = OpenProblems()
  /// Whether the workers have done nothing yet.
  private var areFresh = true
  /// The number among those of the program of the run that is under way.
  private var run = 0
  private var isInRun = false

  package var callGuard: CallGuard { stock.callGuard }
  /// How its pool is called.
  public var description: String { pool.description }

  /// - Throws: ``InputError`` for a pool that cannot be had here or for these problems, ``PoolError``.
  package init(
    _ pool: Pool, problems: [Problem], kinds: [WorkKind], guardedBy callGuard: CallGuard = CallGuard()
  ) throws {
    LinearAlgebra.useSingleThread()
    stock = Stock(problems: problems, kinds: kinds, guardedBy: callGuard)
    self.pool = try SpawnedWorker.current == nil ? pool.choose?(stock) ?? pool : pool
    membership = try opened()
  }

  private func opened() throws -> Membership {
    if let worker = SpawnedWorker.current { return .rank(worker, number: worker.number) }
    return try pool.open(stock)
  }

  /// Lets the workers go. To be called between runs, on every rank; a crew that is let go of does it by itself.
  public func close() { close(byForceAfter: nil) }

  deinit { close() }

  private func close(byForceAfter error: (any Error)?) {
    switch membership {
    case .driver(let transport): transport.close(byForceAfter: error)
    case .rank(let link, _): link.close(byForceAfter: error)
    case .alone, nil: break
    }
    membership = nil
  }
}

/// What a run's driver works with.
package struct Station {
  /// Of the driver's own thread.
  package let evaluator: Evaluator
  /// Nil where that thread does the work.
  package let transport: (any Transport)?
  /// What sets a worker to the run.
  let begin: [UInt8]
  /// Whether the workers have done nothing yet.
  let areFresh: Bool
}

extension Crew {
  /// This process's part in a run.
  package enum Part {
    case driver(Station)
    case rank(any RankLink, number: Int, Assignment)
  }

  /// Begins a run of a kind of work on a problem. What is new to the workers is made known to them: those that were forked before are
  /// forked anew.
  ///
  /// - Throws: ``InputError``, ``PoolError``; under MPI on every rank.
  package func begin<Piece: Work>(_: Piece.Type, on problem: Problem) throws -> Part {
    guard !isInRun else {
      throw InputError("a crew does one run at a time, and one was started on it in the middle of another")
    }
    let (assignment, addition) = stock.assignment(WorkKind(Piece.self), problem)
    if let addition, try !admit(addition) { close() }
    let membership = try membership ?? reopened()
    SpawnedWorker.current?.serveIfDue(stock)
    run = SpawnedWorker.beginRun()
    isInRun = true
    if case .rank(let link, let number) = membership { return .rank(link, number: number, assignment) }
    defer { areFresh = false }
    var transport: (any Transport)?
    if case .driver(let opened) = membership { transport = opened }
    transport?.beginRun()
    return .driver(
      Station(
        evaluator: problems.evaluator(of: problem, number: assignment.problem, at: WorkerPlace()),
        transport: transport, begin: Order.begin(assignment).frame, areFresh: areFresh))
  }

  private func admit(_ addition: Stock.Addition) throws -> Bool {
    do {
      switch membership {
      case .driver(let transport): return try transport.admit(addition)
      case .rank(let link, _): return try link.admit(addition)
      case .alone, nil: return true
      }
    } catch {
      stock.takeBack(addition)
      throw error
    }
  }

  private func reopened() throws -> Membership {
    let again = try opened()
    (membership, areFresh) = (again, true)
    return again
  }

  /// Ends a run on its driver, and gives the ranks what came of it.
  ///
  /// - Parameters:
  ///   - haveAllLeft: whether every worker has left the run; the others are ended by force.
  ///   - error: why the run failed, if it did.
  ///   - outcome: it may be long, so it is made only where there are ranks.
  package func end(
    haveAllLeft: Bool, after error: (any Error)? = nil, outcome: @autoclosure () -> [UInt8]
  ) throws {
    isInRun = false
    guard case .driver(let transport) = membership else { return }
    let outcome = transport.ranks > 1 || transport.keepsOutcomes ? outcome() : []
    if transport.keepsOutcomes { keep(outcome) }
    if haveAllLeft {
      try transport.endRun(outcome)
    } else {
      close(byForceAfter: error ?? PoolError("the pool broke down at the end of the run"))
    }
  }

  /// Notes what came of the run for workers that are started later, and must know.
  package func keep(_ outcome: [UInt8]) { SpawnedWorker.keep(outcome, of: run) }

  /// A rank's part in a run from its beginning to its end.
  ///
  /// - Returns: what came of it.
  package func serve(_ link: any RankLink, _ assignment: Assignment) throws -> [UInt8] {
    defer { isInRun = false }
    do {
      try link.serveRun(expecting: assignment)
      return try link.outcome()
    } catch {
      close(byForceAfter: error)
      throw error
    }
  }
}
