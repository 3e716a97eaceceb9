import Foundation
import ReferenceProblems
import RookeryCore
import Testing

/// Checkpoints with bytes flipped or cut off: the run that resumes from them is refused cleanly, or gives the bits of the one
/// that nothing happened to. `make test-kill` does it 2000 times.
@Suite(.serialized) struct CheckpointFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["ROOKERY_FLIPS"].flatMap(Int.init) ?? 100

  private enum Engine: String, CaseIterable {
    case nested = "rookery-dynesty"
    case shells = "rookery-nautilus"

    var method: RookeryCore.Method {
      switch self {
      case .nested:
        var settings = NestedSettings()
        settings.live = 24
        settings.explorer = .localSlice
        settings.window = 6
        return .nested(settings)
      case .shells:
        var settings = ImportanceNestedSettings()
        settings.live = 50
        settings.networks = 0
        settings.targetEffectiveSize = 300
        return .importanceNested(settings)
      }
    }
  }

  private func settings(_ directory: String?, _ policy: CheckpointSettings.Policy) -> RunSettings {
    var settings = RunSettings()
    settings.seed = 5
    settings.showsProgress = false
    settings.checkpoint = directory.map { CheckpointSettings(directory: $0, policy: policy) }
    return settings
  }

  @Test(.timeLimit(.minutes(20)), arguments: [0, 1])
  func damagedCheckpointsNeverGiveAnotherResult(_ which: Int) throws {
    let engine = Engine.allCases[which]
    let problem = try ReferenceProblem.named("gauss5").problem
    let whole = try sample(problem, by: engine.method, settings: settings(nil, .refuse))
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let newest = directory + "/checkpoint." + engine.rawValue
    let previous = newest + ".previous"

    // Two states of one run, a third and two thirds of the way.
    for part in [1, 2] {
      var limited = settings(directory, part == 1 ? .refuse : .resume)
      limited.maxCalls = whole.statistics.calls * part / 3
      #expect(try sample(problem, by: engine.method, settings: limited).ending == .callLimit)
    }
    let files = [newest, previous]
    let good = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }

    var random = SystemRandomNumberGenerator()
    var (same, refused) = (0, 0)
    for round in 0..<Self.rounds / 2 {
      // Both states in every third round, else the newest alone.
      for (i, file) in files.enumerated() {
        let bytes = i == 0 || round % 3 == 0 ? Self.damaged(good[i], &random) : good[i]
        try bytes.write(to: URL(fileURLWithPath: file))
      }
      do {
        let result = try sample(problem, by: engine.method, settings: settings(directory, .resume))
        #expect(result.digest == whole.digest)
        same += 1
      } catch is InputError {
        refused += 1
      } catch is OutputError {
        refused += 1
      }
      if round % 3 != 0 { #expect(same + refused == round + 1) }
    }
    #expect(same + refused == Self.rounds / 2)
    #expect(same >= Self.rounds / 2 - (Self.rounds / 2 + 2) / 3)
    #expect(refused > 0)
  }

  private static func damaged(_ data: Data, _ random: inout SystemRandomNumberGenerator) -> Data {
    var data = data
    switch Int.random(in: 0..<4, using: &random) {
    case 0: data.removeLast(Int.random(in: 1...data.count, using: &random))
    case 1: data.append(contentsOf: [UInt8](repeating: 7, count: Int.random(in: 1...100, using: &random)))
    default:
      // In every second round at the head, where the version, the length and the sum are.
      let end = Bool.random(using: &random) ? data.count : 48
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        data[Int.random(in: 0..<end, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      }
    }
    return data
  }

  @Test(.timeLimit(.minutes(1)))
  func ownStateComesBackAsItWas() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var limited = settings(directory, .refuse)
    limited.maxCalls = 100
    limited.checkpoint?.ownState = .init(
      save: { [1, 2, 3] }, restore: { _ in Issue.record("nothing to restore") })
    _ = try sample(problem, by: Engine.nested.method, settings: limited)
    var again = settings(directory, .resume)
    again.checkpoint?.ownState = .init(
      save: { [] }, restore: { if $0 != [1, 2, 3] { throw InputError("other bytes: \($0)") } })
    #expect(try sample(problem, by: Engine.nested.method, settings: again).ending == .converged)
  }
}
