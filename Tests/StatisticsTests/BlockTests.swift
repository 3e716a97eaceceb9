import Foundation
import ReferenceProblems
import TestSupport
import Testing

/// Likelihoods that are asked for blocks of 64 points, over ten seeds: as right as with points one by one, for as many points.
@Suite(.serialized, .enabled(if: Report.path != nil))
struct BlockTests {
  private struct Line: Decodable, Sendable {
    let logz: Double
    let logzErr: Double
    let nLike: Int
    let likeS: Double
    let ending: String
  }

  private static let seeds = 10
  /// The price of a block, of one point or many: ten times what 64 points cost beside it.
  private static let seconds = 2e-4

  private func runs(_ problem: String, _ method: String, block: Int) throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found = onAllCores(Self.seeds) { index -> Line? in
      let run = try ProgramRun(
        "CaseProbe", ["--method", method, "--json", "-q", "--pool", "serial", "--seed", "\(index + 1)"],
        environment: ["CASE": problem, "BLOCK": "\(block)", "BLOCK_SECONDS": "\(Self.seconds)"], limit: 900)
      return try run.output.first.map { try decoder.decode(Line.self, from: Data($0.utf8)) }
    }
    return found.compactMap { $0 ?? nil }
  }

  @Test(.timeLimit(.minutes(30)), arguments: ["gauss10", "shells2"], ["nautilus", "dynesty"])
  func blocksChangeNothingButTheTime(_ name: String, _ method: String) throws {
    let known = try ReferenceProblem.named(name).knownLogZ
    let (one, many) = (try runs(name, method, block: 1), try runs(name, method, block: 64))
    #expect(many.count == Self.seeds && many.allSatisfy { $0.ending == "converged" })
    let pulls = Statistics(many.map { ($0.logz - known) / $0.logzErr })
    let calls = Statistics(many.map { Double($0.nLike) })
    let callsAlone = Statistics(one.map { Double($0.nLike) })
    let (like, likeAlone) = (perCall(many), perCall(one))
    let row =
      "| \(name) | \(method) | \(fixed(calls.mean / callsAlone.mean, 3)) | \(fixed(likeAlone / like, 1)) "
      + "| \(fixed(pulls.mean, 2, sign: true)) | \(fixed(pulls.deviation, 2)) |"
    Report.add(
      row,
      heading: """
        | blocks of 64 | method | calls, over those one by one | time a call, one by one over it | mean pull | pulls |
        |---|---|--:|--:|--:|--:|
        """)
    let label = Comment(rawValue: row)
    let scatter = (calls.standardError + callsAlone.standardError) / callsAlone.mean
    #expect(calls.mean / callsAlone.mean < 1.03 + 2 * scatter, label)
    #expect(abs(pulls.mean) < 3 * pulls.standardError && pulls.deviation < 1.6, label)
    // Exploration in two dimensions asks for few points at a time.
    if name == "gauss10", method == "nautilus" { #expect(likeAlone / like > 40, label) }
  }

  private func perCall(_ lines: [Line]) -> Double {
    lines.reduce(0) { $0 + $1.likeS } / Double(max(lines.reduce(0) { $0 + $1.nLike }, 1))
  }
}
