import Foundation
import Testing

@testable import RookeryCore

/// Findings are values until somebody reads them.
@Suite struct FindingTests {
  /// The codes of all findings that the core makes.
  private static func codes() throws -> Set<String> {
    let core = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/RookeryCore").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil))
    var codes: Set<String> = [Finding.evidenceLeft]
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /\bFinding\(\s*(?:code: )?"([a-z-]+)"/) { codes.insert(String(match.1)) }
    }
    return codes
  }

  /// Also of one whose numbers have been lost, which any file may have done.
  @Test func everyFindingHasASentence() throws {
    let codes = try Self.codes()
    #expect(codes.count >= 20)
    for code in codes {
      let sentence = Finding(code).sentence
      #expect(sentence != nil, "\(code)")
      let odd = Finding(code, .warning, ["draws": 1e300, "found": -.infinity, "share": .nan])
      #expect(!odd.message.isEmpty)
    }
    #expect(Finding("of-the-future").sentence == nil)
  }

  @Test func numbersAndSettingsAreInTheWords() {
    let tail = Finding(
      "heavy-tail", .failure, ["pareto_k": 0.913, "weights": 812, "limit": 0.7],
      remedies: [.method.set(to: "nested")])
    #expect(tail.message.contains("k = 0.91 of 812 weights, above 0.70"))
    #expect(tail.message.hasSuffix("use method nested"))
    let flat = Finding("flat-likelihood", .warning, ["draws": 900, "log_l": -3, "one_in": 300])
    #expect(flat.message.contains("all 900 points") && flat.message.contains("1 in 300"))
    let unknown = Finding("of-the-future", .note, ["k": 2, "l": .infinity], remedies: [.live])
    #expect(unknown.message == "of-the-future: k 2, l inf; see live")
  }

  private func saved(_ finding: Finding) throws -> Finding {
    try Finding(SummaryReader(JSON(parsing: finding.json.text)))
  }

  @Test func savedFindingsComeBack() throws {
    let known = Finding(
      "insertion-ranks", .warning, ["p": 1e-5, "over_whole_run": 1, "odd": -.infinity],
      remedies: [.slices, .method.set(to: "nested")])
    #expect(try saved(known) == known)
    try expectSurvival(of: known)
    // Nothing to count, but a sentence of its own.
    #expect(try saved(Finding("nothing-to-ask", .failure)) == Finding("nothing-to-ask", .failure))
  }

  /// A run that is stuck says why, in numbers too, when it is loaded again.
  @Test func reasonsComeBackWithTheirRun() throws {
    let reason = Finding(
      "poor-outlook", .failure, ["efficiency": 1e-3, "calls_left": 1e7, "calls_of_live_points": 2e5],
      remedies: [.method.set(to: "nested")])
    var result = try MadeResult.importance(logLikelihoods: [1, 2], ratios: [0, 0])
    result.head.ending = .stuck(reason)
    result.head.findings = [Finding("chains-lengthened", .note, ["times": 4]), reason]
    try inTemporaryDirectory { directory in
      try result.write(to: directory)
      let loaded = try RunResult(contentsOf: directory)
      #expect(loaded.ending == .stuck(reason) && loaded.head.findings == result.head.findings)
      let text = try #require(loaded.summaryText())
      #expect(text.contains("NOT converged: a draw from the fitted density is worth 1.0e-3 independent ones"))
      #expect(text.contains("note: new points did not come in evenly") && text.contains("WARNING: a draw"))
    }
  }

  /// What 0.1.0 saved has words alone, and what a later version finds has words that this one does not know.
  @Test func wordsStayWhereThereIsNoSentence() throws {
    let old = try Finding(SummaryReader(JSON(parsing: #"{"code":"heavy-tail","message":"k = 0.9"}"#)))
    #expect(old.message == "k = 0.9" && old.severity == .warning && old.numbers.isEmpty)
    #expect(try saved(old) == old)
    let later = try Finding(
      SummaryReader(
        JSON(
          parsing:
            #"{"code":"of-the-future","message":"m","severity":"note","numbers":{"k":2},"remedies":[{"setting":"live","value":null}]}"#
        )))
    #expect(
      later.message == "m" && later.severity == .note && later.number("k") == 2 && later.remedies == [.live])
    #expect(try saved(later) == later)
    #expect(throws: WireError.self) {
      try Finding(SummaryReader(JSON(parsing: #"{"code":"c","message":"m","numbers":{"k":"two"}}"#)))
    }
    #expect(throws: WireError.self) { try Finding(SummaryReader(JSON(parsing: #"{"code":"c"}"#))) }
  }
}
