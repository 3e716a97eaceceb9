import Testing

@testable import RookeryCore

/// How long a context lives: while it is the newest of its lane, and while a piece that is out names it.
@Suite struct LivingContextsTests {
  private let old = ContextID(lane: 1, version: 4)
  private let new = ContextID(lane: 1, version: 5)
  private let other = ContextID(lane: 2, version: 4)

  private func two() -> LivingContexts<NoContext> {
    var contexts = LivingContexts<NoContext>()
    #expect(contexts.add(NoContext(), as: old, frame: [1]).isEmpty)
    #expect(contexts.add(NoContext(), as: other).isEmpty)
    return contexts
  }

  @Test func theNewestTakesThePlaceOfOneThatNobodyNeeds() {
    var contexts = two()
    #expect(contexts.add(NoContext(), as: new) == [old])
    #expect(contexts.ids == [other, new])
    #expect(contexts.value(old) == nil && contexts.value(new) != nil)
  }

  @Test func onesThatPiecesNameLiveUntilTheLastHasComeBack() {
    var contexts = two()
    for _ in 0..<2 { contexts.issue(naming: old) }
    contexts.issue(naming: other)
    #expect(contexts.add(NoContext(), as: new).isEmpty)
    #expect(!contexts.comeBack(naming: old) && contexts.frame(old) == [1])
    // What comes back in another lane frees none in this one, and the newest stays though nobody names it.
    #expect(!contexts.comeBack(naming: other) && contexts.ids == [old, other, new])
    #expect(contexts.comeBack(naming: old) && contexts.ids == [other, new])
    contexts.issue(naming: new)
    #expect(!contexts.comeBack(naming: new) && contexts.ids == [other, new])
  }

  @Test func theEndOfALaneFreesItsOwn() {
    var contexts = two()
    contexts.issue(naming: old)
    #expect(contexts.end(lane: 2) == [other])
    #expect(contexts.end(lane: 1).isEmpty && contexts.ids == [old])
    #expect(contexts.comeBack(naming: old) && contexts.ids.isEmpty)
  }

  /// A lane that has ended is ended still where a run is taken up again.
  @Test func theirLivesSurviveTheWire() throws {
    var contexts = two()
    contexts.issue(naming: old)
    _ = contexts.end(lane: 1)
    var writer = WireWriter()
    writer.write(contexts.saved)
    var reader = WireReader(writer.bytes)
    var back = LivingContexts<NoContext>()
    for context in try reader.read([LivingContext<NoContext>].self) {
      back.restore(context)
    }
    #expect(back.ids == [old, other])
    back.issue(naming: old)
    #expect(back.comeBack(naming: old) && back.ids == [other])
  }

  @Test func namesAreOneWord() throws {
    for id in [old, ContextID(version: 7), ContextID(lane: -1, version: -2)] {
      var writer = WireWriter()
      writer.write(id)
      var reader = WireReader(writer.bytes)
      #expect(writer.bytes.count == 8)
      #expect(try ContextID(from: &reader) == id)
    }
  }
}
