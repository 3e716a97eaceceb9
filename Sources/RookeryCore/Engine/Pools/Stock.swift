import Synchronization

/// What the workers of a crew can be asked for: problems, and kinds of work. It only grows.
///
/// Forked processes inherit it, threads share it, and each rank makes the same one: so a number names the same thing everywhere, and no
/// function is ever sent.
package final class Stock: Sendable {
  package let callGuard: CallGuard
  private let shelves: Mutex<Shelves>

  private struct Shelves {
    var problems: [Problem]
    var kinds: [WorkKind]
  }

  package init(problems: [Problem], kinds: [WorkKind], guardedBy callGuard: CallGuard = CallGuard()) {
    self.callGuard = callGuard
    shelves = Mutex(Shelves(problems: problems, kinds: kinds))
  }

  package var problems: [Problem] { shelves.withLock { $0.problems } }
  package var isThreadSafe: Bool { problems.allSatisfy(\.isThreadSafe) }
  /// The most values that a point of any problem has.
  package var values: Int { problems.map(\.parameters.count).max() ?? 0 }

  /// What was not there before.
  package struct Addition {
    package var problem: Problem?
    package var isNewKind = false
  }

  /// The assignment to a kind of work on a problem, and what has been put into stock for it; nil where all was there.
  func assignment(_ kind: WorkKind, _ problem: Problem) -> (Assignment, added: Addition?) {
    shelves.withLock { shelves in
      var addition = Addition()
      let place = shelves.problems.firstIndex { $0.identity == problem.identity } ?? shelves.problems.count
      if place == shelves.problems.count {
        shelves.problems.append(problem)
        addition.problem = problem
      }
      let number = shelves.kinds.firstIndex { $0.type == kind.type } ?? shelves.kinds.count
      if number == shelves.kinds.count {
        shelves.kinds.append(kind)
        addition.isNewKind = true
      }
      let isAny = addition.problem != nil || addition.isNewKind
      return (Assignment(kind: number, problem: place, settings: problem), isAny ? addition : nil)
    }
  }

  /// Takes back the last addition, which could not be made known to the workers.
  func takeBack(_ addition: Addition) {
    shelves.withLock { shelves in
      if addition.problem != nil { shelves.problems.removeLast() }
      if addition.isNewKind { shelves.kinds.removeLast() }
    }
  }

  /// - Throws: ``WireError`` where it names what is not in stock.
  func look(up assignment: Assignment) throws(WireError) -> (kind: WorkKind, problem: Problem) {
    let found = shelves.withLock { shelves -> (WorkKind, Problem)? in
      guard shelves.kinds.indices.contains(assignment.kind),
        shelves.problems.indices.contains(assignment.problem)
      else { return nil }
      return (shelves.kinds[assignment.kind], shelves.problems[assignment.problem])
    }
    guard let (kind, found) = found else { throw WireError("a run of what this worker does not have") }
    var problem = found
    problem.batch = assignment.batch
    problem.onNaN = assignment.onNaN
    return (kind, problem)
  }

  /// Values of the parameters of the problem that is assigned, with their names.
  package func describe(_ values: [Double], of assignment: Assignment) -> String {
    let problems = problems
    return problems.indices.contains(assignment.problem) ? problems[assignment.problem].describe(values) : ""
  }

  /// What a local worker does with its link until it is let go. A link that breaks is the driver's end; there is nobody left to tell.
  package func serve(_ link: any WorkerLink) { try? WorkerPost(self, link).serve() }
}

/// A kind of work as one of a list of kinds: it makes a worker of the right type.
package struct WorkKind: Sendable {
  fileprivate let type: ObjectIdentifier
  /// Carries out pieces until an order comes that is not theirs, which it returns.
  let serve: @Sendable (Evaluator, any WorkerLink) throws -> [UInt8]

  package init<Piece: Work>(_: Piece.Type) {
    type = ObjectIdentifier(Piece.self)
    serve = { try Worker<Piece>($0).serve($1) }
  }
}

/// What a run has its workers do: a kind of work on a problem, by their numbers in stock, with what may be set on the problem.
package struct Assignment: Wire, Sendable, Equatable {
  let kind: Int
  let problem: Int
  let batch: Int?
  let onNaN: Problem.NaNPolicy

  package init(kind: Int, problem: Int, settings: Problem) {
    (self.kind, self.problem) = (kind, problem)
    (batch, onNaN) = (settings.batch, settings.onNaN)
  }

  package func encode(to writer: inout WireWriter) {
    writer.write([kind, problem])
    writer.write(batch.map { [$0] } ?? [])
    writer.write(onNaN.rawValue)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let numbers = try reader.read([Int].self)
    batch = try reader.read([Int].self).first
    guard numbers.count == 2, let policy = Problem.NaNPolicy(rawValue: try reader.read()) else {
      throw WireError("an assignment that is none")
    }
    (kind, problem, onNaN) = (numbers[0], numbers[1], policy)
  }
}
