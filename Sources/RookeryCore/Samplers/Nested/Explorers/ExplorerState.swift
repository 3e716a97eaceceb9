import Glibc

/// Which explorer is at work, with which bound and which size of steps. It learns from outcomes in the order in
/// which they are absorbed, so that what it does depends on counts alone.
struct ExplorerState: Sendable, Equatable {
  /// A bound is first built when fewer of the draws from the cube than this are above the threshold.
  private static let firstBoundEfficiency = 0.1
  /// How often points are left out to see how much wider a bound must be.
  ///
  /// Ellipsoids cut the tips off sets that have such: left out 5 times, log Z came out low by its error in two and three dimensions. In
  /// ten the few points of small ellipsoids widen all of them until draws are wasted, and chains take over before tips matter.
  private var bootstraps: Int { min(max(35 - 3 * dimension, 5), 20) }
  /// The same for chains beside cliffs, to see whether there are tips.
  private static let chainBootstraps = 5
  /// In few dimensions, where draws come down to tips, bounds are wider than left-out points ask for by this power. Without it log Z was low
  /// by a quarter of its error in a corner of three dimensions with sharp edges; left out 60 times gives the same for three times the work.
  private var powerForTips: Double { dimension <= 4 ? 1.25 : 1 }
  /// How far out points left out of a set without tips are found, in up to thirty dimensions.
  private static let smoothReach = 1.03
  /// A likelihood has cliffs where one call of chains in so many lands beyond one, deeper below the threshold than so many times the height
  /// of the highest point above it.
  private static let callsPerCliff = 20
  private static let cliffOverHeight = 30.0
  /// Chains only take frames from the ellipsoids, so a split that turns out chance costs little, and a bent set that is not split
  /// costs much.
  private static let chainCaution = 0.1
  /// The correlation of a chain's ends that its number of slices is chosen for. At this the scatter of log Z over seeds is that of
  /// independent points on the reference problems.
  private static let aim = 0.45
  /// The same for random walks, whose ends stay near their starts in all directions alike: at 0.6 log Z came out high by its error in a
  /// corner of twenty dimensions.
  private static let walkAim = 0.3
  /// The most that the correlation may be in any one coordinate: many that move freely must not hide one that is stuck.
  private static let mostInOne = 0.8
  /// How many times the fewest steps a chain may have. The valley of the Rosenbrock function asks for ten times; held to five, the
  /// posterior lost half of its tail.
  private static let mostOverFewest = 12.0

  let settings: NestedSettings
  let dimension: Int

  private(set) var version = 0
  private(set) var bound: EllipsoidBound
  private(set) var friends: FriendsBound?
  /// The live points that the bound was built around, where the explorer goes by their differences.
  private(set) var population: PointMatrix
  /// The scatter of the live points that the bound was built around.
  private(set) var spread: Ellipsoid?
  private(set) var piles = Piles.none
  private(set) var scale = 1.0
  /// A log-likelihood as low as this is the foot of a cliff.
  private(set) var abyss = -Double.infinity
  /// Whether chains fall off cliffs.
  private(set) var hasCliffs = false
  /// How far out of the bound around the others points were found that were left out, in a set with cliffs.
  private(set) var tips = 1.0
  private(set) var summit = Summit()
  /// Times the fewest steps that a chain has, for how far it gets.
  private var stretch = 1.0
  /// How often the run has begun anew with chains twice as long.
  private(set) var lengthenings = 0
  /// Whether the cube alone has become too wide.
  private var isGuided = false
  /// Whether the automatic choice has given up on uniform draws.
  private(set) var usesChains = false
  // Since the last bound.
  private var calls = 0
  private var pieces = 0
  private var found = 0
  private var cliffs = 0
  private var travel: [Double]
  /// Over several bounds, of which the older count less.
  private var pastTravel: [Double]
  private var pastPieces = 0.0

  init(settings: NestedSettings, dimension: Int) {
    self.settings = settings
    self.dimension = dimension
    bound = .cube
    population = PointMatrix(columns: dimension)
    travel = [Double](repeating: 0, count: 2 * dimension)
    pastTravel = travel
  }

  /// The state at the beginning of a run, with chains twice as long and bounds of twice the volume.
  func strengthened() -> ExplorerState {
    var next = ExplorerState(settings: settings, dimension: dimension)
    next.version = version + 1
    next.lengthenings = lengthenings + 1
    next.hasCliffs = hasCliffs
    return next
  }

