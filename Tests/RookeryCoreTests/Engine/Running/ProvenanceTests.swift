import RookeryCore
import Testing

@Suite struct ProvenanceTests {
  @Test func comesBackFromItsBytes() throws {
    try expectSurvival(
      of: Provenance(
        version: "1.2", settings: [.init("a", "b"), .init("c", "d")], command: ["x", "y"], parts: ["p"]))
  }
}
