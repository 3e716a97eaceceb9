import Glibc

/// What is read from a file is not trusted: whatever a result is asked for later rests on these.
extension RunResult {
  /// - Throws: ``WireError`` that says what cannot be.
  func check() throws(WireError) {
    try checkSizes()
    try checkNumbers()
    try checkNames()
    let free = parameters.count { !$0.isFixed }
    guard engine.dimension == free, (0...Self.most).contains(engine.live) else {
      throw WireError(
        "it says it has \(engine.dimension) dimensions and \(engine.live) live points, which cannot be")
    }
    if let logPriorEvidence, !logPriorEvidence.isFinite { throw WireError("its logz_prior is no number") }
    try statistics.check(most: Self.most)
  }

  /// More than anybody counts to, and few enough to be added up.
  private static let most = 1_000_000_000_000_000

  private func checkSizes() throws(WireError) {
    let count = logLikelihoods.count
    let free = parameters.count { !$0.isFixed }
    guard samples.columns == parameters.count, samples.rows == count || parameters.isEmpty,
      cube.columns == free, cube.rows == count || free == 0, logWeights.count == count,
      logPriors.count == count,
      derivedSamples.columns == derived.count, derived.isEmpty || derivedSamples.rows == count,
      birthLogLikelihoods.map({ $0.count == count }) ?? true
    else { throw WireError("its arrays do not fit each other") }
  }

  private func checkNumbers() throws(WireError) {
    guard logLikelihoods.allSatisfy({ $0 < .infinity }) else {
      throw WireError("a log-likelihood is no number")
    }
    guard cube.values.allSatisfy({ (0...1).contains($0) }) else {
      throw WireError("a point is not in the unit cube")
    }
    guard samples.values.allSatisfy({ !$0.isNaN }) else {
      throw WireError("a parameter of a sample is no number")
    }
    // Rounding may make a weight a little more than one. Where nothing has a likelihood there are none.
    guard logWeights.allSatisfy({ $0 < 1e-3 }) || evidence.logZ == -.infinity else {
      throw WireError("a weight is more than the whole")
    }
    if let births = birthLogLikelihoods {
      guard zip(births, logLikelihoods).allSatisfy({ $0 <= $1 }) else {
        throw WireError("a point lies below the contour above which it was drawn")
      }
      guard zip(logLikelihoods, logLikelihoods.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw WireError("its points are not in the order of their likelihood")
      }
    }
    for parameter in parameters {
      let quantiles = parameter.priorQuantiles
      guard parameter.lower <= parameter.upper, quantiles.allSatisfy({ !$0.isNaN }),
        zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw WireError("the prior of \(printable(parameter.name)) has ends or quantiles that cannot be")
      }
    }
  }

  private func checkNames() throws(WireError) {
    var names: Set<String> = []
    for quantity in quantities where !names.insert(quantity.name).inserted {
      throw WireError("it has \(printable(quantity.name)) twice")
    }
  }
}

extension RunStatistics {
  fileprivate func check(most: Int) throws(WireError) {
    let counts = [calls, refused, crashed, replacedWorkers, peakBytes, workers, ranks, window]
    guard counts.allSatisfy({ (0...most * 100).contains($0) }) else {
      throw WireError("a count of its statistics cannot be")
    }
    let seconds = [likelihoodSeconds, wallSeconds, cpuSeconds, busy]
    guard seconds.allSatisfy({ $0 >= 0 && $0 < 1e15 }) else {
      throw WireError("a time of its statistics cannot be")
    }
    guard timeline.binSeconds < 1e15, timeline.busySeconds.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw WireError("the timeline of its statistics cannot be")
    }
  }
}