  var kind: NestedPiece.Kind {
    guard isGuided else { return .uniform }
    switch settings.explorer {
    case .uniform: return .uniform
    case .randomWalk: return .randomWalk
    case .axisSlice: return .axisSlice
    case .randomSlice: return .randomSlice
    case .mixture: return .mixture
    case .localSlice: return .localSlice
    case .automatic: return usesChains ? .localSlice : .uniform
    }
  }

  func steps(of kind: NestedPiece.Kind) -> Int {
    switch kind {
    case .prior, .climb: 1
    case .uniform: NestedSampler.triesPerPiece
    default: Int((Double(fewestSteps(of: kind)) * length(of: kind)).rounded()) << lengthenings
    }
  }

  private func fewestSteps(of kind: NestedPiece.Kind) -> Int {
    // What the user asked for has proved too little where a run had to begin anew.
    lengthenings > 0
      ? max(fewestSteps(of: kind, settings), fewestSteps(of: kind, NestedSettings()))
      : fewestSteps(of: kind, settings)
  }

  private func fewestSteps(of kind: NestedPiece.Kind, _ settings: NestedSettings) -> Int {
    switch kind {
    case .prior, .uniform, .climb: 1
    case .randomWalk: settings.walkSteps(dimension: dimension)
    case .localSlice: settings.slices(dimension: dimension)
    // As many as PolyChord needs to be unbiased in tens of dimensions (Fowlie, Handley & Su 2020, table 2).
    case .axisSlice, .randomSlice, .mixture: settings.slices ?? max(2 * dimension, 4)
    }
  }

  /// Times the fewest steps that a chain has.
  private func length(of kind: NestedPiece.Kind) -> Double {
    kind == .localSlice && !isLengthGiven ? max(stretch, lengthForTips, summit.length) : stretch
  }

  /// Whether chains are as long as the user has said.
  private var isLengthGiven: Bool {
    lengthenings == 0 && (kind == .randomWalk ? settings.walkSteps : settings.slices) != nil
  }

  /// By how much ellipsoids are widened in each direction where chords are cut from them. The ellipsoid around a given number of points
  /// falls the shorter of their set the more dimensions there are.
  private var chordMargin: Double { 1.05 + 0.01 * Double(min(dimension, 30)) }

  /// By how much bounds are wider for chains in a set with cliffs, which may end in tips. Points left out of a smooth set are found close to
  /// the bound around the others (1 to 3 % farther out, by 500), those in tips are not (17 % in an eight-dimensional corner with sharp edges
  /// within the prior, where half of the set was lost without this). Farther out than those points there is as much again.
  ///
  /// Sets that the likelihood leaves on a slope are right without, in tips too, but for those that it rises into (``Summit``): chains are drawn
  /// out there by the thresholds before.
  private var widthForTips: Double { min(tips * tips, mostForTips) }
  /// In two dimensions wider bounds cost calls and give little.
  private var mostForTips: Double { min(1 + Double(dimension * dimension) / 32, 2) }
  /// By how much chains are longer there: tips are entered through narrow chords alone, the narrower the more dimensions there are. Set to
  /// have the evidence right in such corners of five to twenty.
  private var lengthForTips: Double {
    let longer = Double(dimension * dimension) / 14 * max(min(tips, 1.25) - Self.smoothReach, 0)
    return min(1 + longer, Self.mostOverFewest)
  }

