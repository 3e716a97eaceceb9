import Glibc
import RookeryCore
import Testing

@Suite struct LogSumTests {
  private let inf = Double.infinity

  @Test func addsLogarithms() {
    #expect(abs(logAdd(log(2), log(3)) - log(5)) < 1e-15)
    #expect(logAdd(-1e6, -1e6) == -1e6 + log(2))
    #expect(logAdd(800, 0) == 800 && logAdd(0, 800) == 800)
    #expect(logAdd(-inf, 3) == 3 && logAdd(3, -inf) == 3 && logAdd(-inf, -inf) == -inf)
    #expect(logAdd(inf, inf) == inf && logAdd(inf, 0) == inf && logAdd(-inf, inf) == inf)
  }

  @Test func subtractsLogarithms() {
    #expect(abs(logSubtract(log(5), log(3)) - log(2)) < 1e-15)
    #expect(logSubtract(3, -inf) == 3)
    #expect(logSubtract(3, 3) == -inf)
    // Two numbers that are nearly the same: ln(e^a (1 - e^-d)) with d small.
    #expect(abs(logSubtract(0, -1e-12) - log(1e-12)) < 1e-11)
  }

  @Test func sumsLogarithms() {
    #expect(logSumExp([]) == -inf)
    #expect(logSumExp([-inf, -inf]) == -inf)
    #expect(logSumExp([-inf, 2]) == 2)
    #expect(logSumExp([inf, 2]) == inf)
    #expect(abs(logSumExp((1...10).map { log(Double($0)) }) - log(55)) < 1e-15)
    #expect(abs(logSumExp([1000, 1000, 999]) - (1000 + log(2 + exp(-1)))) < 1e-12)
    #expect(logSumExp([0, .nan]).isNaN)
  }
}
