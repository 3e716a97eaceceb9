/// Evaluates one problem on one worker, and counts what that cost.
///
/// It is the only place that calls a likelihood. Points go to it in blocks of as many rows as the problem's ``Problem/batch`` says, so that
/// the shape of a block, which decides the last bit of some likelihoods, is the same wherever it is evaluated.
package final class Evaluator {
  package let problem: Problem
  /// Points evaluated so far.
  package private(set) var calls = 0
  /// How many of them were refused: no likelihood, or NaN where that is allowed.
  package private(set) var refused = 0
  /// CPU time of this thread inside the likelihood. Where calls are cheap it is an estimate from every so many.
  package private(set) var likelihoodSeconds = 0.0
  /// Derived quantities of the last point evaluated by itself; NaN where the likelihood gave none.
  package let derived: UnsafeMutableBufferPointer<Double>
  /// Where to leave what is being done for whoever finds this worker dead.
  package var trace: WorkerTrace?
  /// Points that have killed workers: they are refused without a call.
  package var avoided: [[Double]] = []
  /// Where the likelihood is opened, with the first evaluation.
  package var place: WorkerPlace
  /// Whether each row of a block is first evaluated by itself, so that the one that ends this worker is known.
  package var isWary = false
  /// Whether a piece of work is to be left, to be carried out another time.
  var halt = Halt<Halted> { false }
  /// Answers that are known already, for a chain that steps in a group.
  var answers: Answers?

  /// How many more calls may be made for the piece of work in hand.
  private var allowance = Int.max
  /// Whether a call was refused because the piece had made all it may.
  package private(set) var hasRunOut = false

  /// How many calls the next measurement of CPU time stands for, and how many of them are yet to come.
  private var callsPerMeasurement = 1
  private var callsUntilMeasurement = 1
  /// Reading the clock twice takes a microsecond or two. Calls for which that is much share a measurement, so that it
  /// costs a few percent at most.
  private static let secondsPerMeasurement = 2e-5
  private static let mostCallsPerMeasurement = 64.0

  private var likelihood: (any OpenLikelihood)?
  /// The most rows of a block.
  private let capacity: Int
  private let size: Int
  private let width: Int
  /// The values of all parameters, row after row.
  private let values: UnsafeMutableBufferPointer<Double>
  private let results: UnsafeMutableBufferPointer<Double>
  private let allDerived: UnsafeMutableBufferPointer<Double>
  private let marks: UnsafeMutableBufferPointer<UInt8>
  /// The slopes of the log-likelihood by all parameters, row after row; laid out when they are first asked for.
  private var slopes = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
  private var wantsSlopes = false

  /// - Parameter earlier: one of the same problem and worker, whose likelihood stays open.
  package init(
    _ problem: Problem, at place: WorkerPlace = WorkerPlace(), following earlier: Evaluator? = nil
  ) {
    self.problem = problem
    self.place = place
    likelihood = earlier?.likelihood
    capacity = problem.rowsAtOnce
    (size, width) = (problem.parameters.count, problem.derived.count)
    values = .allocate(capacity: capacity * size)
    values.initialize(repeating: 0)
    results = .allocate(capacity: capacity)
    results.initialize(repeating: 0)
    allDerived = .allocate(capacity: capacity * width)
    allDerived.initialize(repeating: 0)
    derived = UnsafeMutableBufferPointer(rebasing: allDerived[..<width])
    marks = .allocate(capacity: capacity)
    marks.initialize(repeating: 0)
  }

  deinit {
    values.deallocate()
    results.deallocate()
    allDerived.deallocate()
    marks.deallocate()
    slopes.deallocate()
  }

  /// The log-likelihood at a point of the unit cube; minus infinity for a refused point.
  ///
  /// - Throws: ``LikelihoodFailure`` where the likelihood throws or returns NaN or plus infinity, and where the piece of work has
  ///   run out of calls; ``Answers/Missing`` within a group of chains.
  package func logLikelihood(_ cube: UnsafeBufferPointer<Double>) throws -> Double {
    if let answers { return try answers.next(cube, derived: derived) }
    try place(cube, at: 0, in: .cube)
    try evaluate(rows: 1)
    return results[0]
  }

  /// The same at given values of all parameters, as many as there are.
  package func logLikelihood(of given: [Double]) throws(LikelihoodFailure) -> Double {
    _ = values.update(from: given)
    try evaluate(rows: 1)
    return results[0]
  }

  /// Evaluates any number of points, one after another in memory, and appends what comes of them.
  ///
  /// - Parameter gradients: whether slopes are wanted, of a likelihood that gives them.
  /// - Throws: ``LikelihoodFailure`` that names the first point at fault.
  package func evaluate(
    _ points: UnsafeBufferPointer<Double>, in space: Space = .cube, gradients: Bool = false,
    into buffer: inout EvaluationBuffer
  ) throws(LikelihoodFailure) {
    if gradients { try askForSlopes() }
    defer { wantsSlopes = false }
    let columns = problem.columns(of: space)
    let count = points.count / columns
    var next = 0
    while next < count {
      let rows = min(capacity, count - next)
      for row in 0..<rows {
        let start = (next + row) * columns
        try place(UnsafeBufferPointer(rebasing: points[start..<start + columns]), at: row, in: space)
      }
      try evaluate(rows: rows)
      buffer.append(results[..<rows], derived: allDerived[..<(rows * width)])
      if gradients {
        for row in 0..<rows {
          let start = (next + row) * columns
          try append(
            row, at: UnsafeBufferPointer(rebasing: points[start..<start + columns]), in: space, to: &buffer)
        }
      }
      next += rows
    }
  }

  /// Leaves the values of the parameters at a point in a row.
  private func place(_ point: UnsafeBufferPointer<Double>, at row: Int, in space: Space)
    throws(LikelihoodFailure)
  {
    do { try problem.transform(point, from: space, into: self.row(row)) } catch {
      throw failure("its prior failed: \(error)", row: row)
    }
  }

  /// Appends the slopes of a row by the coordinates of the point that it was placed from.
  private func append(
    _ row: Int, at point: UnsafeBufferPointer<Double>, in space: Space, to buffer: inout EvaluationBuffer
  ) throws(LikelihoodFailure) {
    do {
      try buffer.appendGradient(of: point.count) { gradient in
        guard results[row] > -.infinity else { return }
        try problem.pullBack(
          UnsafeBufferPointer(slopes(of: row)), at: point, values: UnsafeBufferPointer(self.row(row)),
          in: space,
          into: gradient)
      }
    } catch {
      throw failure("its prior failed: \(error)", row: row)
    }
  }

  private func row(_ row: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size])
  }

  private func slopes(of row: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: slopes[row * size..<(row + 1) * size])
  }

  private func askForSlopes() throws(LikelihoodFailure) {
    guard problem.likelihood.abilities.gradient == .given else {
      throw LikelihoodFailure(reason: "it gives no slopes", point: "")
    }
    if slopes.isEmpty {
      slopes = .allocate(capacity: capacity * size)
      slopes.initialize(repeating: 0)
    }
    wantsSlopes = true
  }
}

