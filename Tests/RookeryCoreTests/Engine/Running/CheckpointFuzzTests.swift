import Foundation
import ReferenceProblems
import RookeryCore
import TestSupport
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

    var random = SeededRandom()
    print("CheckpointFuzzTests: \(random)")
    var (same, refused) = (0, 0)
    for round in 0..<Self.rounds / 2 {
      // Both states in every third round, else the newest alone.
      var history = "\(random), round \(round)"
      for (i, file) in files.enumerated() {
        let isDamaged = i == 0 || round % 3 == 0
        let (bytes, how) = isDamaged ? damaged(good[i], &random) : (good[i], "whole")
        history += ", \(how)"
        try bytes.write(to: URL(fileURLWithPath: file))
      }
      do {
        let result = try sample(problem, by: engine.method, settings: settings(directory, .resume))
        #expect(result.digest == whole.digest, "\(history)")
        same += 1
      } catch is InputError {
        refused += 1
      } catch is OutputError {
        refused += 1
      }
      #expect(same + refused == round + 1, "\(history)")
    }
    #expect(same + refused == Self.rounds / 2)
    #expect(same >= Self.rounds / 2 - (Self.rounds / 2 + 2) / 3)
    #expect(refused > 0)
  }

  @Test(.timeLimit(.minutes(10)))
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
