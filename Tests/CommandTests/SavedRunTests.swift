import Foundation
import TestSupport
import Testing

/// The subcommands that work on saved runs, started in another directory.
@Suite(.serialized) struct SavedRunTests {
  private func withRuns(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for seed in ["1", "2"] {
      let run = try ProgramRun(
        "rookery",
        ["run", "gauss5", "--method", "dynesty", "--live", "60", "--seed", seed, "-q", "--out", "s" + seed],
        prefix: ["/usr/bin/env", "-C", directory])
      #expect(run.status == 0, "\(run.errors)")
    }
    try body(directory)
  }

  private func rookery(_ arguments: [String], in directory: String) throws -> ProgramRun {
    try ProgramRun("rookery", arguments, prefix: ["/usr/bin/env", "-C", directory])
  }

  private func object(_ line: String?) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data((line ?? "").utf8)) as? [String: Any])
  }

  @Test(.timeLimit(.minutes(10)))
  func summaryMergeCompareExport() throws {
    try withRuns { directory in
      let summary = try rookery(["summary", "s1"], in: directory)
      #expect(summary.status == 0 && summary.output.first == "gauss5: converged")
      let both = try rookery(["summary", "s1/gauss5", "s2", "--json"], in: directory)
      #expect(both.output.count == 2)
      #expect(try object(both.output.last)["seed"] as? Int == 2)

      let merged = try rookery(["merge", "s1", "s2", "--out", "m", "--json"], in: directory)
      #expect(merged.status == 0, "\(merged.errors)")
      #expect(try object(merged.output.first)["nlive"] as? Int == 120)
      #expect(try rookery(["summary", "m"], in: directory).output.contains { $0.contains("merged from 2") })

      let compared = try rookery(["compare", "s1", "m", "--null", "-30", "--json"], in: directory)
      let models = try #require(try object(compared.output.first)["models"] as? [[String: Any]])
      #expect(models.compactMap { $0["name"] as? String } == ["null", "s1/gauss5", "m"])
      #expect(try rookery(["compare", "s1", "s2"], in: directory).output.first?.hasPrefix("  model") == true)

      let exported = try rookery(
        ["export", "s1", "--format", "polychord,arviz", "--out", "there"], in: directory)
      #expect(exported.status == 0)
      let files = FileManager.default
      #expect(files.fileExists(atPath: directory + "/there/polychord/run_dead-birth.txt"))
      #expect(files.fileExists(atPath: directory + "/there/arviz.nc"))
      // Nothing but what was asked for.
      #expect(
        try files.contentsOfDirectory(atPath: directory + "/there").sorted() == ["arviz.nc", "polychord"])
      #expect(try rookery(["export", "s1", "--format", "bilby"], in: directory).status == 0)
      #expect(files.fileExists(atPath: directory + "/s1/gauss5/bilby_result.json"))

      try refusals(in: directory)
    }
  }

  private func refusals(in directory: String) throws {
    try FileManager.default.createDirectory(
      atPath: directory + "/empty", withIntermediateDirectories: true)
    try Data("no zip".utf8).write(to: URL(fileURLWithPath: directory + "/broken.npz"))
    let cases: [([String], Int32, String)] = [
      (["summary", "nowhere"], 74, "nowhere"), (["summary", "empty"], 65, "no saved run"),
      (["summary"], 64, "dir"), (["summary", "broken.npz"], 65, "zip"),
      (["merge", "s1", "s1", "--out", "m2"], 65, "in common"), (["merge", "s1", "s2"], 64, "--out"),
      (["compare", "s1", "--prior-odds", "1,x"], 65, "x"),
      (["compare", "s1", "--prior-odds", "1,2"], 65, "odds"),
      (["export", "s1", "--format", "hdf"], 64, "hdf"), (["export", "s1"], 64, "--format"),
      (["export", "s1", "s2", "--format", "csv", "--out", "x"], 65, "one run"),
      (["export", "s1", "--format", "csv", "--out", "/proc/no"], 74, "/proc/no"),
      (["run", "gauss5", "--format", "csv"], 64, "--out"),
    ]
    for (arguments, status, named) in cases {
      let run = try rookery(arguments, in: directory)
      #expect(run.status == status, "\(arguments): \(run.status) \(run.errors)")
      #expect(run.errors.first?.contains(named) == true, "\(arguments): \(run.errors)")
      #expect(run.output == [])
    }
  }
}
