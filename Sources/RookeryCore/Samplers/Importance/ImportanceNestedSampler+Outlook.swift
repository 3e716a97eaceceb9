import Glibc

/// What is still to come, and whether another method would be there sooner.
extension ImportanceNestedSampler {
  /// Draws from the prior that the exploration made. Those of a second look are not among those of the first.
  package var priorDraws: PriorDraws {
    let rows = points.origins.indices.filter { points.origins[$0] == 0 }
    var draws = PriorDraws(
      cube: points.matrix(rows), derived: points.derived(at: rows), logL: rows.map { points.logL[$0] })
    draws.noise = noise
    return draws
  }

  /// Fewer calls than these are not worth another start.
  private static var fewestToGiveUp: Double { 100_000 }
  /// How many times the other method's calls are too many: a prediction is good to a factor of two.
  private static var tooManyTimes: Double { 2 }
  private static var fewestStages: Int { 3 }

  /// Why to stop here: what draws are worth foretells more calls than live points need for the same.
  func poorOutlook(_ stage: Stage, _ summary: StageSummary) -> Finding? {
    guard stages.count >= Self.fewestStages, stage.count > 1000 else { return nil }
    let missing = settings.targetEffectiveSize - summary.effectiveSize
    let predicted = missing / max(stage.efficiency, 1e-9)
    let other = callsOfLivePoints(summary)
    guard predicted > Self.fewestToGiveUp, predicted > Self.tooManyTimes * other else { return nil }
    return Finding(
      "poor-outlook", .failure,
      ["efficiency": stage.efficiency, "calls_left": predicted, "calls_of_live_points": other],
      remedies: [.methodOfLivePoints])
  }

  /// What nested sampling with live points is likely to need: as many steps a live point as there are nats from the prior to the
  /// posterior's tail, a chain of slices for each, and so many runs as make the posterior sample large enough.
  private func callsOfLivePoints(_ summary: StageSummary) -> Double {
    var logL = 0.0
    let logWeights = standing.flatMap { stage in stage.logWeights.map { $0 + log(stage.trust) } }
    let total = logSumExp(logWeights)
    for (weight, value) in zip(logWeights, standing.flatMap(\.logL)) where weight > -.infinity {
      logL += exp(weight - total) * value
    }
    let dimension = points.dimension
    let nats = max(logL - summary.logZ, 0) + 2 * Double(dimension).squareRoot() + 5
    let steps = Double(LivePoints.usual) * nats
    let effectiveSize =
      0.4 * Double(LivePoints.usual) * (2 * Double.pi * 0.5 * Double(dimension)).squareRoot() * 2
    return steps * 6 * Double(LivePoints.fewestSlices(dimension: dimension))
      * max(1, settings.targetEffectiveSize / effectiveSize)
  }
}
