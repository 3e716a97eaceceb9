import RookeryCore
import Testing

/// Names of settings stand in files that people have: they are compared when a run is taken up again. New ones may come; none may
/// be renamed or go.
@Suite struct ProvenanceTests {
  private struct Made {
    var count = 3
    var none: Double?
    var some: Double? = 2.5
    var flag = true
    var choice = NestedSettings.Explorer.localSlice
  }

  @Test func settingsAreNamedWithTheirValues() {
    #expect(
      Provenance.settings(of: Made()) == [
        .init("count", "3"), .init("none", "auto"), .init("some", "2.5"), .init("flag", "true"),
        .init("choice", "localSlice"),
      ])
  }

  @Test func namesInFilesStay() {
    let nested = Provenance.settings(of: NestedSettings()).map(\.name)
    for name in [
      "live", "explorer", "bound", "bootstraps", "enlargement", "remainingEvidence", "window", "walkSteps",
      "slices", "deletions", "isDynamic", "targetEffectiveSize", "targetError", "batch", "posteriorShare",
    ] { #expect(nested.contains(name), "\(name)") }
    let shells = Provenance.settings(of: ImportanceNestedSettings()).map(\.name)
    for name in [
      "live", "targetEffectiveSize", "liveFraction", "updateFraction", "enlargement", "networks",
      "thoroughBelow",
      "window",
    ] { #expect(shells.contains(name), "\(name)") }
  }

  @Test func comesBackFromItsBytes() throws {
    try expectSurvival(
      of: Provenance(
        version: "1.2", settings: [.init("a", "b"), .init("c", "d")], command: ["x", "y"], parts: ["p"]))
  }
}