// MARK: - Blocks

extension Evaluator {
  /// Evaluates the first rows, which have been placed.
  private func evaluate(rows: Int) throws(LikelihoodFailure) {
    try spend(rows)
    calls += rows
    if !avoided.isEmpty, (0..<rows).contains(where: isAvoided) {
      try evaluateOneByOne(rows: rows)
    } else {
      if isWary, rows > 1 { for row in 0..<rows { _ = try? attempt(row..<row + 1) } }
      do { try attempt(0..<rows) } catch { try settle(error, rows: rows) }
    }
    for row in 0..<rows { try check(row) }
  }

  /// What a likelihood throws concerns one row. Which one it is in a block only that row by itself can tell.
  private func settle(_ error: any Error, rows: Int) throws(LikelihoodFailure) {
    if rows > 1, !(error is LikelihoodFailure) { try evaluateOneByOne(rows: rows) }
    if error is PointRefused {
      if rows == 1 { marks[0] = 1 }
    } else if let failure = error as? LikelihoodFailure {
      throw failure
    } else {
      throw failure(
        "it threw \(error)" + (rows > 1 ? ", but for none of the \(rows) points of its block alone" : ""))
    }
  }

  /// Begins a piece of work that may make so many calls.
  package func allow(_ calls: Int) {
    allowance = calls
    hasRunOut = false
  }

  private func spend(_ calls: Int) throws(LikelihoodFailure) {
    guard calls <= allowance else {
      hasRunOut = true
      throw LikelihoodFailure(reason: "the limit on calls was reached", point: "")
    }
    allowance -= calls
  }

  /// Calls the likelihood at the parameters at which a worker has died. What comes of it is of no interest, but whether this worker
  /// outlives it.
  package func tryOut(_ parameters: [Double]) {
    guard parameters.count == size else { return }
    _ = values.update(from: parameters)
    _ = try? attempt(0..<1)
  }

