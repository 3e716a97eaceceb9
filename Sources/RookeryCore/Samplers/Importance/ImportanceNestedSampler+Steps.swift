/// What follows from outcomes and may take seconds: it waits until it can be done whole, or left whole.
extension ImportanceNestedSampler {
  /// A long step between two pieces of work.
  enum Step: UInt8, Sendable {
    /// Look at all points, and lay out the next bound.
    case lookAround
    /// Put the trained networks into the bound that was laid out.
    case finishBound
    /// Fit mixtures to all points.
    case beginFit
    /// Lay out the components of the next stage.
    case layOut
    /// Put the measured normalisations in, and begin to draw.
    case beginStage
  }

  /// Does what is due, on a copy: where that is halted, all is as it was before the step, and it is due still.
  package mutating func settle<E>(unless halt: Halt<E>) throws(E) {
    while ending == nil, let step = due {
      var next = self
      next.due = nil
      try next.take(step, halt)
      next.follow()
      self = next
    }
  }

  private mutating func take<E>(_ step: Step, _ halt: Halt<E>) throws(E) {
    switch step {
    case .lookAround: try lookAround(halt)
    case .finishBound: try finishBound(halt)
    case .beginFit: try beginFit(halt)
    case .layOut: try layOut(halt)
    case .beginStage: try beginStage(halt)
    }
  }

  /// Sees what follows from an outcome or a step at once.
  mutating func follow() {
    if ending == nil, due == nil, phase == .draining, out == 0 { due = .beginFit }
    if ending == nil, due == nil, phase == .sampling { watchStage() }
  }

  private mutating func lookAround<E>(_ halt: Halt<E>) throws(E) {
    let overview = try exploration.look(at: points, unless: halt)
    if explorationIsOver() {
      phase = .draining
      return
    }
    guard let plan = try exploration.plan(points, overview, unless: halt) else {
      exploration.failures += 1
      return
    }
    self.plan = plan
    if plan.sets.isEmpty {
      due = .finishBound
    } else {
      let tasks = plan.sets.indices.flatMap { set in
        (0..<plan.members).map { ShellPiece.Task.train(set: set, member: $0) }
      }
      prepare(tasks, with: .training(plan.sets))
    }
  }

  /// Bounds in a row that came out no smaller before exploration ends.
  private static var patience: Int { 6 }

  private func explorationIsOver() -> Bool {
    let volume = exploration.volumes[exploration.current]
    if volume.proposals > 20_000, volume.mean < 1e-4 { return true }
    if exploration.failures >= Self.patience { return true }
    guard points.count > 2 * settings.live else { return false }
    // One likelihood for all: nothing to zoom in on.
    if exploration.isFlat { return true }
    return exploration.liveEvidence <= settings.liveFraction
      && !(exploration.remaining > exploration.settings.remainingEvidenceInForce)
  }

  private mutating func finishBound<E>(_ halt: Halt<E>) throws(E) {
    guard let plan else { return }
    let before = exploration.current
    try exploration.finish(plan, points: points, unless: halt)
    self.plan = nil
    if let climb = exploration.climb(points, live: plan.live) { issue(climb) }
    if exploration.current != before {
      draw(from: .bound(exploration.bounds[exploration.current]))
    } else if exploration.failures >= Self.patience {
      phase = .draining
    }
  }
}
