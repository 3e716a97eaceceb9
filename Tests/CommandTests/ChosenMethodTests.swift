import ArgumentParser
import Rookery
import Testing

/// Which method the options of a command line ask for.
@Suite struct ChosenMethodTests {
  private func method(_ options: String...) throws -> Method { try RunOptions.parse(options).chosenMethod() }

  private func complaint(_ options: String...) throws -> String {
    let error = #expect(throws: InputError.self) { try RunOptions.parse(options).chosenMethod() }
    return error?.description ?? ""
  }

  @Test func noneLeavesItToTheProblem() throws {
    for method in [try method(), try method("--method", "auto"), try method("--seed", "3")] {
      guard case .automatic = method else {
        Issue.record("\(method)")
        continue
      }
    }
  }

  @Test func aSizeOfTheSampleLeavesItToTheProblem() throws {
    for method in [
      try method("--target-ess", "300"), try method("--target-ess", "300", "--method", "auto"),
    ] {
      guard case .automaticFor(effectiveSize: 300) = method else {
        Issue.record("\(method)")
        continue
      }
    }
  }

  @Test func aSizeOfTheSampleMakesLivePointsDynamic() throws {
    guard case .nested(let plain) = try method("--method", "dynesty", "--live", "70"),
      case .nested(let aimed) = try method("--method", "dynesty", "--target-ess", "300"),
      case .importanceNested(let shells) = try method("--method", "nautilus", "--target-ess", "300")
    else {
      Issue.record("another method than the one named")
      return
    }
    #expect(!plain.isDynamic && plain.targetEffectiveSize == nil && plain.live == 70)
    #expect(aimed.isDynamic && aimed.targetEffectiveSize == 300)
    #expect(shells.targetEffectiveSize == 300)
  }

  /// What only one method has chooses it, beside `--live` and `--window` too.
  @Test(arguments: [
    ["--explorer", "slice"], ["--walks", "9"], ["--slices", "9"], ["--bound", "none"],
    ["--bootstrap", "5"], ["--enlarge", "2"], ["--deletions", "2"], ["--dynamic"], ["--target-error", "0.1"],
    ["--batch", "30"], ["--posterior-share", "0.3"],
  ])
  func settingsOfLivePointsChooseThem(_ options: [String]) throws {
    for others in [[], ["--live", "60"], ["--window", "3"], ["--target-ess", "300"]] {
      guard case .nested = try RunOptions.parse(options + others).chosenMethod() else {
        Issue.record("\(options + others)")
        continue
      }
    }
    let error = #expect(throws: InputError.self) {
      try RunOptions.parse(options + ["--method", "nautilus"]).chosenMethod()
    }
    #expect(
      error?.description.contains("\(options[0]) belongs to --method nested, not to importance") == true)
  }

  /// Both stop by the evidence that is left; by itself it is asked of live points.
  @Test func remainingEvidenceIsForBoth() throws {
    guard case .nested(let nested) = try method("--dlogz", "0.1"),
      case .importanceNested(let shells) = try method("--dlogz", "0.1", "--method", "nautilus")
    else {
      Issue.record("not the methods asked for")
      return
    }
    #expect(nested.remainingEvidence == 0.1 && shells.remainingEvidence == 0.1)
  }

  @Test func settingsOfShellsChooseThem() throws {
    guard case .importanceNested(let shells) = try method("--networks", "0", "--live", "60") else {
      Issue.record("not shells")
      return
    }
    #expect(shells.networks == 0 && shells.live == 60)
    #expect(try complaint("--networks", "1", "--method", "dynesty").contains("--networks belongs to"))
    #expect(try complaint("--networks", "1", "--dynamic").contains("not to --dynamic"))
  }

  /// The same word means 500 live points to one method and 400 to the other: which is meant must be said.
  @Test(arguments: zip(["--live", "--window"], [["500", "400"], ["31", "64"]]))
  func sharedWordsNeedAMethod(_ option: String, _ defaults: [String]) throws {
    for others in [[], ["--method", "auto"], ["--target-ess", "300"]] {
      let error = #expect(throws: InputError.self) {
        try RunOptions.parse([option, "50"] + others).chosenMethod()
      }
      let words = error?.description ?? ""
      #expect(words.hasPrefix(option), "\(words)")
      #expect(words.contains("--method nested (") && words.contains("default \(defaults[0])"), "\(words)")
      #expect(words.contains("--method importance (") && words.contains("default \(defaults[1])"), "\(words)")
    }
  }
}
