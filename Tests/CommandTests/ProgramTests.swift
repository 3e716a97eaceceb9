import Foundation
import TestSupport
import Testing

/// Programs of one's own: what `launch` makes of their command line, and how they end.
@Suite(.serialized) struct ProgramTests {
  private static let quick = ["--method", "nautilus", "--target-ess", "500", "-q"]
  private static let ranks: [Int?] = ProgramRun.mpirun == nil ? [nil] : [nil, 3]

  private func probe(_ arguments: [String], as kind: String = "", ranks: Int? = nil) throws -> ProgramRun {
    try ProgramRun("ProgramProbe", arguments, ranks: ranks, environment: ["PROBE": kind])
  }

  private func objects(_ run: ProgramRun) throws -> [[String: Any]] {
    try run.output.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: ranks)
  func jsonIsOneLineAProblem(_ ranks: Int?) throws {
    let run = try probe(["one", "two", "three", "--json"] + Self.quick, ranks: ranks)
    #expect(run.status == 0 && run.errors == [], "\(run.errors)")
    #expect(try objects(run).compactMap { $0["problem"] as? String } == ["one", "two", "three"])
    let told = try probe(["one", "two"] + Self.quick, ranks: ranks)
    #expect(told.output.filter { $0.hasSuffix(": converged") } == ["one: converged", "two: converged"])
    #expect(told.output.contains { $0.hasPrefix("  model") })
  }

  @Test(.timeLimit(.minutes(10)))
  func minimalPrintsJSON() throws {
    let run = try ProgramRun("minimal", ["--json"] + Self.quick)
    #expect(try objects(run).map { $0["problem"] as? String } == ["line"])
  }

  @Test(.timeLimit(.minutes(10)))
  func codesOfTheProgramAndOfItsRuns() throws {
    for (arguments, status) in [
      ([], 0), (["--code", "7"], 7), (["--code", "9", "--throwing"], 9), (["--throwing"], 0),
      (["--max-calls", "100"], 2), (["--max-calls", "100", "--code", "7"], 7),
      (["--max-calls", "100", "--throwing"], 2), (["--nonsense"], 64), (["--live", "1"], 65),
    ] as [([String], Int32)] {
      let run = try probe(arguments + Self.quick)
      #expect(run.status == status, "\(arguments): \(run.errors)")
    }
    #expect(try probe(["--throwing", "--code", "3"] + Self.quick).errors == [])
  }

  @Test(.timeLimit(.minutes(10)))
  func optionsOfARunAmongOnesOwn() throws {
    let run = try probe(["--width", "2", "--seed", "4", "--json"] + Self.quick, as: "group")
    let line = try #require(try objects(run).first)
    #expect(line["width"] as? Double == 2 && line["seed"] as? Int == 4 && line["samples"] as? Int ?? 0 > 100)
    let wrong = try probe(["--width", "-1"], as: "group")
    #expect(wrong.status == 64 && wrong.errors.first?.contains("--width") == true, "\(wrong.errors)")
    let clash = try probe([], as: "clash")
    #expect(clash.status == 65 && clash.errors.first?.contains("--seed") == true, "\(clash.errors)")
    let twice = try probe(["--json"] + Self.quick, as: "twice")
    #expect(twice.status == 65 && twice.errors.first?.contains("\"logz\"") == true && twice.output == [])
  }

  @Test(.timeLimit(.minutes(10)))
  func helpNamesTheProgram() throws {
    let help = try probe(["--help"])
    #expect(help.status == 0)
    #expect(help.output.first == "OVERVIEW: Samples problems that are called as asked.")
    #expect(help.output.contains { $0.hasPrefix("USAGE: ProgramProbe ") })
    #expect(help.output.contains { $0.contains("--code") } && help.output.contains { $0.contains("--pool") })
    let wrong = try probe(["--seed", "-1"])
    #expect(wrong.status == 64 && wrong.output == [])
    #expect(wrong.errors.first?.hasPrefix("rookery: error: ") == true)
    #expect(wrong.errors.contains { $0.contains("ProgramProbe --help") }, "\(wrong.errors)")
    #expect(!wrong.errors.contains { $0.contains("'run ") })
    let script = try probe(["--generate-completion-script", "bash"])
    #expect(
      script.output.contains("complete -o filenames -F _ProgramProbe ProgramProbe"),
      "\(script.output.last ?? "")")
  }
}
