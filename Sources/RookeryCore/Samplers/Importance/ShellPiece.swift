/// A piece of work of importance nested sampling.
package struct ShellPiece: Work {
  enum Task: Sendable, Equatable {
    /// Draw points of the context's density and evaluate them, the first of them once again.
    ///
    /// Their origin is for the sampler, to which the piece comes back: the number of a bound, or -1 - that of a stage.
    case draw(points: Int, again: Int = 0, origin: Int)
    /// Train one network of one training set.
    case train(set: Int, member: Int)
    /// Measure the normalisation of one component with cheap proposals.
    case measure(component: Int, proposals: Int)
    /// Find the peak near a point that is far from all others.
    case climb(Climb)
  }

  let task: Task
  let seed: UInt64
  let index: UInt64
  package let context: ContextID

  private static let drawing = RandomStream.Purpose(rawValue: 0x494e_5301)
  private static let training = RandomStream.Purpose(rawValue: 0x494e_5302)
  private static let measuring = RandomStream.Purpose(rawValue: 0x494e_5303)

  package var kind: Int {
    switch task {
    case .draw: 0
    case .train: 1
    case .measure: 2
    case .climb: 3
    }
  }

  package var mostCalls: Int {
    switch task {
    case .draw(let points, let again, _): points + again
    case .climb(let climb): Climb.mostCalls(dimension: climb.start.count)
    case .train, .measure: 0
    }
  }

  package func perform(with context: ShellContext, on evaluator: Evaluator) throws -> ShellOutcome {
    var outcome = ShellOutcome()
    switch (task, context.content) {
    case (.draw(let wanted, let again, _), .bound(let bound)):
      var stream = RandomStream(seed: seed, purpose: Self.drawing, index: index)
      let drawn = bound.draw(wanted, proposals: Self.proposalLimit, stream: &stream)
      outcome.points = drawn.points
      outcome.volume = VolumeSums(
        proposals: Double(drawn.proposals), sum: Double(drawn.accepted), squares: Double(drawn.accepted))
      try outcome.evaluate(on: evaluator, again: again)
    case (.draw(let wanted, let again, _), .proposal(let proposal)):
      var stream = RandomStream(seed: seed, purpose: Self.drawing, index: index)
      outcome.points = proposal.draw(wanted, stream: &stream)
      outcome.densities = proposal.components.logDensities(outcome.points)
      try outcome.evaluate(on: evaluator, again: again)
    case (.train(let set, let member), .training(let sets)) where sets.indices.contains(set):
      var stream = RandomStream(seed: seed, purpose: Self.training, index: index)
      outcome.networks = [try sets[set].train(member: member, stream: &stream, unless: evaluator.halt)]
    case (.measure(let component, let proposals), .components(let components)):
      var stream = RandomStream(seed: seed, purpose: Self.measuring, index: index)
      outcome.volume = components.measure(component, proposals: proposals, stream: &stream)
    case (.climb(let climb), _): outcome.peak = [try climb.run(on: evaluator)]
    default: break
    }
    return outcome
  }

  /// A piece comes back short rather than search without end for points of a bound that proposals hardly ever
  /// hit.
  static let proposalLimit = 100_000
}

/// What pieces of importance nested sampling need beside themselves.
package struct ShellContext: Sendable {
  enum Content: Sendable, Equatable {
    case bound(Bound)
    case proposal(Proposal)
    case training([TrainingSet])
    case components(ProposalComponents)
  }

  let content: Content
  init(_ content: Content) { self.content = content }
}

package struct ShellOutcome: Sendable {
  var points: [Double] = []
  var logLikelihoods: [Double] = []
  var derived: [Double] = []
  /// What came of the first points the second time.
  var again: [Double] = []
  /// Log density of every component at every point, where they came from a mixture.
  var densities: [Double] = []
  var volume = VolumeSums()
  var networks: [Network] = []
  /// Of a climb: where it has led to.
  var peak: [Climb.Peak] = []

  mutating func evaluate(on evaluator: Evaluator, again: Int) throws {
    var buffer = EvaluationBuffer()
    try points.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &buffer) }
    logLikelihoods = buffer.logLikelihoods
    derived = buffer.derived
    guard again > 0 else { return }
    buffer.removeAll()
    let first = points.prefix(again * evaluator.problem.dimension)
    try first.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &buffer) }
    self.again = buffer.logLikelihoods
  }
}

// MARK: - Bytes

extension ShellPiece.Task: Wire {
  func encode(to writer: inout WireWriter) {
    switch self {
    case .draw(let points, let again, let origin):
      writer.write(UInt8(0))
      writer.write(points)
      writer.write(again)
      writer.write(origin)
    case .train(let set, let member):
      writer.write(UInt8(1))
      writer.write(set)
      writer.write(member)
    case .measure(let component, let proposals):
      writer.write(UInt8(2))
      writer.write(component)
      writer.write(proposals)
    case .climb(let climb):
      writer.write(UInt8(3))
      writer.write(climb)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    let kind = try reader.read(UInt8.self)
    switch kind {
    case 0: self = .draw(points: try reader.read(), again: try reader.read(), origin: try reader.read())
    case 1: self = .train(set: try reader.read(), member: try reader.read())
    case 2: self = .measure(component: try reader.read(), proposals: try reader.read())
    case 3: self = .climb(try reader.read())
    default: throw WireError("work of unknown kind \(kind)")
    }
  }
}

extension ShellPiece {
  package func encode(to writer: inout WireWriter) {
    task.encode(to: &writer)
    writer.write(seed)
    writer.write(index)
    writer.write(context)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    task = try reader.read()
    seed = try reader.read()
    index = try reader.read()
    context = try reader.read()
  }
}

extension ShellContext: Wire {
  package func encode(to writer: inout WireWriter) {
    switch content {
    case .bound(let bound):
      writer.write(UInt8(0))
      writer.write(bound)
    case .proposal(let proposal):
      writer.write(UInt8(1))
      writer.write(proposal)
    case .training(let sets):
      writer.write(UInt8(2))
      writer.write(sets)
    case .components(let components):
      writer.write(UInt8(3))
      writer.write(components)
    }
  }

  package init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(UInt8.self) {
    case 0: content = .bound(try reader.read())
    case 1: content = .proposal(try reader.read())
    case 2: content = .training(try reader.read([TrainingSet].self))
    case 3: content = .components(try reader.read())
    case let other: throw WireError("context of unknown kind \(other)")
    }
  }
}

extension ShellOutcome: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(points)
    writer.write(logLikelihoods)
    writer.write(derived)
    writer.write(again)
    writer.write(densities)
    volume.encode(to: &writer)
    writer.write(networks)
    writer.write(peak)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    points = try reader.read([Double].self)
    logLikelihoods = try reader.read([Double].self)
    derived = try reader.read([Double].self)
    again = try reader.read([Double].self)
    densities = try reader.read([Double].self)
    volume = try reader.read()
    networks = try reader.read([Network].self)
    peak = try reader.read([Climb.Peak].self)
  }
}
