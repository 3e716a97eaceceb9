import Foundation
import TestSupport
import Testing

/// Every example, alone and on 2 and 3 ranks: the same output each time, printed once.
@Suite(.serialized) struct ExampleTests {
  private static let ranks: [Int?] = ProgramRun.mpirun == nil ? [nil] : [nil, 1, 2, 3]

  private func table(_ run: ProgramRun) -> [String] {
    // The lines with times and the pool, and with the directory, differ from run to run.
    run.output.filter { !$0.contains(" busy ") && !$0.hasPrefix("report: ") }
  }

  @Test(.timeLimit(.minutes(10)))
  func minimal() throws {
    let runs = try Self.ranks.map { try ProgramRun("minimal", ["-q"], ranks: $0) }
    for run in runs {
      #expect(run.status == 0)
      #expect(run.errors == [])
      #expect(run.output.count { $0.hasPrefix("  slope") } == 1)
      #expect(table(run) == table(runs[0]))
    }
  }

  /// Few live points, to be quick: enough to find both planets.
  @Test(.timeLimit(.minutes(20)))
  func exoplanet() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let arguments = ["-q", "--method", "dynesty", "--live", "60", "--seed", "2", "--out"]
    let runs = try Self.ranks.suffix(3).map {
      try ProgramRun("exoplanet", arguments + [directory + "/\($0 ?? 0)"], ranks: $0, limit: 600)
    }
    // The curve is predicted on all ranks, the same on each number of them.
    let curves = try Self.ranks.suffix(3).map {
      try String(contentsOfFile: directory + "/\($0 ?? 0)/two-planets/velocities.csv", encoding: .utf8)
    }
    #expect(curves.allSatisfy { $0 == curves[0] } && curves[0].split(separator: "\n").count > 100)
    for (run, ranks) in zip(runs, Self.ranks.suffix(3)) {
      let page = directory + "/\(ranks ?? 0)/two-planets/report.html"
      #expect(run.output.count { $0 == "report: " + page } == 1)
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("id=\"data-and-model\""))
    }
    let compared = try ProgramRun(
      "rookery", ["compare", directory + "/\(Self.ranks.last.flatMap { $0 } ?? 0)"])
    #expect(compared.output.filter { $0.hasPrefix("  ") } == runs[0].output.filter { $0.hasPrefix("  ") })
    for run in runs {
      #expect(run.status == 0)
      #expect(run.output.count { $0.hasPrefix("  two-planets ") } == 1)
      #expect(run.output.contains { $0.hasPrefix("P_c") && $0.contains("75.") })
      #expect(table(run) == table(runs[0]))
    }
  }

  /// What is computed at draws is the same on any number of ranks and on processes, and so are the files.
  @Test(.timeLimit(.minutes(10)))
  func schools() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let places: [(ranks: Int?, pool: [String])] =
      Self.ranks.map { ($0, []) } + [(nil, ["--pool", "processes:2"]), (nil, ["--pool", "spawned:2"])]
    // Few live points, to be quick.
    let arguments = ["-q", "--method", "dynesty", "--live", "60", "--seed", "2", "--out"]
    var files: [Data] = []
    for (i, place) in places.enumerated() {
      let own = directory + "/\(i)"
      let run = try ProgramRun("schools", arguments + [own] + place.pool, ranks: place.ranks)
      #expect(run.status == 0 && run.errors == [], "\(run.errors)")
      #expect(run.output.count { $0.contains(": elpd_loo = ") } == 3)
      #expect(run.output.count { $0.contains(" beside partly: ") } == 2, "\(run.output)")
      files.append(try Data(contentsOf: URL(fileURLWithPath: own + "/partly/arviz.nc")))
      #expect(files[i] == files[0] && files[0].count > 100_000, "\(place)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func optionsOfAUsersProgram() throws {
    let help = try ProgramRun("minimal", ["--help"])
    #expect(help.status == 0)
    #expect(help.output.contains { $0.contains("--pool") })
    let json = try ProgramRun("minimal", ["--seed", "3", "--pool", "threads:2", "-q"])
    #expect(json.status == 0)
    #expect(try ProgramRun("minimal", ["--seed", "x"]).status == 64)
  }
}
