/// Pieces that are out, lane by lane. Outcomes of one lane are given back in the order of submission; lanes do not wait for each other.
extension Scheduler {
  /// A piece carried out and taken off its lane, unless it ran out of calls.
  package struct Completed {
    package let piece: Piece
    package let done: Done
    /// Where its lane is.
    package let place: Int
  }

  /// A piece from its submission until its delivery.
  struct Entry {
    let piece: Piece
    /// How many calls it may make.
    var allowance = 0
    var done: Done?
    /// What is known of workers that have died at work on this piece.
    var suspicion = Suspicion()

    /// Notes what came of it. Its kind, and whether nothing had come of it before.
    mutating func complete(_ done: Done) -> (kind: Int, isFirst: Bool) {
      defer { self.done = done }
      return (piece.kind, self.done == nil)
    }
  }

  /// The pieces of one lane that are out, oldest first. Where there are none another lane may take the place.
  struct Lane {
    var id: Int32
    var entries = Queue<Entry>()
    /// The number of the oldest.
    var first = 0
    /// How many of the oldest have been handed out; the others are held back for want of calls.
    var handedOut = 0
  }

  /// A piece is known to workers by the place of its lane and its number there, in one word: those of the only lane are counted from 0.
  private static var numberBits: Int { 40 }
  private static var numberMask: Int { 1 << numberBits - 1 }
  private static func sequence(_ place: Int, _ number: Int) -> Int { place << numberBits | number }

  /// A piece that is out, by its number.
  subscript(sequence: Int) -> Entry {
    get {
      let place = sequence >> Self.numberBits
      return lanes[place].entries[sequence & Self.numberMask - lanes[place].first]
    }
    _modify {
      let place = sequence >> Self.numberBits
      yield &lanes[place].entries[sequence & Self.numberMask - lanes[place].first]
    }
  }

  /// Whether a number that comes from outside is that of a piece which is out.
  func isOut(_ sequence: Int) -> Bool {
    let place = sequence >> Self.numberBits
    guard lanes.indices.contains(place) else { return false }
    let ahead = sequence & Self.numberMask - lanes[place].first
    return ahead >= 0 && ahead < lanes[place].entries.count
  }

  /// All pieces that are out, those of each lane oldest first.
  package var pieces: [Piece] {
    lanes.flatMap { lane in (0..<lane.entries.count).map { lane.entries[$0].piece } }
  }

  /// Lanes with pieces that are held back.
  package var lanesHeldBack: [Int32] {
    lanes.filter { $0.handedOut < $0.entries.count }.map(\.id)
  }

  // MARK: In

  /// Takes a piece; its context has been handed over. It goes out with the next call of `next`. None of its lane is held back.
  ///
  /// - Parameter allowance: how many likelihood calls it may make.
  package mutating func submit(_ piece: Piece, allowing allowance: Int = .max) {
    let place = append(Entry(piece: piece, allowance: allowance))
    waiting.append(Self.sequence(place, lanes[place].first + lanes[place].handedOut))
    lanes[place].handedOut += 1
  }

  /// Takes a piece that is to go out when there are calls for it.
  package mutating func hold(_ piece: Piece) {
    _ = append(Entry(piece: piece))
    held += 1
  }

  /// Where its lane is.
  private mutating func append(_ entry: Entry) -> Int {
    expect(entry.piece)
    let place = place(ofLane: entry.piece.lane)
    lanes[place].entries.append(entry)
    outstanding += 1
    return place
  }

  /// Hands out pieces that are held back, those of a lane in their order, for as long as there are calls for them.
  ///
  /// - Parameter grant: how many calls a piece may make; nil where it must wait.
  package mutating func handOut(_ grant: (Piece) -> Int?) {
    guard held > 0 else { return }
    for place in lanes.indices {
      while lanes[place].handedOut < lanes[place].entries.count,
        let allowance = grant(lanes[place].entries[lanes[place].handedOut].piece)
      {
        handOut(place, allowing: allowance)
      }
    }
  }

  private mutating func handOut(_ place: Int, allowing allowance: Int) {
    let ahead = lanes[place].handedOut
    lanes[place].entries[ahead].allowance = allowance
    lanes[place].handedOut += 1
    held -= 1
    waiting.append(Self.sequence(place, lanes[place].first + ahead))
  }

  /// Has the oldest piece of a lane, which ran out of calls, carried out anew with more of them.
  package mutating func repeatOldest(_ place: Int, allowing allowance: Int) {
    lanes[place].entries[0].allowance = allowance
    waiting.prepend(Self.sequence(place, lanes[place].first))
  }

  /// There are no more places than lanes have pieces out at a time, and with one lane there is one to look at.
  private mutating func place(ofLane id: Int32) -> Int {
    if let own = lanes.firstIndex(where: { $0.id == id }) { return own }
    if let free = lanes.firstIndex(where: { $0.entries.isEmpty }) {
      lanes[free].id = id
      return free
    }
    lanes.append(Lane(id: id))
    return lanes.count - 1
  }

  // MARK: Out

  /// Notes what came of a piece, and tells its kind.
  @discardableResult mutating func complete(_ sequence: Int, _ done: Done) -> Int {
    let place = sequence >> Self.numberBits
    let (kind, isFirst) = self[sequence].complete(done)
    if isFirst, sequence & Self.numberMask == lanes[place].first { ready.append(place) }
    return kind
  }

  var canDeliver: Bool { !ready.isEmpty }

  /// Whether nothing is with workers, on its way to them, or carried out and not yet delivered: then pieces that are out wait for calls.
  package var isAtRest: Bool { waiting.isEmpty && messagesUnderWay == 0 && ready.isEmpty }

  /// How long the piece that is to be delivered next may have taken.
  var expectedSeconds: Double {
    ready.first.flatMap { costs[lanes[$0].entries[0].piece.kind] } ?? .infinity
  }

  /// The oldest piece of a lane, if it has been carried out; of several lanes that of the one whose came first.
  mutating func deliver() throws -> Completed? {
    guard let place = ready.popFirst(), let done = lanes[place].entries[0].done else { return nil }
    guard done.outcome != nil else {
      lanes[place].entries[0].done = nil
      return Completed(piece: lanes[place].entries[0].piece, done: done, place: place)
    }
    guard let entry = lanes[place].entries.popFirst() else { return nil }
    lanes[place].first += 1
    lanes[place].handedOut -= 1
    outstanding -= 1
    if !lanes[place].entries.isEmpty, lanes[place].entries[0].done != nil { ready.append(place) }
    try forget(entry.piece)
    return Completed(piece: entry.piece, done: done, place: place)
  }
}
