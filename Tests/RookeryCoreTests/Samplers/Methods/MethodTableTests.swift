import Testing

@testable import RookeryCore

/// The tables of methods. Names of settings stand in files that people have: they are compared when a run is taken up again. New ones may
/// come; none may be renamed, go, or change places.
@Suite struct MethodTableTests {
  /// The stored properties with their values, in words.
  private func stored(_ settings: Any) -> [Provenance.Setting] {
    func words(_ value: Any) -> String {
      let mirror = Mirror(reflecting: value)
      guard mirror.displayStyle == .optional else { return "\(value)" }
      return mirror.children.first.map { words($0.value) } ?? "auto"
    }
    return Mirror(reflecting: settings).children.map { Provenance.Setting($0.label ?? "", words($0.value)) }
  }

  private static let changed: NestedSettings = {
    var settings = NestedSettings()
    (settings.explorer, settings.bound, settings.bootstraps, settings.enlargement) =
      (.localSlice, .friends, 7, 1.25)
    (settings.window, settings.walkSteps, settings.slices, settings.batch) = (3, 9, 11, 40)
    (settings.remainingEvidence, settings.isDynamic, settings.targetError) = (0.1, true, 0.3)
    return settings
  }()

  /// What the table says of saved runs is what version 0.1.0 wrote: the stored properties, in their order.
  @Test func tablesHoldEveryProperty() {
    for settings in [NestedSettings(), Self.changed] { #expect(settings.saved == stored(settings)) }
    #expect(ImportanceNestedSettings().saved == stored(ImportanceNestedSettings()))
  }

  @Test func namesInFilesStay() {
    #expect(
      NestedSettings.table.map(\.savedName) == [
        "live", "explorer", "bound", "bootstraps", "enlargement", "remainingEvidence", "window", "walkSteps",
        "slices", "deletions", "isDynamic", "targetEffectiveSize", "targetError", "batch", "posteriorShare",
      ])
    #expect(
      ImportanceNestedSettings.table.map(\.savedName) == [
        "live", "targetEffectiveSize", "liveFraction", "remainingEvidence", "updateFraction", "enlargement",
        "networks", "thoroughBelow", "window",
      ])
    #expect(MethodDescription.all.map(\.engine) == ["rookery-dynesty", "rookery-nautilus"])
  }

  @Test func targetsMayChangeWhenARunIsTakenUpAgain() {
    #expect(
      NestedSettings.mayChangeOnResume == [
        "targetEffectiveSize", "remainingEvidence", "isDynamic", "targetError", "batch", "posteriorShare",
      ])
    #expect(ImportanceNestedSettings.mayChangeOnResume == ["targetEffectiveSize", "remainingEvidence"])
  }

  /// Every value goes through text and comes back into the property that it was read from.
  @Test func valuesGoThroughText() throws {
    var copy = NestedSettings()
    for setting in NestedSettings.table {
      guard let value = setting.read(Self.changed) else { continue }
      let again = try #require(setting.kind.parse(value.text), "\(setting.name.key)")
      #expect(again == value)
      #expect(setting.write(&copy, again))
    }
    #expect(copy == Self.changed)
  }

  @Test func aMethodIsMadeFromNamesAndValues() throws {
    for name in ["nested", "dynesty"] {
      guard
        case .nested(let made) = try Method(
          named: name, settings: [(.live, .whole(70)), (.targetError, .number(0.2))])
      else {
        Issue.record("not nested")
        continue
      }
      #expect(made.live == 70 && made.targetError == 0.2 && made.isDynamic)
    }
    guard case .importanceNested(let made) = try Method(named: "nautilus", settings: [(.networks, .whole(0))])
    else {
      Issue.record("not importance")
      return
    }
    #expect(made.networks == 0)
  }

  @Test func whatIsNotASettingIsNamed() throws {
    func complaint(_ method: String, _ name: SettingName, _ value: SettingValue) -> InputError? {
      #expect(throws: InputError.self) { try Method(named: method, settings: [(name, value)]) }
    }
    #expect(complaint("nested", .networks, .whole(1))?.settings == [.networks])
    #expect(complaint("importance", .live, .choice("many"))?.description.hasSuffix("(live)") == true)
    #expect(complaint("walk", .live, .whole(1))?.description.contains("nested, importance") == true)
  }

  /// No two entries of a method have one name, and none is without words.
  @Test func everyEntryIsWhole() {
    for method in MethodDescription.all {
      #expect(Set(method.settings.map(\.name)).count == method.settings.count)
      for setting in method.settings { #expect(!setting.help.isEmpty && !setting.initial.isEmpty) }
    }
  }
}
