/// Which context: the lane it belongs to, and how new it is there.
///
/// Contexts of one lane take each other's place. Lanes of contexts are those of pieces where each of these has its own, but need not be: what
/// all pieces share is one lane of contexts, and a sampler may keep apart what it needs for long and for a moment.
package struct ContextID: Hashable, Sendable {
  package var lane: Int32
  package var version: Int32

  package init(lane: Int32 = 0, version: Int = 0) {
    self.lane = lane
    self.version = Int32(truncatingIfNeeded: version)
  }
}

extension ContextID: Wire, CustomStringConvertible {
  package var description: String { lane == 0 ? "\(version)" : "\(version) of lane \(lane)" }

  package func encode(to writer: inout WireWriter) {
    writer.write(UInt64(UInt32(bitPattern: lane)) << 32 | UInt64(UInt32(bitPattern: version)))
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let word = try reader.read(UInt64.self)
    lane = Int32(truncatingIfNeeded: word >> 32)
    version = Int32(truncatingIfNeeded: word)
  }
}

/// A context that is alive, as it goes into a checkpoint.
package struct LivingContext<Value: Wire & Sendable>: Wire, Sendable {
  package var id: ContextID
  package var value: Value
  /// Whether pieces to come may name it.
  package var isNewest: Bool

  package func encode(to writer: inout WireWriter) {
    writer.write(id)
    writer.write(value)
    writer.write(isNewest)
  }
}

extension LivingContext {
  package init(from reader: inout WireReader) throws(WireError) {
    id = try reader.read()
    value = try reader.read()
    isNewest = try reader.read()
  }
}

/// The contexts that are alive, and the one rule of how long: a piece names the newest of a lane when it is issued, so one lives while it is
/// the newest, and while a piece that is out names it.
///
/// There are few at a time, one or two of each lane: a list that is searched is quicker than a table.
package struct LivingContexts<Value: Wire & Sendable> {
  private struct Living {
    let id: ContextID
    let value: Value
    /// What workers are sent.
    let frame: [UInt8]
    var isNewest: Bool
    /// How many pieces that are out name it.
    var pieces = 0
  }

  private var living: [Living] = []

  package init() {}

  package var ids: [ContextID] { living.map(\.id) }
  package var saved: [LivingContext<Value>] {
    living.map { LivingContext(id: $0.id, value: $0.value, isNewest: $0.isNewest) }
  }

  package func value(_ id: ContextID) -> Value? { place(of: id).map { living[$0].value } }
  package func frame(_ id: ContextID) -> [UInt8]? { place(of: id).map { living[$0].frame } }

  /// Takes a context, which takes the place of those of its lane.
  ///
  /// - Returns: those that nobody needs any more.
  package mutating func add(_ value: Value, as id: ContextID, frame: [UInt8] = []) -> [ContextID] {
    guard place(of: id) == nil else { return [] }
    let released = end(lane: id.lane)
    living.append(Living(id: id, value: value, frame: frame, isNewest: true))
    return released
  }

  /// Takes one that was alive, before the pieces that name it.
  package mutating func restore(_ saved: LivingContext<Value>, frame: [UInt8] = []) {
    guard place(of: saved.id) == nil else { return }
    living.append(Living(id: saved.id, value: saved.value, frame: frame, isNewest: saved.isNewest))
  }

  /// Notes that no piece to come names a context of the lane.
  ///
  /// - Returns: those that nobody needs any more.
  package mutating func end(lane: Int32) -> [ContextID] {
    for i in living.indices where living[i].id.lane == lane { living[i].isNewest = false }
    let released = living.filter { $0.id.lane == lane && $0.pieces == 0 }.map(\.id)
    living.removeAll { $0.id.lane == lane && $0.pieces == 0 }
    return released
  }

  /// Notes that a piece has been issued.
  package mutating func issue(naming id: ContextID) {
    if let place = place(of: id) { living[place].pieces += 1 }
  }

  /// Notes that a piece has come back. Whether nobody needs its context any more.
  package mutating func comeBack(naming id: ContextID) -> Bool {
    guard let place = place(of: id) else { return false }
    living[place].pieces -= 1
    guard living[place].pieces == 0, !living[place].isNewest else { return false }
    living.remove(at: place)
    return true
  }

  private func place(of id: ContextID) -> Int? { living.lastIndex { $0.id == id } }
}
