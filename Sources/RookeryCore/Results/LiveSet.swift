/// The points that are alive and held, as a heap with the lowest log-likelihood on top.
struct LiveSet: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    /// The point's row in the record.
    var row: Int
    var logL: Double

    /// Ties go to the older point, so that the order is one and the same everywhere.
    static func < (a: Member, b: Member) -> Bool { a.logL != b.logL ? a.logL < b.logL : a.row < b.row }
  }

  /// In heap order, which is fixed by the order of insertions and removals.
  private(set) var members: [Member] = []

  var count: Int { members.count }
  var worst: Member? { members.first }

  mutating func insert(_ member: Member) {
    members.append(member)
    var child = members.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard members[child] < members[parent] else { break }
      members.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeWorst() -> Member? {
    guard let worst = members.first else { return nil }
    members.swapAt(0, members.count - 1)
    members.removeLast()
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < members.count && members[child] < members[smallest] { smallest = child }
      if smallest == parent { return worst }
      members.swapAt(parent, smallest)
      parent = smallest
    }
  }
}

extension LiveSet: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(members.map(\.row))
    writer.write(members.map(\.logL))
  }

  init(from reader: inout WireReader) throws(WireError) {
    let rows = try reader.read([Int].self)
    let logL = try reader.read([Double].self)
    guard rows.count == logL.count else { throw WireError("live points without log-likelihood") }
    members = zip(rows, logL).map { Member(row: $0, logL: $1) }
  }
}
