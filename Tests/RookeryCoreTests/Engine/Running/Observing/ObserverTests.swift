import RookeryCore
import Synchronization
import Testing

/// Keeps what it is told.
private final class Listener: RunObserver {
  struct Heard {
    var titles: [RunTitle] = []
    var snapshots: [RunSnapshot] = []
    var findings: [Finding] = []
    var ends: [RunEnd] = []
  }

  let heard = Mutex(Heard())
  let secondsBetweenSnapshots: Double

  init(every seconds: Double) { secondsBetweenSnapshots = seconds }

  func begins(_ title: RunTitle) { heard.withLock { $0.titles.append(title) } }
  func sees(_ snapshot: RunSnapshot) { heard.withLock { $0.snapshots.append(snapshot) } }
  func hears(_ finding: Finding) { heard.withLock { $0.findings.append(finding) } }
  func ends(_ end: RunEnd) { heard.withLock { $0.ends.append(end) } }
}

/// Who listens to a run is told all of it as values, and changes nothing.
@Suite struct ObserverTests {
  @Test(.timeLimit(.minutes(10)), arguments: [Pool.serial, .threads(2)])
  func aRunIsTold(_ pool: Pool) throws {
    let problem = try Problem("bowl", parameters: [Parameter("x", .uniform(-1, 1))], threadSafe: true) {
      (theta: Span<Double>) in -50 * theta[0] * theta[0]
    }
    var (nested, settings) = (NestedSettings(), RunSettings())
    (nested.live, settings.showsProgress) = (10, false)
    let alone = try sample(problem, by: .nested(nested), settings: settings, on: pool)
    let (eager, lazy) = (Listener(every: 0), Listener(every: 1000))
    settings.observers = [eager, lazy]
    let result = try sample(problem, by: .nested(nested), settings: settings, on: pool)
    #expect(result.digest == alone.digest)
    let heard = eager.heard.withLock { $0 }
    #expect(heard.titles.map(\.problem) == ["bowl"] && heard.titles[0].workers == result.statistics.workers)
    #expect(heard.snapshots.count > 10 && heard.snapshots.count <= result.statistics.calls + 1000)
    let calls = heard.snapshots.map(\.calls)
    #expect(calls == calls.sorted() && (calls.last ?? 0) > result.statistics.calls / 2)
    #expect(heard.snapshots.contains { $0.status.logZ.isFinite })
    // Few points make a rough posterior, which is a finding.
    #expect(
      !heard.findings.isEmpty && heard.findings.suffix(result.findings().count) == result.findings()[...])
    #expect(
      heard.ends.map(\.ending) == [.converged] && heard.ends[0].statistics.calls == result.statistics.calls)
    let few = lazy.heard.withLock { $0 }
    #expect(few.snapshots.isEmpty && few.ends.count == 1)
  }
}
