import Glibc

/// Evaluates one problem on one worker, and counts what that cost.
///
/// It is the only place that calls a likelihood.
package final class Evaluator {
  package let problem: Problem
  /// Likelihood evaluations so far.
  package private(set) var calls = 0
  /// How many of them were refused: no likelihood, or NaN where that is allowed.
  package private(set) var refused = 0
  /// CPU time of this thread inside the likelihood. Where calls are cheap it is an estimate from every so many.
  package private(set) var likelihoodSeconds = 0.0
  /// Derived quantities of the last point evaluated; NaN where the likelihood gave none.
  package let derived: UnsafeMutableBufferPointer<Double>
  /// Where to leave what is being done for whoever finds this worker dead.
  package var trace: WorkerTrace?
  /// Points that have killed workers: they are refused without a call.
  package var avoided: [[Double]] = []

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

  private let values: UnsafeMutableBufferPointer<Double>

  package init(_ problem: Problem) {
    self.problem = problem
    values = .allocate(capacity: problem.parameters.count)
    values.initialize(repeating: 0)
    derived = .allocate(capacity: problem.derived.count)
    derived.initialize(repeating: 0)
  }

  deinit {
    values.deallocate()
    derived.deallocate()
  }

  /// The log-likelihood at a point of the unit cube; minus infinity for a refused point.
  ///
  /// - Throws: ``LikelihoodFailure`` where the likelihood throws or returns NaN or plus infinity, and where the piece of work has
  ///   run out of calls.
  package func logLikelihood(_ cube: UnsafeBufferPointer<Double>) throws(LikelihoodFailure) -> Double {
    try spend(1)
    do { try problem.transform(cube, into: values) } catch { throw failure("its prior failed: \(error)") }
    return try logLikelihoodOfValues()
  }

  /// The same at given values of all parameters, as many as there are.
  package func logLikelihood(of given: [Double]) throws(LikelihoodFailure) -> Double {
    _ = values.update(from: given)
    return try logLikelihoodOfValues()
  }

  private func logLikelihoodOfValues() throws(LikelihoodFailure) -> Double {
    calls += 1
    if !avoided.isEmpty && isAvoided {
      refused += 1
      derived.update(repeating: .nan)
      return -.infinity
    }
    trace?.beginCall(at: values)
    defer { trace?.endCall() }
    do {
      return try checked(measured())
    } catch let failure as LikelihoodFailure {
      throw failure
    } catch is PointRefused {
      refused += 1
      return -.infinity
    } catch {
      throw failure("it threw \(error)")
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
    guard parameters.count == values.count else { return }
    for i in values.indices { values[i] = parameters[i] }
    trace?.beginCall(at: values)
    defer { trace?.endCall() }
    _ = try? evaluate()
  }

  private var isAvoided: Bool {
    avoided.contains { point in
      point.count == values.count
        && values.indices.allSatisfy { point[$0].bitPattern == values[$0].bitPattern }
    }
  }

  /// Evaluates the likelihood and takes its time. How many calls a measurement stands for is settled before it
  /// is made, so that the sum is not biased where some calls take much longer than others.
  private func measured() throws -> Double {
    callsUntilMeasurement -= 1
    guard callsUntilMeasurement == 0 else { return try evaluate() }
    let start = threadSeconds()
    defer {
      let seconds = threadSeconds() - start
      likelihoodSeconds += Double(callsPerMeasurement) * seconds
      callsPerMeasurement = Int(
        min(max(Self.secondsPerMeasurement / max(seconds, 1e-9), 1), Self.mostCallsPerMeasurement))
      callsUntilMeasurement = callsPerMeasurement
    }
    return try evaluate()
  }

  private func evaluate() throws -> Double {
    // What the likelihood leaves out must not be left over from another point: which one that was depends on
    // the pool.
    self.derived.update(repeating: .nan)
    var derived = derived.mutableSpan
    switch problem.likelihood {
    case .point(let likelihood):
      return try likelihood(UnsafeBufferPointer(values).span, &derived)
    case .batch(let likelihood):
      return try withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { result in
        result.initialize(repeating: .nan)
        var one = result.mutableSpan
        try likelihood(UnsafeBufferPointer(values).span, &derived, &one)
        return result[0]
      }
    }
  }

  private func checked(_ value: Double) throws(LikelihoodFailure) -> Double {
    if value.isNaN {
      if problem.onNaN == .error {
        throw failure(
          "it returned NaN (return -infinity or throw PointRefused for a point without likelihood)")
      }
      refused += 1
      return -.infinity
    }
    if value == .infinity { throw failure("it returned +infinity") }
    return value
  }

  private func failure(_ reason: String) -> LikelihoodFailure {
    LikelihoodFailure(reason: reason, point: problem.describe(Array(values)))
  }
}

extension Problem {
  /// The values of all parameters as `name = value` pairs.
  package func describe(_ values: [Double]) -> String {
    zip(parameters, values).map { "\($0.name) = \($1)" }.joined(separator: ", ")
  }
}

/// CPU time of the calling thread in seconds.
package func threadSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }
/// CPU time of the whole process in seconds.
package func processSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
/// Wall time in seconds since an arbitrary moment.
package func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
