import Foundation
import TestSupport
import Testing

/// An option that is read and forgotten looks like one that works: here each must change the samples.
@Suite(.serialized) struct OptionEffectTests {
  private static let nested = ["--method", "dynesty", "--live", "40"]
  private static let dynamic = nested + ["--dynamic", "--target-ess", "400"]
  private static let shells = ["--method", "nautilus", "--target-ess", "800"]

  private static let groups: [[[String]]] = [
    [
      nested, nested + ["--seed", "2"], ["--method", "dynesty", "--live", "41"], nested + ["--window", "7"],
      nested + ["--dlogz", "0.002"], nested + ["--deletions", "4"], nested + ["--enlarge", "3"],
      nested + ["--bootstrap", "20"], nested + ["--bound", "balls"], nested + ["--bound", "none"],
      nested + ["--max-calls", "700"],
    ],
    [
      nested + ["--explorer", "rwalk"], nested + ["--explorer", "rwalk", "--walks", "11"],
      nested + ["--explorer", "rslice"], nested + ["--explorer", "rslice", "--slices", "7"],
      nested + ["--explorer", "slice"], nested + ["--explorer", "mixture"], nested + ["--explorer", "local"],
      nested + ["--explorer", "local", "--slices", "9"],
    ],
    [
      dynamic, dynamic + ["--batch", "20"], dynamic + ["--posterior-share", "0.3"],
      nested + ["--dynamic", "--target-ess", "700"], nested + ["--target-error", "0.2"],
      nested + ["--target-error", "0.15"],
    ],
    [
      shells, shells + ["--seed", "2"], shells + ["--live", "300"], shells + ["--networks", "0"],
      shells + ["--window", "8"], shells + ["--dlogz", "1e-4"],
      ["--method", "nautilus", "--target-ess", "1200"],
    ],
  ]

  @Test(.timeLimit(.minutes(10)), arguments: groups) func everyOptionHasAnEffect(_ runs: [[String]]) throws {
    var seen: [String: [String]] = [:]
    for options in runs {
      let run = try ProgramRun("rookery", ["run", "gauss5", "--json", "-q", "--pool", "serial"] + options)
      // Runs of so few points need not converge.
      #expect(
        options.contains("--max-calls") ? run.status == 2 : [0, 2].contains(run.status),
        "\(options): \(run.errors)")
      let line = Data((run.output.first ?? "").utf8)
      let fields = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any], "\(options)")
      let digest = try #require(fields["digest"] as? String)
      #expect(seen[digest] == nil, "\(options) is as \(seen[digest] ?? [])")
      seen[digest] = options
    }
  }
}
