import ReferenceProblems
import Testing

/// Many seeds of each sampler on each reference problem. Long, so only for `make test-statistics`.
///
/// The bands: the mean error of log Z within 3 standard errors of zero; pulls with a standard deviation of 0.78
/// to 1.24 over 100 seeds or more and 0.6 to 1.45 over fewer; posterior means within 0.03 widths and widths
/// within 3 %, or 3 standard errors where those are larger; p-values of the insertion ranks uniform at the level
/// 0.001.
@Suite(.serialized, .enabled(if: Report.path != nil))
struct EvidenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let problem: String
    let arguments: [String]
    let seeds: Int
    /// Whether the sampler may say that it does not get on.
    let mayGiveUp: Bool
    /// Whether only the evidence is judged, as means and widths are known to be off.
    let isEvidenceAlone: Bool

    init(
      _ problem: String, _ arguments: String, seeds: Int, mayGiveUp: Bool = false,
      isEvidenceAlone: Bool = false
    ) {
      self.problem = problem
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.seeds = seeds
      self.mayGiveUp = mayGiveUp
      self.isEvidenceAlone = isEvidenceAlone
    }

    var testDescription: String { problem + " " + arguments.joined(separator: " ") }
  }

  static let small = [
    "gauss5", "gauss10", "shells2", "shells10", "eggbox2", "plateau4", "loggamma10", "banana10",
  ]
  static let large = ["gauss20", "gauss30", "funnel20"]

  static let cases =
    small.map { Case($0, "--method dynesty", seeds: $0 == "gauss10" ? 200 : 100) }
    // A third of the posterior lies in an end of the valley that is a five-hundredth of the volume on the way there: of 500 live points
    // one is left in it, or none, and its width comes out 9 % short.
    + [
      Case("rosenbrock10", "--method dynesty", seeds: 100, isEvidenceAlone: true),
      Case("rosenbrock10", "--method dynesty --live 2000", seeds: 30),
    ]
    + large.map { Case($0, "--method dynesty", seeds: 20) }
    + (small + ["rosenbrock10"]).map { Case($0, "--method nautilus", seeds: 30) }
    + large.map { Case($0, "--method nautilus", seeds: 5, mayGiveUp: true) }

  @Test(.timeLimit(.minutes(60)), arguments: cases)
  func agreesWithWhatIsKnown(_ asked: Case) throws {
    let found = try Calibration(problem: asked.problem, arguments: asked.arguments, seeds: asked.seeds)
    Report.add(found.row, heading: Calibration.heading)
    let label = Comment(rawValue: found.row)
    #expect(found.lines.count + (asked.mayGiveUp ? found.gaveUp : 0) == asked.seeds, label)
    guard found.lines.count > 2 else { return }

    #expect(abs(found.errors.mean) < 3 * found.errors.standardError, label)
    let band = found.lines.count >= 100 ? 0.78...1.24 : 0.6...1.45
    // Over a handful of seeds a standard deviation says little.
    if found.lines.count >= 10 { #expect(band.contains(found.pulls.deviation), label) }
    if !asked.isEvidenceAlone, let offset = found.meanOffset {
      #expect(abs(offset.value) < max(0.03, 3 * offset.error), label)
    }
    if !asked.isEvidenceAlone, let offset = found.widthOffset {
      #expect(abs(offset.value) < max(0.03, 3 * offset.error), label)
    }
    if asked.arguments.contains("dynesty") {
      #expect(found.insertion.count == found.lines.count, label)
      #expect(Statistics(found.insertion).chanceIfUniform > 0.001, label)
    }
  }
}