  /// Likelihood calls of one local slice chain, roughly.
  private var chainCalls: Double { 2.7 * Double(steps(of: .localSlice)) }

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
    note(outcome.travel)
    cliffs += outcome.cliffs
    switch kind {
    case .prior, .uniform, .climb: break
    case .randomWalk:
      // Half of the proposals accepted, as dynesty aims for; steps are small because what is learnt is late by a window.
      let rate = Double(outcome.gains) / Double(max(outcome.gains + outcome.losses, 1))
      scale *= exp(2 * (rate - 0.5) / Double(dimension + window))
    case .localSlice, .axisSlice, .randomSlice, .mixture:
      // As many widenings as contractions.
      let (gains, losses) = (Double(max(outcome.gains, 1)), Double(max(outcome.losses, 1)))
      scale *= exp(log(2 * gains / (gains + losses)) / Double(1 + window))
    }
    scale = min(max(scale, 1e-4), 10)
  }

  /// Adds up the travel in each coordinate, and where points pile up in the logarithm of the distance from there. In an arm along the edge
  /// of the cube chains soon forget where across it they were, and not how far out.
  private mutating func note(_ steps: [Double]) {
    guard steps.count >= dimension else { return }
    for i in 0..<dimension {
      travel[i] += steps[i]
      travel[dimension + i] += steps[i]
    }
    for (coordinate, step) in zip(piles.coordinates, steps[dimension...]) {
      travel[dimension + coordinate] += step - steps[coordinate]
    }
  }

  /// Whether a new bound is due: after as many calls as there are live points for uniform draws, after a third as many
  /// chains for chains. Counts start anew with each answer of yes, and while the cube is good enough.
  mutating func boundIsDue() -> Bool {
    guard kind == .uniform ? calls >= settings.live : 3 * pieces >= settings.live else { return false }
    let efficiency = Double(found) / Double(max(calls, 1))
    if kind != .uniform { calibrate() }
    if kind == .localSlice { hasCliffs = cliffs * Self.callsPerCliff > calls }
    if settings.explorer == .automatic, kind == .uniform, isGuided {
      usesChains = efficiency * chainCalls < 1 || summit.asksForChains
    }
    startCounting()
    return isGuided || efficiency < Self.firstBoundEfficiency
  }

  /// Chooses the length of chains by how far those since the last bound have come: correlations fall off exponentially with it.
  private mutating func calibrate() {
    guard !isLengthGiven, spread != nil, pieces > 0, travel.allSatisfy(\.isFinite) else { return }
    let slower = (0..<dimension).map { min(travel[$0], travel[dimension + $0]) }
    let mean = slower.reduce(0, +) / Double(dimension * pieces)
    let correlation = min(max(1 - mean, 0.01), 0.95)
    let length = length(of: kind)
    var needed = length * log(kind == .randomWalk ? Self.walkAim : Self.aim) / log(correlation)
    let worst = correlationOfWorst()
    if worst > Self.mostInOne { needed = max(needed, length * log(Self.mostInOne) / log(worst)) }
    // Half of the way, as the travel of so few chains is good to a tenth.
    stretch = min(max((stretch * needed).squareRoot(), 1), Self.mostOverFewest)
  }

  /// The least that the correlation of chains' ends can be in the coordinate in which they get along worst.
  private mutating func correlationOfWorst() -> Double {
    for i in travel.indices { pastTravel[i] = 0.7 * pastTravel[i] + travel[i] }
    pastPieces = 0.7 * pastPieces + Double(pieces)
    // Travel is half a square of a normal number, in the mean over so many chains.
    let margin = 1 + 3 * (2 / pastPieces).squareRoot()
    let least = (pastTravel.min() ?? 0) / pastPieces * margin
    return min(max(1 - least, 0.01), 0.97)
  }

  /// Makes ready for a phase that starts on another contour.
  mutating func restart(usingChains: Bool, inCube: Bool) {
    usesChains = usingChains
    if inCube {
      version += 1
      isGuided = false
      bound = .cube
      friends = nil
    }
    startCounting()
    pastTravel = travel
    pastPieces = 0
  }

  private mutating func startCounting() {
    (calls, pieces, found, cliffs) = (0, 0, 0, 0)
    for i in travel.indices { travel[i] = 0 }
  }

  /// - Parameters:
  ///   - points: the live points.
  ///   - logLikelihoods: theirs; none where it does not matter which are the highest.
  ///   - trail: more points above the threshold, on the way of chains. They serve the frames of chains alone, as they are not
  ///     independent.
  ///   - outposts: peaks that chains are to visit.
  ///   - contour: the threshold.
  ///   - highest: the log-likelihood of the highest point.
  mutating func buildBound(
    around points: PointMatrix, _ logLikelihoods: [Double] = [], trail: PointMatrix,
    boundaries: [Parameter.Boundary], outposts: Outposts,
    above contour: Double, highest: Double = -.infinity, seed: UInt64
  ) {
    version += 1
    isGuided = true
    abyss = highest > contour ? contour - Self.cliffOverHeight * max(highest - contour, 1) : -.infinity
    spread = Ellipsoid.metric(
      of: Seam(periodic: boundaries.map { $0 == .periodic }, points: points).turned(points))
    piles = Piles(of: points, boundaries: boundaries)
    if kind == .mixture { population = points }
    guard settings.bound != .none else { return }
    let isUniform = kind == .uniform
    let form = settings.bound
    let hasFriends = form == .balls || form == .cubes || form == .friends
    let bootstraps = settings.bootstraps ?? ownBootstraps
    var around = points
    if !isUniform { for row in 0..<trail.rows { around.append(trail[row: row]) } }
    if !isUniform, form == .multi {
      let few = outposts.members(of: around, above: contour, few: EllipsoidBound.fewest(dimension))
      around = StrayPoints.rest(around, without: Array(few))
    }
    bound = EllipsoidBound(
      around: around, boundaries: boundaries, bootstraps: hasFriends && isUniform ? 0 : bootstraps,
      isSingle: form != .multi, caution: isUniform ? 1 : Self.chainCaution, key: (seed, version))
    friends =
      hasFriends && isUniform
      ? FriendsBound(
        around: points, seam: bound.seam, kind: form, bootstraps: bootstraps,
        enlargement: (settings.enlargement ?? 1) * Double(1 << lengthenings), key: (seed, version)) : nil
    if let spread { summit.look(at: bound.seam.turned(points), logLikelihoods, in: bound, spread: spread) }
    if isUniform, settings.bootstraps == nil { bound.scale(by: pow(bound.widening, powerForTips - 1)) }
    if isUniform, lengthenings > 0 {
      bound.scale(by: pow(2, Double(lengthenings) / Double(dimension)))
    }
    if let enlargement = settings.enlargement {
      bound.scale(by: pow(enlargement, 1 / Double(dimension)))
    } else if kind == .localSlice {
      tips = hasCliffs && settings.bootstraps == nil ? bound.widening : 1
      bound.scale(by: chordMargin * (hasCliffs ? widthForTips / tips : summit.width))
    }
    if form == .multi {
      let seam = bound.seam
      bound.add(outposts.ellipsoids(above: contour, beside: bound.ellipsoids) { seam.turned($0) })
    }
  }

  private var ownBootstraps: Int {
    guard settings.enlargement == nil else { return 0 }
    return switch kind {
    case .uniform: settings.bound == .friends ? 30 : bootstraps
    case .localSlice: hasCliffs ? Self.chainBootstraps : 0
    default: 0
    }
  }
}

