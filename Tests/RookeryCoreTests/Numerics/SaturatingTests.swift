import Testing

@testable import RookeryCore

@Suite struct SaturatingTests {
  @Test func anyNumberBecomesAWholeOne() {
    #expect(Int(saturating: .nan) == 0)
    #expect(Int(saturating: .infinity) == .max && Int(saturating: -.infinity) == .min)
    #expect(Int(saturating: 1e300) == .max && Int(saturating: -1e19) == .min)
    #expect(Int(saturating: 2.9) == 2 && Int(saturating: -2.9) == -2)
  }

  @Test func largeNumbersOfManyDecimalsAreWritten() {
    #expect(fixed(1e14, 9) == "1.00000e14")
    #expect(scientific(.leastNonzeroMagnitude, digits: 0).hasSuffix("e-324"))
  }
}
