internal import CPosix

/// A worker that stays: it serves one run after another, of whatever kinds of work and on whatever problems its crew has.
package final class WorkerPost {
  private let stock: Stock
  private let link: any WorkerLink
  private var problems = OpenProblems()
  /// What this process had used when what it tells of its use began.
  private var secondsBefore = processSeconds()

  package init(_ stock: Stock, _ link: any WorkerLink) { (self.stock, self.link) = (stock, link) }

  /// Serves until it is sent home.
  ///
  /// - Throws: where the link breaks. What fails on this side of it is told to the driver, not thrown.
  package func serve() throws { while try serveRun() {} }

  /// Serves one run. Whether another may follow.
  ///
  /// - Parameter expected: the run that this rank is called for, if it is one: programs that go different ways are found out here.
  package func serveRun(expecting expected: Assignment? = nil) throws -> Bool {
    secondsBefore = processSeconds()
    var frame = try link.receive()
    while true {
      do {
        switch try Order(frame: frame) {
        case .begin(let assignment):
          if let expected, expected != assignment { throw Assignment.difference }
          frame = try carryOut(assignment)
          continue
        case .finish:
          try link.send(Answer.left.frame)
          // Contexts may have been large, and the next run is some other time.
          if !link.isCountedElsewhere { rookery_return_memory() }
          return true
        case .leave: return false
        case .report: try report()
        default: throw WireError("work comes before it is said what kind of work it is")
        }
      } catch let confusion as WireError {
        try link.send(Answer.confused(confusion.description).frame)
      }
      frame = try link.receive()
    }
  }

  /// What the run leaves behind is gone with the worker of its kind, all contexts too; what stays is the open problem.
  private func carryOut(_ assignment: Assignment) throws -> [UInt8] {
    let (kind, problem) = try stock.look(up: assignment)
    let evaluator = problems.evaluator(
      of: problem, number: assignment.problem, at: WorkerPlace(name: link.place))
    evaluator.watch(link.trace)
    defer { evaluator.watch(nil) }
    return try kind.serve(evaluator, link)
  }

  private func report() throws {
    var usage = link.isCountedElsewhere ? WorkerUsage() : .ofThisProcess
    if !link.isCountedElsewhere { usage.cpuSeconds -= secondsBefore }
    secondsBefore = processSeconds()
    try link.send(Answer.used(usage).frame)
  }
}

/// The problems that one worker has opened, each once, whatever runs it serves.
package struct OpenProblems {
  private var evaluators: [Int: Evaluator] = [:]

  /// A fresh evaluator for a run, with the likelihood that is open already if it is.
  mutating func evaluator(of problem: Problem, number: Int, at place: WorkerPlace) -> Evaluator {
    let evaluator = Evaluator(problem, at: place, following: evaluators[number])
    evaluators[number] = evaluator
    return evaluator
  }
}

extension Assignment {
  package static let difference = WireError(
    "it was called for another run: every rank must start the same runs in the same order")
}
