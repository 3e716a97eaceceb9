/// Rows of numbers as text. Each number is the shortest that reads back to the same bits.
struct TextRows {
  private let file: AtomicFile
  private let separator: UInt8
  private var row: [UInt8] = []

  init(_ path: String, separator: Character) throws {
    file = try AtomicFile(path)
    self.separator = separator.asciiValue ?? 0x20
  }

  mutating func write(header: String) throws { try file.write(header + "\n") }

  mutating func add(_ value: Double) {
    if !row.isEmpty { row.append(separator) }
    row.append(contentsOf: value.description.utf8)
  }

  mutating func add(_ points: PointMatrix, row index: Int) {
    guard points.columns > 0 else { return }
    points.withRow(index) { for value in $0 { add(value) } }
  }

  mutating func endRow() throws {
    row.append(0x0a)
    try file.write(row)
    row.removeAll(keepingCapacity: true)
  }

  func commit() throws { try file.commit() }
}