  /// Evaluates each row by itself; those that are to be avoided not at all.
  private func evaluateOneByOne(rows: Int) throws(LikelihoodFailure) {
    for row in 0..<rows {
      if isAvoided(row) {
        clear(row..<row + 1)
        marks[row] = 1
        continue
      }
      do { try attempt(row..<row + 1) } catch let failure as LikelihoodFailure {
        throw failure
      } catch is PointRefused {
        marks[row] = 1
      } catch {
        throw failure("it threw \(error)", row: row)
      }
    }
  }

  private func isAvoided(_ row: Int) -> Bool {
    let own = self.row(row)
    return avoided.contains { point in
      point.count == size && own.indices.allSatisfy { point[$0].bitPattern == own[$0].bitPattern }
    }
  }

  /// Evaluates rows at once and takes the time of it. How many calls a measurement stands for is settled before it
  /// is made, so that the sum is not biased where some calls take much longer than others.
  private func attempt(_ rows: Range<Int>) throws {
    clear(rows)
    let likelihood = try likelihood ?? opened()
    trace?.beginCall(at: row(rows.lowerBound), rows: rows.count)
    defer { trace?.endCall() }
    callsUntilMeasurement -= 1
    guard callsUntilMeasurement == 0 else { return try call(likelihood, rows) }
    let start = threadSeconds()
    defer {
      let seconds = threadSeconds() - start
      likelihoodSeconds += Double(callsPerMeasurement) * seconds
      callsPerMeasurement = Int(
        min(max(Self.secondsPerMeasurement / max(seconds, 1e-9), 1), Self.mostCallsPerMeasurement))
      callsUntilMeasurement = callsPerMeasurement
    }
    try call(likelihood, rows)
  }

  /// What the likelihood leaves out must not be left over from another point: which one that was depends on the pool.
  private func clear(_ rows: Range<Int>) {
    for row in rows {
      results[row] = .nan
      marks[row] = 0
    }
    for i in rows.lowerBound * width..<rows.upperBound * width { allDerived[i] = .nan }
    if wantsSlopes { for i in rows.lowerBound * size..<rows.upperBound * size { slopes[i] = .nan } }
  }

  private func call(_ likelihood: any OpenLikelihood, _ rows: Range<Int>) throws {
    let (from, to) = (rows.lowerBound, rows.upperBound)
    let parameters = UnsafeBufferPointer(rebasing: values[from * size..<to * size])
    var logLikelihoods = UnsafeMutableBufferPointer(rebasing: results[rows]).mutableSpan
    var derived = UnsafeMutableBufferPointer(rebasing: allDerived[from * width..<to * width]).mutableSpan
    var gradients =
      (wantsSlopes
      ? UnsafeMutableBufferPointer(rebasing: slopes[from * size..<to * size])
      : UnsafeMutableBufferPointer(start: nil, count: 0)).mutableSpan
    var refused = UnsafeMutableBufferPointer(rebasing: marks[rows]).mutableSpan
    try likelihood.evaluate(
      parameters.span, rows: rows.count, logLikelihoods: &logLikelihoods, derived: &derived,
      gradients: &gradients, refused: &refused)
  }

  private func opened() throws(LikelihoodFailure) -> any OpenLikelihood {
    do {
      let opened = try problem.likelihood.open(at: place)
      likelihood = opened
      return opened
    } catch {
      throw LikelihoodFailure(reason: "it could not be opened: \(error)", point: "")
    }
  }

  /// Leaves minus infinity where a row is refused.
  private func check(_ row: Int) throws(LikelihoodFailure) {
    let value = results[row]
    let stray = wantsSlopes && value > -.infinity ? strayParameter(row) : nil
    if marks[row] == 0, value < .infinity, stray == nil { return }
    if marks[row] == 0 {
      if value == .infinity { throw failure("it returned +infinity", row: row) }
      if problem.onNaN == .error {
        if let stray, !value.isNaN { throw failure("its slope by \"\(stray)\" is no number", row: row) }
        throw failure(
          "it returned NaN (return -infinity or throw PointRefused for a point without likelihood)", row: row)
      }
    }
    refused += 1
    results[row] = -.infinity
  }

  /// The first parameter by which a row has no slope that is a number.
  private func strayParameter(_ row: Int) -> String? {
    let own = slopes(of: row)
    return problem.free.first { !own[$0].isFinite }.map { problem.parameters[$0].name }
  }

  private func failure(_ reason: String, row: Int = 0) -> LikelihoodFailure {
    LikelihoodFailure(reason: reason, point: problem.describe(Array(self.row(row))))
  }
}

extension Problem {
  /// The values of all parameters as `name = value` pairs.
  package func describe(_ values: [Double]) -> String {
    zip(parameters, values).map { "\($0.name) = \($1)" }.joined(separator: ", ")
  }
}
