import CaseProblems
import Glibc
import Testing

@testable import RookeryCore

/// Small modes far from the others: how their peaks are found, kept in reach of chains, and missed in words.
@Suite struct OutpostsTests {
  private static func problem(
    _ dimension: Int, _ logL: @escaping @Sendable (Span<Double>) -> Double
  ) throws -> Problem {
    try Problem(
      "peak", parameters: (0..<dimension).map { Parameter("x\($0)", .uniform(0, 1)) }, threadSafe: true,
      logLikelihood: logL)
  }

  private static func climb(_ problem: Problem, from start: [Double], points: Int = 500) throws -> Climb.Peak
  {
    let d = problem.dimension
    let spread = try #require(
      Ellipsoid(
        centre: [Double](repeating: 0.5, count: d),
        factor: (0..<d * d).map { $0 / d == $0 % d ? 0.05 : $0 / d > $0 % d ? 0.01 : 0 }))
    let climb = Climb(from: start, in: spread, points: points, periodic: start.map { _ in false })
    let peak = try climb.run(on: Evaluator(problem))
    #expect(peak.calls <= Climb.mostCalls(dimension: d))
    return peak
  }

  @Test func aClimbFindsPeakAndWidths() throws {
    let d = 6
    let problem = try Self.problem(d) { theta in
      var sum = 0.0
      for i in 0..<theta.count {
        let y = (theta[i] - 0.7) / (0.01 * Double(i + 1))
        sum += y * y
      }
      return 3 - sum / 2
    }
    let peak = try Self.climb(problem, from: [Double](repeating: 0.72, count: d))
    #expect(abs(peak.logL - 3) < 0.01)
    for i in 0..<d { #expect(abs(peak.place[i] - 0.7) < 0.1 * 0.01 * Double(i + 1)) }
    let shape = try #require(Ellipsoid(centre: peak.place, factor: peak.factor))
    let right = (1...d).reduce(Ellipsoid.logBallVolume(dimension: d)) { $0 + log(0.01 * Double($1)) }
    #expect(abs(shape.logVolume - right) < 0.7)
  }

  /// Peaks at a wall of the prior, or of the likelihood's own, are seen from one side.
  @Test func aClimbEndsAtAWall() throws {
    let problem = try Self.problem(2) { theta in
      theta[1] < 0.4 ? -.infinity : -0.5 * (pow(theta[0] / 0.02, 2) + pow((theta[1] - 0.4) / 0.02, 2))
    }
    let peak = try Self.climb(problem, from: [0.01, 0.42])
    #expect(peak.logL > -0.2 && peak.factor.count == 4)
  }

  /// On a slope the three points of a parabola lie on a line, but for rounding, which is no sign of a width.
  @Test func whatHasNoPeakIsNoOutpost() throws {
    let slope = try Self.problem(2) { theta in -137.3 * theta[0] - 411.7 * theta[1] }
    var outposts = Outposts(periodic: [false, false])
    for i in 0..<100 {
      outposts.note(try Self.climb(slope, from: [0.4 + 0.005 * Double(i), 0.93 - 0.003 * Double(i)]))
    }
    #expect(outposts.known.isEmpty)
  }

  /// What is infinitely high at a face of the cube looks narrower from each step nearer: nowhere has it the width of a normal, and the
  /// evidence of one as high and as wide as it looks from afar would be more than all there is.
  @Test func aCuspIsNoMode() throws {
    let d = 3
    let cusp = try Self.problem(d) { theta in
      var sum = 0.0
      for i in 0..<theta.count { sum -= 0.8 * log(theta[i]) }
      return sum
    }
    let whole = Double(d) * log(1 / 0.2)
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 93), index: 0)
    for _ in 0..<400 {
      let peak = try Self.climb(cusp, from: (0..<d).map { _ in pow(10, -0.5 - 5.5 * stream.uniform()) })
      var outposts = Outposts(periodic: [Bool](repeating: false, count: d))
      outposts.note(peak)
      for top in outposts.known { #expect(top.logZ < whole - log(2.0)) }
    }
  }

  /// A peak far narrower than the first steps is as wide from near as from far.
  @Test func aNarrowPeakKeepsItsWidths() throws {
    let narrow = try Self.problem(1) { theta in -0.5 * pow((theta[0] - 0.7) / 1e-8, 2) }
    let peak = try Self.climb(narrow, from: [0.7001])
    #expect(peak.factor.count == 1 && abs(peak.factor[0] - 1e-8) < 1e-10)
  }

  /// A shell is as high all along, and each slope leads to a top of its own there: none holds more than a small part of it.
  @Test func aPlaceOnARidgeIsNoMode() throws {
    let d = 10
    let (radius, width) = (2.0 / 12, 0.1 / 12)
    let shell = try Self.problem(d) { theta in
      var square = 0.0
      for i in 0..<theta.count { square += (theta[i] - 0.5) * (theta[i] - 0.5) }
      return -0.5 * pow((square.squareRoot() - radius) / width, 2)
    }
    // The surface of the ball times the width.
    let whole =
      Ellipsoid.logBallVolume(dimension: d) + log(Double(d)) + Double(d - 1) * log(radius)
      + log(width * (2 * Double.pi).squareRoot())
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 92), index: 0)
    var direction = [Double](repeating: 0, count: d)
    for _ in 0..<50 {
      direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      let peak = try Self.climb(shell, from: direction.map { 0.5 + 0.19 * $0 })
      var outposts = Outposts(periodic: direction.map { _ in false })
      outposts.note(peak)
      for top in outposts.known { #expect(top.logZ < whole + log(0.05)) }
      outposts = Outposts(periodic: direction.map { _ in false })
      outposts.note(peak, contour: 0, logZ: whole)
      #expect(outposts.known.isEmpty)
    }
  }

  /// Of slopes left behind those count that lead to a part of the evidence.
  @Test func whatWasLeftBehindMustHoldSomething() {
    let peak = Climb.Peak(
      place: [0.8, 0.8], logL: 3, first: -20, factor: [0.01, 0, 0, 0.01], calls: 10)
    let own = 3 + log(2 * Double.pi * 1e-4)
    func count(_ logZ: Double, contour: Double = -10) -> Int {
      var outposts = Outposts(periodic: [false, false])
      outposts.note(peak, contour: contour, logZ: logZ)
      return outposts.known.count
    }
    #expect(count(own + log(50)) == 1 && count(own + log(200)) == 0)
    // A point that is still alive is worth an ellipsoid of its own whatever it leads to.
    #expect(count(own + log(200), contour: -30) == 1)
  }

  /// Climbs from what was left behind end when they have come to nothing new often enough, and those from points that are alive do not.
  @Test func lookingBackHasAnEnd() {
    var outposts = Self.outpost(at: 0.5, 2)
    outposts.note(calls: 1_000_000)
    for _ in 0..<6 {
      #expect(outposts.mayLookBack)
      outposts.note(.init(place: [0.5, 0.5], logL: 0, factor: [0.01, 0, 0, 0.01], calls: 10))
    }
    #expect(!outposts.mayLookBack && outposts.mayClimb)
    outposts.note(.init(place: [0.9, 0.5], logL: 0, factor: [0.01, 0, 0, 0.01], calls: 10))
    #expect(outposts.mayLookBack)
    outposts.note(.init(place: [0.9, 0.5], logL: 0, factor: [], calls: 40_000))
    #expect(!outposts.mayClimb && !outposts.mayLookBack)
  }

  private static func outpost(at place: Double, _ dimension: Int) -> Outposts {
    var outposts = Outposts(periodic: [Bool](repeating: false, count: dimension))
    outposts.note(
      .init(
        place: [Double](repeating: place, count: dimension), logL: 0,
        factor: (0..<dimension * dimension).map { $0 / dimension == $0 % dimension ? 0.01 : 0 }, calls: 10))
    return outposts
  }

  @Test func anEllipsoidIsAddedWhereNoneIs() throws {
    let outposts = Self.outpost(at: 0.8, 3)
    func bound(_ radius: Double, at place: Double) throws -> EllipsoidBound {
      let shape = Ellipsoid(
        centre: [Double](repeating: place, count: 3),
        factor: [radius, 0, 0, 0, radius, 0, 0, 0, radius])
      return EllipsoidBound(ellipsoids: [try #require(shape)])
    }
    // Five nats below the peak it is √10 standard deviations wide, and a fifth more.
    let added = try #require(outposts.ellipsoids(above: -5, beside: bound(0.1, at: 0.3).ellipsoids).first)
    #expect(abs(added.factor[0] - 0.01 * 10.0.squareRoot() * 1.2) < 1e-9)
    #expect(try outposts.ellipsoids(above: 1, beside: bound(0.1, at: 0.3).ellipsoids).isEmpty)
    // One that has the peak for itself is as good; a large one hides it.
    #expect(try outposts.ellipsoids(above: -5, beside: bound(0.05, at: 0.8).ellipsoids).isEmpty)
    #expect(try outposts.ellipsoids(above: -5, beside: bound(0.3, at: 0.8).ellipsoids).count == 1)
  }

  @Test func itsFewPointsAreLeftOutOfTheOthersShape() {
    let outposts = Self.outpost(at: 0.8, 2)
    var points = PointMatrix(columns: 2)
    for i in 0..<100 { points.append([0.3 + 0.001 * Double(i), 0.3]) }
    for _ in 0..<5 { points.append([0.8, 0.81]) }
    #expect(outposts.members(of: points, above: -5, few: 12) == Set(100..<105))
    #expect(outposts.members(of: points, above: -5, few: 5).isEmpty)
    #expect(outposts.members(of: points, above: 1, few: 12).isEmpty)
  }

  /// Beyond the end of a periodic coordinate the mode goes on: its points there are its own, and its peak is found once.
  @Test func aModeOnTheSeamIsOne() {
    var outposts = Outposts(periodic: [true, false])
    for x in [0.001, 0.999] {
      outposts.note(.init(place: [x, 0.5], logL: 0, factor: [0.01, 0, 0, 0.01], calls: 1))
    }
    #expect(outposts.known.count == 1)
    var points = PointMatrix(columns: 2)
    for i in 0..<100 { points.append([0.3 + 0.001 * Double(i), 0.3]) }
    for x in [0.99, 0.01] { points.append([x, 0.5]) }
    #expect(outposts.members(of: points, above: -5, few: 12) == [100, 101])
    outposts.note(calls: 1000)
    #expect(outposts.start(among: [101, 100], of: points, above: -5) == nil)
    #expect(outposts.start(among: [101, 0], of: points, above: -5) == 0)
  }

  /// A piece that climbs stands for no live point: what is alive is counted without it.
  @Test func aClimbIsNoLivePoint() throws {
    var sampler = NestedSampler(
      settings: NestedSettings(), seed: 1, boundaries: [.open, .open], derivedCount: 0)
    sampler.cube.append([0.8, 0.8])
    sampler.logL.append(0)
    sampler.strays = [0]
    let first = sampler.nextClimb()
    let climb = try #require(first)
    #expect(climb.kind == .climb && climb.start == [0.8, 0.8])
    #expect(sampler.out == 1 && sampler.placesOut == 0)
    // Nobody climbs from the same point twice.
    let second = sampler.nextClimb()
    #expect(second == nil)
    var outcome = NestedOutcome()
    outcome.peak = [.init(place: [0.81, 0.8], logL: 1, factor: [0.01, 0, 0, 0.01], calls: 15)]
    outcome.calls = 15
    sampler.absorbOne(outcome, of: climb)
    #expect(sampler.out == 0 && sampler.outposts.known.count == 1 && sampler.logL.count == 1)
  }

  /// Of a peak on a wall a half is cut off, in a corner three quarters.
  @Test func whatWallsCutOffDoesNotCount() {
    func logZ(_ place: [Double], periodic: Bool = false) -> Double {
      var outposts = Outposts(periodic: [false, periodic])
      outposts.note(.init(place: place, logL: 0, factor: [0.01, 0, 0, 0.01], calls: 1))
      return outposts.known[0].logZ
    }
    let whole = log(2 * Double.pi * 1e-4)
    #expect(abs(logZ([0.5, 0.5]) - whole) < 1e-9)
    #expect(abs(logZ([0.001, 0.5]) - whole + log(2)) < 1e-9)
    #expect(abs(logZ([0.001, 0.999]) - whole + log(4)) < 1e-9)
    #expect(abs(logZ([0.5, 0.999], periodic: true) - whole) < 1e-9)
  }

  /// Two modes in six dimensions, the narrower one with four of a thousand prior draws and three of the live points when they part: without
  /// an ellipsoid of its own half of all runs by live points lose it. By bounds all do, and half where no climb starts from a point left
  /// behind.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [(Method.nested(.init()), "unequal:6:1"), (.importanceNested(.init()), "unequal:6:0.25")]
      + ["unequal:6:1", "seam:6"].map { (.importanceNested(.init()), $0) })
  func aSmallModeLives(_ method: Method, _ name: String) throws {
    let asked = try CaseProblem.named(name)
    let logZ = try #require(asked.logZ)
    for seed in 1...6 as ClosedRange<UInt64> {
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (seed, false)
      let result = try sample(asked.problem(), by: method, settings: settings)
      // With one mode alone ln Z is off by 0.2 or more.
      #expect(abs(result.evidence.logZ - logZ) < 4 * result.evidence.error)
      // In the second coordinate the narrow one is at 0.75, by its evidence of the whole.
      let share = 1 - exp(-logZ)
      let broad = name == "seam:6" ? 0.4 : 0.3
      #expect(abs(result.marginals()[1].mean - (broad + (0.75 - broad) * share)) < 0.07)
    }
  }

  @Test func aModeThatIsGoneIsSaid() throws {
    func lost(_ sampler: NestedSampler) -> Finding? {
      sampler.record().findings.first { $0.code == "mode-died" }
    }
    var sampler = NestedSampler(
      settings: NestedSettings(), seed: 1, boundaries: [.open, .open], derivedCount: 0)
    // A normal of width 0.05 around 0.3, its points in the order of their likelihood.
    for i in 1...1000 {
      let radius = 0.3 * pow(1 - 1 / 200.0, Double(i)).squareRoot()
      sampler.cube.append([0.3 + radius * cos(Double(i)), 0.3 + radius * sin(Double(i))])
      sampler.logL.append(-0.5 * pow(radius / 0.05, 2))
      sampler.births.append(i <= 200 ? -.infinity : sampler.logL[i - 201])
      sampler.families.append(i <= 200 ? i - 1 : sampler.families[i - 201])
    }
    #expect(lost(sampler) == nil)
    // Its evidence is 2π · 0.05² over the prior's π · 0.3², 0.056; that of a peak as high and a fifth as wide in the unit square 0.0006.
    sampler.outposts = Self.outpost(at: 0.8, 2)
    #expect(lost(sampler) == nil)
    sampler.outposts.note(.init(place: [0.8, 0.2], logL: 2, factor: [0.01, 0, 0, 0.01], calls: 10))
    let finding = try #require(lost(sampler))
    #expect(finding.message.contains("(0.800, 0.200)"))
    #expect(finding.message.contains("8 % of the evidence"))
    // One that has its points in the result is not lost.
    sampler.outposts = Outposts(periodic: [false, false])
    sampler.outposts.note(.init(place: [0.3, 0.3], logL: 0, factor: [0.05, 0, 0, 0.05], calls: 10))
    #expect(lost(sampler) == nil)
  }
}
