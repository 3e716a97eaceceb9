import Foundation
import RookeryCore
import Testing

/// A million samples of 20 parameters, by `make test-large`: three gigabytes of memory to make them at ease.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["ROOKERY_LARGE"] != nil))
struct LargeResultTests {
  private static let count = 1_000_000
  private static let names = (0..<20).map { "p\($0)" }

  @Test(.timeLimit(.minutes(10)))
  func independentDraws() throws {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 11), index: 0)
    let logL = (0..<Self.count).map { _ in -stream.exponential() * 10 }
    try write(
      MadeResult.importance(
        logLikelihoods: logL, ratios: [Double](repeating: 0, count: Self.count), names: Self.names))
  }

  @Test(.timeLimit(.minutes(10)))
  func nestedRun() throws {
    let live = 10_000
    let logL = (0..<Self.count).map { -100 * exp(-Double($0) / Double(live) / 5) }
    let births = (0..<Self.count).map { $0 < live ? -.infinity : logL[$0 - live] }
    try write(MadeResult.nested(logLikelihoods: logL, births: births, names: Self.names))
  }

  private func write(_ result: RunResult) throws {
    try inTemporaryDirectory { directory in
      let start = (Date(), processSeconds())
      try result.write(to: directory)
      let (wall, cpu) = (Date().timeIntervalSince(start.0), processSeconds() - start.1)
      let megabytes = Double(WorkerUsage.ofThisProcess.peakBytes) / 1_048_576
      print("LARGE written in \(wall) s (\(cpu) s of CPU), peak \(megabytes) MB")
      // On a busy machine the wall clock says little.
      #expect(cpu < 10)
      #expect(megabytes < 2048)
      #expect(try RunResult(contentsOf: directory).digest == result.digest)
    }
  }
}
