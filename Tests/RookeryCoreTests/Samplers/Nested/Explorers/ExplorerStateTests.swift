import Glibc
import Testing

@testable import RookeryCore

/// Which explorer is at work, when a bound is due and how steps grow: by counts of what came back alone.
@Suite struct ExplorerStateTests {
  private func state(
    _ explorer: NestedSettings.Explorer = .automatic, dimension: Int = 2, live: Int = 90,
    _ change: (inout NestedSettings) -> Void = { _ in }
  ) -> ExplorerState {
    var settings = NestedSettings()
    (settings.live, settings.explorer) = (live, explorer)
    change(&settings)
    return ExplorerState(settings: settings, dimension: dimension)
  }

  private func outcome(
    calls: Int, isFound: Bool = true, gains: Int = 0, losses: Int = 0, travel: Double = 0
  ) -> NestedOutcome {
    var outcome = NestedOutcome()
    outcome.cube = isFound ? [0.5, 0.5] : []
    (outcome.calls, outcome.gains, outcome.losses, outcome.travel) = (calls, gains, losses, [travel, travel])
    return outcome
  }

  /// Puts the explorer behind a bound around points of a disc.
  private func guide(_ state: inout ExplorerState) {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 5), index: 0)
    let points = PointMatrix(columns: 2, values: (0..<180).map { _ in 0.4 + 0.2 * stream.uniform() })
    state.buildBound(
      around: points, trail: PointMatrix(columns: 2), boundaries: [.open, .open],
      outposts: Outposts(periodic: []), above: -.infinity, seed: 1)
  }

  /// Points on both sides of a seam lie close together. Taken as they stand in the cube their scatter would make all travel seem short, and
  /// chains four times as long as need be.
  @Test func scatterIsNotTornApartByASeam() throws {
    var state = state()
    var stream = RandomStream(seed: 2, purpose: .init(rawValue: 5), index: 0)
    var points = PointMatrix(columns: 2)
    for _ in 0..<200 {
      let x = 0.01 * stream.normal()
      points.append([x - x.rounded(.down), 0.5 + 0.01 * stream.normal()])
    }
    state.buildBound(
      around: points, trail: PointMatrix(columns: 2), boundaries: [.periodic, .open],
      outposts: Outposts(periodic: [true, false]), above: -.infinity, seed: 1)
    let spread = try #require(state.spread)
    #expect(abs(spread.factor[0] / 0.01 - 1) < 0.2)
  }

  /// Where chains fall off cliffs, points in the tips of a corner are left out far outside of the bound around the others: chains there are
  /// longer and their bounds wider, up to a limit, after a resume too, but not longer than the user has said. Around a ball nothing of that
  /// is to be seen, and without cliffs nobody looks.
  @Test func tipsBesideCliffsLengthenChainsAndWidenTheirBounds() throws {
    func guided(
      octant: Bool, cliffs: Int = 3, _ change: @escaping (inout NestedSettings) -> Void = { _ in }
    ) -> ExplorerState {
      var state = state(.localSlice, dimension: 8, live: 500, change)
      var stream = RandomStream(seed: 3, purpose: .init(rawValue: 5), index: 0)
      var points = PointMatrix(columns: 8)
      var direction = [Double](repeating: 0, count: 8)
      for _ in 0..<500 {
        direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
        let radius = 0.1 * pow(stream.uniform(), 0.125)
        points.append(direction.map { 0.4 + radius * (octant ? abs($0) : $0) })
      }
      func build() {
        state.buildBound(
          around: points, trail: PointMatrix(columns: 8),
          boundaries: [Parameter.Boundary](repeating: .open, count: 8), outposts: Outposts(periodic: []),
          above: -2, highest: 3, seed: 1)
      }
      build()
      for _ in 0..<200 {
        var chain = outcome(calls: 40, travel: 0.6)
        (chain.cliffs, chain.travel) = (cliffs, [Double](repeating: 0.6, count: 8))
        state.learn(from: chain, isInitial: false, window: 5)
      }
      #expect(state.boundIsDue() == true)
      build()
      return state
    }
    let (corner, ball) = (guided(octant: true), guided(octant: false))
    let plain = guided(octant: true, cliffs: 1)
    let fewest = state(.localSlice, dimension: 8).steps(of: .localSlice)
    #expect(corner.abyss == -2 - 30 * 5 && corner.hasCliffs && !plain.hasCliffs)
    #expect(corner.tips > 1.15 && corner.steps(of: .localSlice) > fewest * 5 / 4)
    #expect(ball.hasCliffs && ball.tips < 1.1 && ball.steps(of: .localSlice) <= fewest * 6 / 5)
    #expect(plain.tips == 1 && plain.steps(of: .localSlice) == fewest)
    let wider = (corner.bound.logVolume - plain.bound.logVolume) / 8
    #expect(abs(wider - min(2 * log(corner.tips), log(1.5))) < 1e-9)
    #expect(guided(octant: true) { $0.slices = 7 }.steps(of: .localSlice) == 7)
    #expect(guided(octant: true) { $0.bootstraps = 0 }.tips == 1)
    #expect(corner.strengthened().hasCliffs)
    var writer = WireWriter()
    writer.write(corner)
    var reader = WireReader(writer.bytes)
    let read = try reader.read(ExplorerState.self)
    #expect(read == corner && read.steps(of: .localSlice) == corner.steps(of: .localSlice))
  }

  /// Where the likelihood rises into a tip, draws give way to chains, which are longer there and have wider bounds, after a resume too, but
  /// are not longer than the user has said.
  @Test func summitsInTipsAreLeftToLongChains() throws {
    func guided(
      _ explorer: NestedSettings.Explorer, upwards: Bool,
      _ change: @escaping (inout NestedSettings) -> Void = { _ in }
    ) -> ExplorerState {
      var state = state(explorer, dimension: 5, live: 500, change)
      for round in 0..<8 {
        var stream = RandomStream(seed: 3, purpose: .init(rawValue: 5), index: UInt64(round))
        var (points, logL) = (PointMatrix(columns: 5), [Double]())
        var axis = [Double](repeating: 0, count: 4)
        for _ in 0..<500 {
          axis.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
          let height = pow(stream.uniform(), 0.2)
          let width = 0.1 * height * pow(stream.uniform(), 0.25)
          points.append(axis.map { 0.5 + width * $0 } + [0.2 + 0.5 * height])
          logL.append(upwards ? -height : -width / height - abs(height - 0.8))
        }
        state.buildBound(
          around: points, logL, trail: PointMatrix(columns: 5),
          boundaries: [Parameter.Boundary](repeating: .open, count: 5), outposts: Outposts(periodic: []),
          above: -2, highest: 3, seed: 1)
        if round == 6 {
          var found = outcome(calls: 2)
          found.travel = [Double](repeating: 0.6, count: 5)
          for _ in 0..<500 { state.learn(from: found, isInitial: false, window: 5) }
          #expect(state.boundIsDue() == true)
        }
      }
      return state
    }
    let (drawn, plain) = (guided(.automatic, upwards: true), guided(.automatic, upwards: false))
    #expect(drawn.kind == .localSlice && plain.kind == .uniform)
    let (up, down) = (guided(.localSlice, upwards: true), guided(.localSlice, upwards: false))
    #expect(up.summit.width > 1.5 && down.summit.width == 1, "\(up.summit) \(down.summit)")
    let wider = (up.bound.logVolume - down.bound.logVolume) / 5
    #expect(abs(wider - log(up.summit.width)) < 1e-9)
    let fewest = state(.localSlice, dimension: 5).steps(of: .localSlice)
    #expect(down.steps(of: .localSlice) == fewest)
    #expect(up.steps(of: .localSlice) == Int((Double(fewest) * up.summit.length).rounded()))
    #expect(guided(.localSlice, upwards: true) { $0.slices = 7 }.steps(of: .localSlice) == 7)
    var writer = WireWriter()
    writer.write(up)
    var reader = WireReader(writer.bytes)
    #expect(try reader.read(ExplorerState.self) == up)
  }

  /// In few dimensions draws are made from a bound wider than left-out points ask for, in more from just that, and from what the user says.
  @Test(arguments: [(3, nil, 1.25), (4, nil, 1.25), (5, nil, 1), (3, 20, 1)] as [(Int, Int?, Double)])
  func boundsOfDrawsReachIntoTips(_ dimension: Int, _ bootstraps: Int?, _ power: Double) throws {
    var state = state(.uniform, dimension: dimension) { $0.bootstraps = bootstraps }
    var stream = RandomStream(seed: 4, purpose: .init(rawValue: 5), index: 0)
    let values = (0..<200 * dimension).map { _ in 0.4 + 0.2 * stream.uniform() }
    let points = PointMatrix(columns: dimension, values: values)
    let boundaries = [Parameter.Boundary](repeating: .open, count: dimension)
    state.buildBound(
      around: points, trail: PointMatrix(columns: dimension), boundaries: boundaries,
      outposts: Outposts(periodic: []), above: -.infinity, seed: 1)
    let tight = EllipsoidBound(around: points, boundaries: boundaries, bootstraps: 0, key: (1, 1))
    #expect(state.bound.widening > 1.02)
    let wider = (state.bound.logVolume - tight.logVolume) / Double(dimension)
    #expect(abs(wider - power * log(state.bound.widening)) < 1e-9)
  }

  @Test func beginsInTheCube() {
    let state = state()
    #expect(state.kind == .uniform && state.bound.isCube && state.version == 0)
  }

  @Test(
    arguments: [
      (NestedSettings.Explorer.uniform, NestedPiece.Kind.uniform), (.randomWalk, .randomWalk),
      (.axisSlice, .axisSlice), (.randomSlice, .randomSlice), (.mixture, .mixture),
      (.localSlice, .localSlice),
      (.automatic, .uniform),
    ] as [(NestedSettings.Explorer, NestedPiece.Kind)])
  func eachExplorerHasItsPiece(_ explorer: NestedSettings.Explorer, _ kind: NestedPiece.Kind) {
    var state = state(explorer)
    #expect(state.kind == .uniform)
    guide(&state)
    #expect(state.kind == kind && state.version == 1 && !state.bound.isCube)
    #expect((state.population.rows > 0) == (kind == .mixture))
  }

  @Test func stepsOfEachKind() {
    let state = state(dimension: 5)
    #expect(state.steps(of: .prior) == 1 && state.steps(of: .uniform) == 64)
    #expect(state.steps(of: .randomWalk) == 25)
    for kind in [NestedPiece.Kind.axisSlice, .randomSlice, .mixture] { #expect(state.steps(of: kind) == 10) }
    let own = self.state(dimension: 5) { ($0.slices, $0.walkSteps) = (7, 8) }
    #expect(own.steps(of: .randomWalk) == 8)
    for kind in [NestedPiece.Kind.axisSlice, .randomSlice, .mixture, .localSlice] {
      #expect(own.steps(of: kind) == 7)
    }
  }

  /// In the cube a bound is due once fewer than a tenth of the draws are above the threshold, looked at after as many calls as
  /// there are live points.
  @Test func theFirstBoundComesWhereTheCubeIsTooWide() {
    var state = state()
    for _ in 0..<10 { state.learn(from: outcome(calls: 50), isInitial: true, window: 5) }
    #expect(state.boundIsDue() == false)
    for _ in 0..<9 { state.learn(from: outcome(calls: 9), isInitial: false, window: 5) }
    #expect(state.boundIsDue() == false)
    state.learn(from: outcome(calls: 9), isInitial: false, window: 5)
    // 10 of 90: good enough, and counted anew.
    #expect(state.boundIsDue() == false)
    for _ in 0..<8 { state.learn(from: outcome(calls: 11), isInitial: false, window: 5) }
    #expect(state.boundIsDue() == false)
    state.learn(from: outcome(calls: 11), isInitial: false, window: 5)
    // 9 of 99.
    #expect(state.boundIsDue() == true)
  }

  /// A piece that ended without a call, as the bound lies outside the cube, counts as all its tries in vain.
  @Test func piecesThatFoundNothingAreNoSignOfEfficiency() {
    var state = state(live: 200)
    for _ in 0..<4 { state.learn(from: outcome(calls: 0, isFound: false), isInitial: false, window: 5) }
    #expect(state.boundIsDue() == true)
  }

  /// Chains take over once a draw that is kept costs more calls than a chain.
  @Test func chainsTakeOverWhereUniformDrawsAreDear() {
    func isChains(after calls: Int) -> Bool {
      var state = state()
      guide(&state)
      for _ in 0..<10 { state.learn(from: outcome(calls: calls), isInitial: false, window: 5) }
      #expect(state.boundIsDue() == true)
      return state.kind == .localSlice
    }
    #expect(!isChains(after: 9) && isChains(after: 60))
  }

  @Test func boundsOfChainsAreDueAfterAThirdOfTheLivePoints() {
    var state = state(.localSlice)
    guide(&state)
    for _ in 0..<29 { state.learn(from: outcome(calls: 40, travel: 0.6), isInitial: false, window: 5) }
    #expect(state.boundIsDue() == false)
    state.learn(from: outcome(calls: 40, travel: 0.6), isInitial: false, window: 5)
    #expect(state.boundIsDue() == true)
    #expect(state.boundIsDue() == false)
  }

  /// Chains that hardly get along are made longer, to a limit; those that lose all memory shorter, to the fewest.
  @Test func slicesFollowTheTravel() {
    func steps(_ travel: Double, rounds: Int = 1) -> Int {
      var state = state(.localSlice)
      guide(&state)
      for _ in 0..<rounds {
        for _ in 0..<30 { state.learn(from: outcome(calls: 40, travel: travel), isInitial: false, window: 5) }
        _ = state.boundIsDue()
      }
      return state.steps(of: .localSlice)
    }
    let fewest = state(.localSlice).steps(of: .localSlice)
    #expect(steps(0.99) == fewest)
    #expect(steps(0.1) > fewest && steps(0.1, rounds: 3) > steps(0.1))
    #expect(steps(0.02, rounds: 20) > 4 * fewest && steps(0.02, rounds: 40) == steps(0.02, rounds: 20))
  }

  /// Coordinates that move freely do not hide one that is stuck.
  @Test func theWorstCoordinateCounts() {
    func steps(_ travel: [Double], _ explorer: NestedSettings.Explorer) -> Int {
      var state = state(explorer)
      guide(&state)
      for _ in 0..<20 {
        for _ in 0..<30 {
          var chain = outcome(calls: 40)
          chain.travel = travel
          state.learn(from: chain, isInitial: false, window: 5)
        }
        _ = state.boundIsDue()
      }
      return state.steps(of: state.kind)
    }
    for explorer in [NestedSettings.Explorer.localSlice, .axisSlice, .randomSlice, .mixture, .randomWalk] {
      let fewest = steps([1, 1], explorer)
      #expect(steps([1.4, 0.6], explorer) == fewest)
      #expect(steps([1.4, 0.05], explorer) > 4 * fewest)
    }
  }

  /// A run that begins anew has chains of twice the usual length, also where less was asked for, and bounds of twice the volume.
  @Test func aStrengthenedStateHasLongerChains() {
    let (own, usual) = (state(.randomWalk) { $0.walkSteps = 8 }, state(.localSlice))
    #expect(own.strengthened().steps(of: .randomWalk) == 44)
    let next = usual.strengthened()
    #expect(next.steps(of: .localSlice) == 2 * usual.steps(of: .localSlice))
    #expect(next.version == usual.version + 1 && next.kind == .uniform && next.lengthenings == 1)
    func logVolume(_ times: Int) -> Double {
      var state = state(.uniform) { ($0.bootstraps, $0.bound) = (0, .single) }
      for _ in 0..<times { state = state.strengthened() }
      guide(&state)
      return state.bound.logVolume
    }
    #expect(abs(logVolume(2) - logVolume(0) - log(4)) < 1e-9)
  }

  /// Half of the proposals of a walk are to be accepted; brackets of a slice are to be widened as often as narrowed.
  @Test func stepsGrowOrShrinkTowardsTheirAim() {
    func scale(_ explorer: NestedSettings.Explorer, _ gains: Int, _ losses: Int) -> Double {
      var state = state(explorer)
      guide(&state)
      state.learn(from: outcome(calls: 1, gains: gains, losses: losses), isInitial: false, window: 8)
      return state.scale
    }
    #expect(abs(scale(.randomWalk, 3, 1) - exp(2 * 0.25 / 10)) < 1e-12)
    #expect(abs(scale(.randomWalk, 1, 3) - exp(-2 * 0.25 / 10)) < 1e-12)
    #expect(scale(.randomWalk, 2, 2) == 1)
    for explorer in [NestedSettings.Explorer.axisSlice, .randomSlice, .mixture, .localSlice] {
      #expect(abs(scale(explorer, 30, 10) - exp(log(1.5) / 9)) < 1e-12)
      #expect(scale(explorer, 10, 30) < 1 && scale(explorer, 10, 10) == 1)
    }
    #expect(scale(.uniform, 10, 30) == 1)
  }

  @Test func stepsStayWithinReason() {
    var (small, large) = (state(.randomWalk), state(.randomWalk))
    guide(&small)
    guide(&large)
    for _ in 0..<1000 {
      small.learn(from: outcome(calls: 1, losses: 10), isInitial: false, window: 1)
      large.learn(from: outcome(calls: 1, gains: 10), isInitial: false, window: 1)
    }
    #expect(small.scale == 1e-4 && large.scale == 10)
  }

  /// An enlargement asked for is one of the volume.
  @Test func enlargementsAreOfTheVolume() {
    func logVolume(_ enlargement: Double?) -> Double {
      var state = state(.uniform) { ($0.enlargement, $0.bootstraps, $0.bound) = (enlargement, 0, .single) }
      guide(&state)
      return state.bound.logVolume
    }
    #expect(abs(logVolume(3) - logVolume(1) - log(3)) < 1e-9)
  }

  @Test func aPhaseThatBeginsAnewInTheCubeHasAVersionOfItsOwn() {
    var state = state()
    guide(&state)
    state.restart(usingChains: true, inCube: true)
    #expect(state.version == 2 && state.bound.isCube && state.kind == .uniform)
    guide(&state)
    #expect(state.version == 3 && state.kind == .localSlice)
    state.restart(usingChains: false, inCube: false)
    #expect(state.version == 3 && !state.bound.isCube && state.kind == .uniform)
  }

  @Test func everyPartComesBackFromItsBytes() throws {
    var state = state(.mixture)
    guide(&state)
    state.learn(from: outcome(calls: 11, gains: 4, losses: 2, travel: 0.3), isInitial: false, window: 5)
    try expectSurvival(of: state)
  }
}
