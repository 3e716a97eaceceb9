/// A first-in, first-out queue whose elements can be reached by their place in it. Both ends cost amortised
/// O(1).
package struct Queue<Element> {
  private var storage: [Element?] = []
  private var head = 0
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// The element at a place, 0 being the oldest.
  package subscript(place: Int) -> Element {
    get {
      guard let element = storage[slot(place)] else { preconditionFailure("place \(place) of \(count)") }
      return element
    }
    _modify {
      let slot = slot(place)
      guard var element = storage[slot].take() else { preconditionFailure("place \(place) of \(count)") }
      defer { storage[slot] = element }
      yield &element
    }
  }

  package var first: Element? { isEmpty ? nil : self[0] }

  package mutating func append(_ element: Element) {
    grow()
    storage[slot(count)] = element
    count += 1
  }

  package mutating func prepend(_ element: Element) {
    grow()
    head = (head + storage.count - 1) & (storage.count - 1)
    storage[head] = element
    count += 1
  }

  package mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    defer {
      head = slot(1)
      count -= 1
    }
    return storage[head].take()
  }

  package mutating func removeAll() { self = Queue() }

  /// The size of the storage is a power of two, so that a place wraps around by a mask.
  private func slot(_ place: Int) -> Int { (head + place) & (storage.count - 1) }

  private mutating func grow() {
    guard count == storage.count else { return }
    var larger = [Element?](repeating: nil, count: max(8, 2 * count))
    for place in 0..<count { larger[place] = storage[slot(place)].take() }
    storage = larger
    head = 0
  }
}
