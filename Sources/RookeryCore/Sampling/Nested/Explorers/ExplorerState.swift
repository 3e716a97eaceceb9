import Glibc

/// Which explorer is at work, with which bound and which size of steps. It learns from outcomes in the order in
/// which they are absorbed, so that what it does depends on counts alone.
struct ExplorerState: Sendable, Equatable {
  /// A bound is first built when fewer of the draws from the cube than this are above the threshold.
  private static let firstBoundEfficiency = 0.1
  private static let bootstraps = 5
  /// Chains only take frames from the ellipsoids, so a split that turns out chance costs little, and a bent set that is not split
  /// costs much.
  private static let chainCaution = 0.2
  /// By how much ellipsoids are widened in each direction where chords are cut from them.
  private static let chordMargin = 1.2

  let choice: NestedSettings.Explorer
  let liveCount: Int
  private let walkSteps: Int
  private let slices: Int

  private(set) var version = 0
  private(set) var bound: EllipsoidBound
  private(set) var scale = 1.0
  /// Whether the automatic choice has given up on uniform draws.
  private(set) var usesChains = false
  // Since the last bound.
  private var calls = 0
  private var pieces = 0
  private var found = 0

  init(settings: NestedSettings, dimension: Int) {
    choice = settings.explorer
    liveCount = settings.live
    walkSteps = settings.walkSteps(dimension: dimension)
    slices = settings.slices(dimension: dimension)
    bound = .cube(dimension: dimension)
  }

  var kind: NestedPiece.Kind {
    if bound.isCube && !usesChains { return .uniform }
    switch choice {
    case .uniform: return .uniform
    case .randomWalk: return .randomWalk
    case .slice: return .slice
    case .automatic:
      return usesChains ? .slice : .uniform
    }
  }

  func steps(of kind: NestedPiece.Kind, dimension: Int) -> Int {
    switch kind {
    case .prior: 1
    case .uniform: NestedSampler.triesPerPiece
    case .randomWalk: walkSteps
    case .slice: slices
    }
  }

  /// Likelihood calls of one slice chain, roughly.
  private var chainCalls: Double { 2.7 * Double(slices) }

  mutating func learn(from outcome: NestedOutcome, isInitial: Bool, window: Int) {
    guard !isInitial else { return }
    pieces += 1
    if outcome.cube.isEmpty {
      // Where the bound lies mostly outside the cube a piece may end without a call; that is no sign of efficiency.
      calls += max(outcome.calls, kind == .uniform ? NestedSampler.triesPerPiece : 0)
    } else {
      calls += outcome.calls
      found += 1
    }
    switch kind {
    case .prior, .uniform: break
    case .randomWalk:
      // Half of the proposals accepted, as dynesty aims for; steps are small because what is learnt is late by a window.
      let rate = Double(outcome.gains) / Double(max(outcome.gains + outcome.losses, 1))
      scale *= exp(2 * (rate - 0.5) / Double(bound.shift.count + window))
    case .slice:
      // As many widenings as contractions.
      let (gains, losses) = (Double(max(outcome.gains, 1)), Double(max(outcome.losses, 1)))
      scale *= exp(log(2 * gains / (gains + losses)) / Double(1 + window))
    }
    scale = min(max(scale, 1e-4), 10)
  }

  /// Whether a new bound is due: after as many calls as there are live points for uniform draws, after a third as many
  /// chains for chains. Counts start anew with each answer of yes, and while the cube is good enough.
  mutating func boundIsDue() -> Bool {
    guard kind == .uniform ? calls >= liveCount : 3 * pieces >= liveCount else { return false }
    let efficiency = Double(found) / Double(max(calls, 1))
    if choice == .automatic, kind == .uniform, !bound.isCube, efficiency * chainCalls < 1 {
      usesChains = true
    }
    (calls, pieces, found) = (0, 0, 0)
    return !bound.isCube || efficiency < Self.firstBoundEfficiency
  }

  mutating func buildBound(around livePoints: PointMatrix, boundaries: [Parameter.Boundary], seed: UInt64) {
    version += 1
    let isUniform = kind == .uniform
    bound = EllipsoidBound(
      around: livePoints, boundaries: boundaries, bootstraps: isUniform ? Self.bootstraps : 0,
      caution: isUniform ? 1 : Self.chainCaution, key: (seed, version))
    if kind == .slice { bound.scale(by: Self.chordMargin) }
  }
}

extension ExplorerState: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(choice.rawValue)
    writer.write(liveCount)
    writer.write(walkSteps)
    writer.write(slices)
    writer.write(version)
    writer.write(bound)
    writer.write(scale)
    writer.write(usesChains)
    writer.write([calls, pieces, found])
  }

  init(from reader: inout WireReader) throws(WireError) {
    let name = try reader.read(String.self)
    guard let choice = NestedSettings.Explorer(rawValue: name) else {
      throw WireError("unknown explorer \(name)")
    }
    self.choice = choice
    liveCount = try reader.read()
    walkSteps = try reader.read()
    slices = try reader.read()
    version = try reader.read()
    bound = try reader.read()
    scale = try reader.read()
    usesChains = try reader.read()
    let counts = try reader.read([Int].self)
    guard counts.count == 3 else { throw WireError("explorer counts are cut short") }
    (calls, pieces, found) = (counts[0], counts[1], counts[2])
  }
}
