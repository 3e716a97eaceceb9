import Foundation
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct OutputTests {
  private func result(_ ending: Int? = nil) throws -> RunResult {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.maxCalls = ending
    var nested = NestedSettings()
    nested.live = 50
    return try sample(ReferenceProblem.named("gauss5").problem, by: .nested(nested), settings: settings)
  }

  @Test func jsonHasEveryFieldOfTheContract() throws {
    let json = try #require(try result().json())
    #expect(!json.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let fields = [
      "schema", "engine", "version", "problem", "dim", "seed", "status", "nlive", "n_like", "like_s",
      "wall_s",
      "cpu_s", "logz", "logz_err", "err_kind", "ess", "ess_per_call", "information", "post_mean", "post_std",
      "max_rss_mb", "ranks", "window", "pool", "busy", "ending", "digest", "findings",
    ]
    for field in fields { #expect(object[field] != nil && !(object[field] is NSNull), "\(field)") }
    // Those of methods with gradients and chains are there and say that this one has none.
    let none = ["n_grad", "ess_bulk", "ess_tail", "rhat", "divergences", "chains", "draws"]
    for field in none { #expect(object[field] is NSNull, "\(field)") }
    let evidences = try #require(object["evidences"] as? [[String: Any]])
    #expect(evidences.count == 1 && evidences[0]["value"] as? Double == object["logz"] as? Double)
    #expect(evidences[0]["error"] as? Double == object["logz_err"] as? Double)
    #expect(evidences[0]["kind"] as? String == "simulated-volumes")
    #expect((object["post_mean"] as? [Double])?.count == 5)
    #expect(object["status"] as? String == "ok")
  }

  @Test func unfinishedRunSaysSo() throws {
    let result = try result(500)
    #expect(try #require(result.summaryText()).contains("NOT converged"))
    #expect(try #require(result.json()).contains("\"status\":\"stopped\""))
  }

  @Test func filesAreWhole() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let result = try result()
    let place = try OutputDirectory(path: directory, part: "a b")
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: directory + "/a b").sorted()
    }
    try place.write(result)
    #expect(try files() == ["samples.npz", "summary.json"])
    try place.write(result, formats: [.csv])
    #expect(try files() == ["samples.csv", "samples.npz", "summary.json"])
    let lines = try String(contentsOfFile: directory + "/a b/samples.csv", encoding: .utf8).split(
      separator: "\n")
    #expect(lines.count == result.samples.rows + 1)
    #expect(lines[0] == "weight,logl,logl_birth,theta0,theta1,theta2,theta3,theta4")
    let weights = lines.dropFirst().compactMap { $0.split(separator: ",").first.flatMap { Double($0) } }
    #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
  }

  @Test func unwritableDirectory() {
    #expect(throws: OutputError.self) { try OutputDirectory(path: "/proc/rookery") }
  }

  @Test(arguments: [
    ("0.5", "0.50"), ("-0.004", "0.00"), ("12.345", "12.35"), ("-3", "-3.00"), ("nan", "nan"),
  ])
  func fixedDecimals(_ text: String, _ expected: String) throws {
    #expect(fixed(try #require(Double(text)), 2) == expected)
  }

  @Test func quantilesOfWeightedValues() {
    let values = [3.0, 1, 2, 4]
    let even = RunResult.quantiles([0, 0.5, 1], of: values, [1, 1, 1, 1])
    #expect(even == [1, 2.5, 4])
    #expect(RunResult.quantiles([0.5], of: values, [0, 1, 0, 0]) == [1])
    #expect(RunResult.quantiles([0.5], of: [], [])[0].isNaN)
  }

  @Test(arguments: [("90s", 90), ("30m", 1800), ("2h", 7200), ("250ms", 0.25), ("5", 5)])
  func durations(_ text: String, _ seconds: Double) throws {
    #expect(try parseDuration(text) == seconds)
  }

  @Test(arguments: ["", "h", "-3s", "0", "5 parsecs", "nan", "infm"])
  func noDurations(_ text: String) {
    #expect(throws: InputError.self) { try parseDuration(text) }
  }
}
