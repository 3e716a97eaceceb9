import CaseProblems
import Glibc
import Testing

@testable import RookeryCore

/// Values that most of the prior shares.
@Suite struct LowestPlateauTests {
  private static func run(
    _ name: String, seed: UInt64, live: Int = 500, _ change: (inout NestedSettings) -> Void = { _ in }
  ) throws -> (result: RunResult, pull: Double) {
    let asked = try CaseProblem.named(name)
    var settings = RunSettings()
    (settings.seed, settings.showsProgress) = (seed, false)
    var nested = NestedSettings()
    nested.live = live
    change(&nested)
    let result = try sample(asked.problem(), by: .nested(nested), settings: settings)
    return (result, (result.evidence.logZ - (asked.logZ ?? 0)) / result.evidence.error)
  }

  @Test func plateausAreFoundAtTheLowerEndAlone() {
    func find(_ parts: [(Double, Int)]) -> Double? {
      LowestPlateau.find(parts.flatMap { [Double](repeating: $0.0, count: $0.1) })
    }
    let slope = (0..<100).map { (Double($0), 1) }
    #expect(find(slope) == nil)
    #expect(find([(-745, 100)]) == -745)
    #expect(find([(-745, 97), (1, 1), (2, 1), (3, 1)]) == -745)
    // Enough above to go on from.
    #expect(find([(-745, 90)] + slope[..<10]) == nil)
    // Two numbers that stand for zero; the higher one counts.
    #expect(find([(-1e30, 50), (-745, 49), (0, 1)]) == -745)
    #expect(find([(-1e30, 20), (-745, 40)] + slope[..<40]) == nil)
    // A top that is flat is no place where points know nothing: there is a slope below it.
    #expect(find(slope[..<50] + [(1000, 50)]) == nil)
    #expect(find([]) == nil)
  }

  /// log L is one number but for a sliver of the prior.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: ["floor:0.0035", "floor:0.0035:-1e30", "floor:0.005:-1e100", "floor:0.01:-500"])
  func aSliverAboveAFloor(_ name: String) throws {
    for seed in 1...3 {
      let (result, pull) = try Self.run(name, seed: UInt64(seed))
      #expect(result.ending == .converged && abs(pull) < 3.5, "\(name), seed \(seed): \(pull)")
      #expect(result.evidence.error < 0.2 && result.findings().isEmpty)
    }
  }

  /// Where the sliver is thinner than draws can gather all live points the others are found above the plateau.
  @Test(.timeLimit(.minutes(10)), arguments: ["floor:0.0003", "sliver:0.0003"])
  func aSliverTooThinForDraws(_ name: String) throws {
    let (result, pull) = try Self.run(name, seed: 2, live: 200)
    #expect(result.ending == .converged && abs(pull) < 3.5, "\(pull)")
  }

  /// A number that stands for zero is the foot of a cliff for chains, in every batch of a dynamic run from its first bound on.
  @Test(.timeLimit(.minutes(10))) func batchesKnowTheFootOfCliffs() throws {
    let problem = try Problem(
      "corner", parameters: ["x", "y"].map { Parameter($0, .uniform(0, 1)) }
    ) { theta in
      guard theta[0] > 0.3, theta[1] > 0.3 else { return -1e30 }
      return -50 * (theta[0] + theta[1])
    }
    var settings = NestedSettings()
    (settings.live, settings.isDynamic, settings.targetEffectiveSize, settings.batch) = (100, true, 3000, 20)
    var sampler = try NestedSampler(problem: problem, settings: settings, seed: 3)
    let evaluator = Evaluator(problem)
    var (pieces, seen): ([NestedPiece], Set<Int>) = ([], [])
    for _ in 0..<20_000 where seen.count < 2 {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() { pieces.append(piece) }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      let context = sampler.context
      if sampler.dynamic.batches > 0, piece.threshold > -1e29, seen.insert(sampler.dynamic.batches).inserted {
        #expect(context.abyss > -1e30 && context.abyss < piece.threshold)
      }
      sampler.absorb(try piece.perform(with: context, on: evaluator), of: piece)
    }
    #expect(seen.count == 2)
  }

  /// Batches of a dynamic run know of the plateau.
  @Test(.timeLimit(.minutes(10))) func batchesAboveAPlateau() throws {
    let (result, pull) = try Self.run("floor:0.02", seed: 4, live: 200) {
      ($0.isDynamic, $0.targetError, $0.targetEffectiveSize) = (true, 0.12, 3000)
    }
    #expect(result.ending == .converged && abs(pull) < 3.5 && result.effectiveSampleSize > 2900)
  }

  @Test func nothingAboveIsSaid() throws {
    let (result, _) = try Self.run("flat:-745", seed: 1, live: 100)
    guard case .stuck(let reason) = result.ending else {
      Issue.record("\(result.ending)")
      return
    }
    #expect(reason.message.contains("none of 4000 points") && reason.number("log_l") == -745)
    // Where a few were found it tells how many.
    let (few, _) = try Self.run("floor:0.0001", seed: 1, live: 30)
    guard case .stuck(let fewReason) = few.ending else {
      Issue.record("\(few.ending)")
      return
    }
    #expect([30_000, 1200].contains(fewReason.number("draws")))
  }

  /// A likelihood of one is a run without data: right, converged and nothing to say.
  @Test(arguments: ["flat:0", "flat:3"]) func oneValueEverywhere(_ name: String) throws {
    let (result, _) = try Self.run(name, seed: 1, live: 100)
    let value = try #require(CaseProblem.named(name).logZ)
    #expect(result.ending == .converged && abs(result.evidence.logZ - value) < 1e-3)
    #expect(result.findings().map(\.code) == (value == 0 ? [] : ["flat-likelihood"]))
    let (dynamic, _) = try Self.run(name, seed: 1, live: 50) {
      ($0.isDynamic, $0.targetEffectiveSize) = (true, 4000)
    }
    #expect(dynamic.ending == .converged && abs(dynamic.evidence.logZ - value) < 1e-2)
  }

  @Test(
    .timeLimit(.minutes(10)), arguments: ["half:-1e50", "half:-745", "ball:2:3", "ball:5:1.5", "ball:2:1.2"])
  func halvesAndSteps(_ name: String) throws {
    var sum = 0.0
    for seed in 1...4 {
      let (result, pull) = try Self.run(name, seed: UInt64(seed))
      #expect(result.ending == .converged)
      sum += pull
    }
    #expect(abs(sum / 2) < 3.5, "\(sum)")
  }
}
