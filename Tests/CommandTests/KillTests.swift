import Foundation
import TestSupport
import Testing

/// Runs that are killed at random moments, as a whole or in part, and resumed each time on another pool: the result
/// is that of a run that nothing happened to. `make test-kill` kills 136 times.
@Suite(.serialized) struct KillTests {
  private static let kills = ProcessInfo.processInfo.environment["ROOKERY_KILLS"].flatMap(Int.init) ?? 6
  private static let killsPerRun = 3
  private static let methods = [
    ["--method", "dynesty", "--live", "60", "--explorer", "unif", "--window", "20", "--cost", "300us"],
    ["--method", "dynesty", "--live", "50", "--explorer", "rslice", "--window", "20", "--cost", "100us"],
    ["--method", "dynesty", "--live", "50", "--explorer", "rwalk", "--window", "10", "--cost", "100us"],
    ["--method", "dynesty", "--live", "40", "--dynamic", "--target-ess", "600", "--cost", "50us"],
    ["--method", "nautilus", "--target-ess", "2000", "--cost", "200us"],
  ]
  private static let pools =
    PoolCase.local + (ProgramRun.mpirun == nil ? [] : [2, 3].map { PoolCase(pool: "mpi", ranks: $0) })

  @Test(.timeLimit(.minutes(30)))
  func everyKilledRunGivesTheSameBits() throws {
    let base = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: base) }
    var (done, round) = (0, 0)
    var random = SeededRandom()
    print("KillTests: \(random)")
    var whole: [Int: (digest: String?, seconds: Double)] = [:]
    while done < Self.kills {
      let which = round % Self.methods.count
      let arguments = ["run", "gauss5", "--seed", "3", "--json", "-q"] + Self.methods[which]
      if whole[which] == nil {
        let run = try ProgramRun("rookery", arguments + ["--pool", "threads:3"])
        #expect(run.status == 0, "\(run.errors)")
        whole[which] = (Self.digest(run), run.seconds)
      }
      let kept = ["--out", "\(base)/\(round)", "--resume", "--checkpoint-every", "20ms"]
      var history = ["\(random)"]
      for kill in 0...Self.killsPerRun {
        let pool = Self.pools[(round + kill + Int.random(in: 0...1, using: &random)) % Self.pools.count]
        var victim = Victim.random(using: &random)
        // Ranks whose launcher is killed alone are left to it, which is its own affair.
        if pool.ranks != nil, victim == .driver { victim = .all }
        history.append("\(pool), \(victim) killed")
        let moment = Double.random(in: 0.1...0.3 + 0.6 * (whole[which]?.seconds ?? 1), using: &random)
        let run = try ProgramRun(
          "rookery", arguments + kept + ["--pool", pool.pool], ranks: pool.ranks
        ) { process in
          guard kill < Self.killsPerRun else { return }
          usleep(UInt32(1e6 * moment))
          if victim.strike(process, using: &random) { done += 1 }
        }
        #expect(!run.wasEnded && run.orphans == [], "\(history)")
        if run.status != 0 && kill < Self.killsPerRun { continue }
        #expect(run.status == 0, "\(history): \(run.errors)")
        #expect(Self.digest(run) == whole[which]?.digest, "\(Self.methods[which]), \(history)")
        break
      }
      round += 1
    }
  }

  private static func digest(_ run: ProgramRun) -> String? {
    guard let line = run.output.first else { return nil }
    return (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["digest"] as? String
  }
}
