import CaseProblems
import RookeryCore
import Testing

/// Users' situations in which runs once stopped too soon, lost a mode or quoted too small an error, over many seeds.
///
/// The bands: the mean error of log Z within 3 standard errors, where runs end converged; pulls with a standard deviation of less than
/// 1.5; posterior means and deviations, where they are known, within 3 standard errors and 3 %.
@Suite(.serialized, .enabled(if: Report.path != nil))
struct StoppingStatistics {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let seeds: Int
    /// The widest that pulls may be spread.
    var widest = 1.5
    /// A finding that each run must have.
    var finding: String?
    var byBounds = false
    /// Runs that may have lost a mode, as too few of their first draws were near it for any climb: these are counted, and not in the bands.
    var mostLost = 0

    var testDescription: String { byBounds ? name + ", bounds" : name }
  }

  static let cases = [
    Case(name: "floor:0.0035", seeds: 20), Case(name: "floor:0.0035:-1e30", seeds: 20),
    Case(name: "floor:0.0035:-500", seeds: 20), Case(name: "floor:0.0003", seeds: 20),
    Case(name: "half:-1e50", seeds: 40), Case(name: "ball:2:3", seeds: 40),
    Case(name: "ball:5:1.5", seeds: 40),
    Case(name: "period", seeds: 40), Case(name: "funnel:20", seeds: 20),
    Case(name: "funnel:4", seeds: 40), Case(name: "funnel:5", seeds: 40), Case(name: "funnel:6", seeds: 40),
    Case(name: "funnel:8", seeds: 40), Case(name: "funnel:12", seeds: 20),
    Case(name: "unequal:2:0.25", seeds: 40),
    Case(name: "unequal:5:1", seeds: 20), Case(name: "unequal:6:0.25", seeds: 20),
    Case(name: "unequal:8:1", seeds: 20), Case(name: "seam:6", seeds: 20),
    Case(name: "unequal:6:1", seeds: 160, byBounds: true, mostLost: 2),
    Case(name: "unequal:6:0.25", seeds: 20, byBounds: true),
    Case(name: "seam:6", seeds: 40, byBounds: true, mostLost: 2),
    Case(name: "funnel:3", seeds: 40, byBounds: true), Case(name: "funnel:4", seeds: 40, byBounds: true),
    Case(name: "funnel:8", seeds: 10, byBounds: true),
    Case(name: "modes", seeds: 10),
    Case(name: "edge:2", seeds: 40), Case(name: "edge:3", seeds: 40), Case(name: "edge:8", seeds: 20),
    Case(name: "edge:3:0.3", seeds: 40), Case(name: "edge:5:0.3", seeds: 40),
    Case(name: "edge:8:0.3", seeds: 40),
    Case(name: "edge:12:0.3", seeds: 10), Case(name: "edge:20:0.3", seeds: 6),
    Case(name: "diamond:2", seeds: 40), Case(name: "box:3", seeds: 40),
    Case(name: "noisy:0.5", seeds: 20, finding: "noisy-likelihood"),
  ]

  static let heading = """
    | case | seeds | converged | error of log Z | in standard errors | scatter / quoted | pulls | means off \
    | widths off | calls |
    |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
    """

  private struct Line: Sendable {
    let error: Double
    let quoted: Double
    let mean: Double
    let deviation: Double
    let calls: Double
    let findings: [String]
  }

  @Test(.timeLimit(.minutes(60)), arguments: cases)
  func isRight(_ asked: Case) throws {
    let known = try CaseProblem.named(asked.name)
    let logZ = try #require(known.logZ)
    let all = onAllCores(asked.seeds) { index -> Line? in
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (UInt64(index + 1), false)
      let method: Method = asked.byBounds ? .importanceNested(.init()) : .nested(.init())
      let result = try sample(known.problem(), by: method, settings: settings)
      guard result.ending == .converged else { return nil }
      let first = result.marginals()[0]
      return Line(
        error: result.evidence.logZ - logZ, quoted: result.evidence.error, mean: first.mean,
        deviation: first.deviation, calls: Double(result.statistics.calls),
        findings: result.findings().map(\.code))
    }.compactMap { $0 ?? nil }
    try #require(all.count == asked.seeds, "every run converges")
    let lines = asked.mostLost > 0 ? all.filter { $0.error > -0.5 } : all
    let lost = all.count - lines.count
    try #require(lost <= asked.mostLost, "\(lost) of \(all.count) have lost a mode")
    let errors = Statistics(lines.map(\.error))
    let pulls = Statistics(lines.map { $0.error / $0.quoted })
    let meanOff = known.means.map { means in Statistics(lines.map { $0.mean - means[0] }) }
    let widthOff = known.deviations.map { widths in Statistics(lines.map { $0.deviation / widths[0] - 1 }) }
    let cells = [
      asked.testDescription + (lost > 0 ? ", \(lost) lost" : ""), "\(asked.seeds)", "\(all.count)",
      fixed(errors.mean, 4, sign: true) + " ± " + fixed(errors.standardError, 4),
      fixed(errors.mean / errors.standardError, 1, sign: true),
      fixed(errors.deviation / Statistics(lines.map(\.quoted)).mean, 2), fixed(pulls.deviation, 2),
      meanOff.map { fixed($0.mean, 3, sign: true) } ?? "",
      widthOff.map { fixed(100 * $0.mean, 1, sign: true) + " %" } ?? "",
      "\(Int(Statistics(lines.map(\.calls)).median))",
    ]
    let row = "| " + cells.joined(separator: " | ") + " |"
    Report.add(row, heading: Self.heading)
    let label = Comment(rawValue: row)
    #expect(abs(errors.mean) < 3 * errors.standardError, label)
    #expect(pulls.deviation < asked.widest, label)
    if let meanOff { #expect(abs(meanOff.mean) < 3 * meanOff.standardError, label) }
    if let widthOff {
      #expect(abs(widthOff.mean) < max(0.03, 3 * widthOff.standardError), label)
    }
    if let finding = asked.finding { #expect(lines.allSatisfy { $0.findings.contains(finding) }, label) }
  }
}