extension ExplorerState: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(settings)
    writer.write(dimension)
    writer.write(version)
    writer.write(bound)
    writer.write(friends.map { [$0] } ?? [])
    writer.write(population)
    writer.write(isGuided)
    writer.write(spread.map { [$0] } ?? [])
    writer.write(piles)
    writer.write(travel)
    writer.write(pastTravel)
    writer.write([stretch, pastPieces, tips, abyss])
    writer.write(hasCliffs)
    writer.write(summit)
    writer.write(lengthenings)
    writer.write(scale)
    writer.write(usesChains)
    writer.write([calls, pieces, found, cliffs])
  }

  init(from reader: inout WireReader) throws(WireError) {
    settings = try reader.read()
    dimension = try reader.read()
    version = try reader.read()
    bound = try reader.read()
    friends = try reader.read([FriendsBound].self).first
    population = try reader.read()
    isGuided = try reader.read()
    spread = try reader.read([Ellipsoid].self).first
    piles = try reader.read()
    travel = try reader.read()
    pastTravel = try reader.read()
    let reals = try reader.read([Double].self)
    hasCliffs = try reader.read()
    summit = try reader.read()
    lengthenings = try reader.read()
    guard reals.count == 4, travel.count == 2 * dimension, pastTravel.count == 2 * dimension,
      (0..<32).contains(lengthenings), reals[2].isFinite, reals[2] >= 1
    else { throw WireError("explorer counts are cut short") }
    (stretch, pastPieces, tips, abyss) = (reals[0], reals[1], reals[2], reals[3])
    scale = try reader.read()
    usesChains = try reader.read()
    let counts = try reader.read([Int].self)
    guard counts.count == 4 else { throw WireError("explorer counts are cut short") }
    (calls, pieces, found, cliffs) = (counts[0], counts[1], counts[2], counts[3])
  }
}
