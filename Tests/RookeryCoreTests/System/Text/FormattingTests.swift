import RookeryCore
import Testing

@Suite struct FormattingTests {
  @Test func wordsOfNumbers() {
    #expect(grouped(0) == "0" && grouped(999) == "999" && grouped(1_234_567) == "1 234 567")
    #expect(grouped(-1000) == "-1 000")
    #expect(duration(59.94) == "59.9 s" && duration(245) == "4 m 05 s" && duration(12_000) == "3 h 20 m")
    #expect(
      shortDuration(1.3e-6) == "1.3 us" && shortDuration(0.02) == "20 ms" && shortDuration(2.5) == "2.5 s")
    #expect(
      [7.77, 0.0123, 0.5, 2.04, 123.4, 5e-7].map { short($0, digits: 2) } == [
        "7.8", "0.012", "0.5", "2", "123", "5e-7",
      ])
    #expect(short(1 / 3.0) == "0.333333" && short(20) == "20")
    #expect(scientific(1.234e-8, digits: 2) == "1.23e-8" && scientific(-9.96e5, digits: 1) == "-1.0e6")
    #expect(fixed(-1234.5678, 2) == "-1234.57" && fixed(0.999, 2) == "1.00" && fixed(7.5, 0) == "8")
  }

  /// Whatever a number is, even a denormal error of a huge value, it has words.
  @Test func noNumberIsWithoutWords() {
    let values = [
      0, 1, 0.1, .leastNonzeroMagnitude, 0x1p-1060, .leastNormalMagnitude, 1e-200, 1e15, 9.2e18, 1e19, 1e200,
      .greatestFiniteMagnitude, .infinity, .nan,
    ].flatMap { [$0, -$0] }
    for value in values {
      for text in [
        fixed(value, 3), scientific(value, digits: 3), duration(value), shortDuration(abs(value)),
      ] { #expect(!text.isEmpty) }
      for error in values { #expect(!rounded(value, toErrorOf: error).isEmpty) }
    }
    for count in [Int.min, .max] { #expect(grouped(count).count >= 25) }
  }
}
