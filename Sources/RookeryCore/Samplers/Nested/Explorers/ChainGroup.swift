/// Chains that step together: each has its own stream of random numbers and does what it would do alone, and what they ask for is
/// evaluated in one block.
///
/// No chain knows of it. A move is made with the answers that it has had so far, and taken back where it asks for one more; when all
/// chains wait for an answer, the points they ask for are evaluated at once, and each makes its move anew. Moves are a few calls long, and what
/// is done twice costs little beside a likelihood that likes blocks. Chains that have ended drop out of the block.
struct ChainGroup {
  private let members: [NestedPiece]
  private let context: NestedContext
  private let evaluator: Evaluator

  init(_ members: [NestedPiece], context: NestedContext, evaluator: Evaluator) {
    self.members = members
    self.context = context
    self.evaluator = evaluator
  }

  func run() throws -> [NestedOutcome] {
    switch members[0].kind {
    case .randomWalk: try run { RandomWalk($0, context: context, evaluator: evaluator, stream: &$1) }
    default: try run { SliceRun($0, context: context, evaluator: evaluator, stream: &$1) }
    }
  }

  private func run<Chain: SteppingChain>(
    _ begin: (NestedPiece, inout RandomStream) -> Chain
  ) throws -> [NestedOutcome] {
    var runners = members.map { piece in
      var stream = piece.stream
      let chain = begin(piece, &stream)
      return Runner(chain: chain, stream: stream, dimension: evaluator.problem.dimension)
    }
    defer { for runner in runners { runner.deallocate() } }
    defer { evaluator.answers = nil }
    let width = evaluator.problem.derived.count
    var asking = Array(runners.indices)
    var (points, buffer) = ([Double](), EvaluationBuffer())
    while true {
      points.removeAll(keepingCapacity: true)
      var next: [Int] = []
      for i in asking where try runners[i].advance(on: evaluator) {
        next.append(i)
        points += runners[i].answers.question
      }
      asking = next
      guard !asking.isEmpty else { break }
      buffer.removeAll()
      try points.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &buffer) }
      for (row, i) in asking.enumerated() {
        runners[i].answers.append(
          buffer.logLikelihoods[row], derived: buffer.derived[row * width..<(row + 1) * width])
      }
    }
    return runners.indices.map { i in
      var outcome = runners[i].chain.ended()
      outcome.travel = context.travel(from: members[i].start, to: outcome.cube)
      return outcome
    }
  }

  private struct Runner<Chain: SteppingChain> {
    var chain: Chain
    var stream: RandomStream
    let answers: Answers
    private let place: UnsafeMutableBufferPointer<Double>

    init(chain: Chain, stream: RandomStream, dimension: Int) {
      self.chain = chain
      self.stream = stream
      answers = Answers(dimension: dimension)
      place = .allocate(capacity: dimension)
      place.initialize(repeating: 0)
    }

    func deallocate() {
      chain.deallocate()
      place.deallocate()
    }

    /// Goes on until an answer is missing; false where the chain has ended.
    mutating func advance(on evaluator: Evaluator) throws -> Bool {
      evaluator.answers = answers
      defer { evaluator.answers = nil }
      while true {
        let before = (chain: chain, stream: stream)
        _ = place.update(fromContentsOf: chain.x)
        answers.rewind()
        do {
          guard try chain.move(&stream) else { return false }
          answers.removeAll()
        } catch is Answers.Missing {
          (chain, stream) = before
          _ = chain.x.update(fromContentsOf: place)
          return true
        }
      }
    }
  }
}
