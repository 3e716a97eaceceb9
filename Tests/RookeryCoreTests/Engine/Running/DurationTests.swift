import RookeryCore
import Testing

/// Numbers that cannot be meant are refused by name, and never trap.
struct DurationTests {
  @Test(arguments: ["250ms", "90s", "30m", "2h", "1000", "36500d"]) func times(_ text: String) throws {
    #expect(try parseDuration(text) > 0)
  }

  @Test(arguments: ["", "s", "-1s", "0", "nan", "inf", "1e308d", "1e400s", "5 parsecs", "36600d"])
  func noTimes(_ text: String) {
    let error = #expect(throws: InputError.self) { try parseDuration(text) }
    #expect(error?.description.contains("\"\(text)\"") == true)
  }

  @Test(arguments: ["5ms:1e308", "1e308s", "5ms:nan", "nanms", "5ms:-1", "1e400s:1", "5ms:11"])
  func noCosts(_ text: String) {
    #expect(throws: InputError.self) { try EvaluationCost(text) }
  }

  /// The widest spread there may be gives times that can be slept for, a century at the most.
  @Test func widestCost() throws {
    let cost = try EvaluationCost(mean: 1e8, spread: 10)
    for i in 0..<1000 {
      let seconds = [Double(i)].withUnsafeBufferPointer { cost.seconds(at: $0.span) }
      #expect(seconds >= 0 && seconds.isFinite)
    }
    sleep(seconds: .nan)
    sleep(seconds: -1)
  }
}
