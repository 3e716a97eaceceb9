import Glibc

/// What the tail of the weights says.
extension ImportanceNestedSampler {
  /// Fits made anew for their sake; each learns from the points of large weight.
  private static var mostRepairs: Int { 4 }
  private static var enoughForTail: Int { 1000 }

  /// Whether the last stage's weights ask for a density that reaches into corners.
  ///
  /// Where the posterior is infinite at a face of the cube, no bound and no mixture in the cube's own coordinates keeps weights in
  /// check. From then on more of the draws come from mixtures that do, and the draws before count no more but for the fits: what is
  /// heavy in them cannot be weighed against the rest. All of them, whichever had luck: to keep those whose weights look even would
  /// favour low evidences.
  mutating func findsHeavyTail(_ stage: Stage) -> Bool {
    guard heavyTails < Self.mostRepairs, stage.count >= Self.enoughForTail,
      let tail = ParetoTail(logWeights: stage.logWeights), isAlarming(tail)
    else { return false }
    heavyTails += 1
    for s in stages.indices { stages[s].isRetired = true }
    return true
  }

  /// Whether a heavy tail is one. Where the largest weights lie at faces of the cube there is a reason for it; elsewhere the shape must
  /// be over the limit by more than so few weights know it.
  func isAlarming(_ tail: ParetoTail) -> Bool {
    tail.isHeavy && (tail.shape > tail.limit + tail.error || largestLieAtFaces())
  }

  /// Whether most of the largest weights of the last stage belong to points that touch a face of the cube.
  private func largestLieAtFaces() -> Bool {
    guard let stage = stages.last else { return false }
    let rows = points.origins.indices.filter { points.origins[$0] == -stages.count }
    let largest = zip(rows, stage.logWeights).sorted { $0.1 > $1.1 }.prefix(Self.largest)
    let cube = points.matrix(largest.map(\.0))
    let touching = (0..<cube.rows).count { row in
      cube[row: row].contains { min($0, 1 - $0) < Self.touch }
    }
    return 2 * touching > cube.rows
  }

  private static var largest: Int { 11 }
  /// The part of a coordinate's range that counts as its end.
  private static var touch: Double { 0.002 }

  /// The stages that count; those given up too as long as there is no draw of another.
  var standing: [Stage] {
    let kept = stages.filter { !$0.isRetired }
    return kept.contains { $0.count > 0 } ? kept : stages
  }

  /// The tail of all weights, as the result has them.
  func tail() -> ParetoTail? {
    ParetoTail(
      logWeights: standing.flatMap { stage in
        stage.logWeights.map { $0 + log(stage.trust) }
      })
  }

  func heavyTailFinding(_ tail: ParetoTail) -> Finding {
    Finding(
      "heavy-tail", .failure,
      ["pareto_k": tail.shape, "weights": Double(tail.count), "limit": tail.limit],
      remedies: [.methodOfLivePoints])
  }
}
