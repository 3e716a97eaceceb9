/// Points of one dimension, stored row after row in one flat array. Rows and columns are numbered from zero, and checked as the indices
/// of an array are.
public struct PointMatrix: Sendable, Equatable {
  /// Coordinates per point.
  public let columns: Int
  /// All coordinates, `rows * columns` of them.
  public private(set) var values: [Double]

  public var rows: Int { columns == 0 ? 0 : values.count / columns }

  package init(columns: Int, values: [Double] = []) {
    precondition(columns >= 0 && (columns == 0 ? values.isEmpty : values.count % columns == 0))
    self.columns = columns
    self.values = values
  }

  package init(rows: Int, columns: Int) {
    self.columns = columns
    values = [Double](repeating: 0, count: rows * columns)
  }

  /// All rows of tables of the same columns, one table after another.
  package init(joining tables: [PointMatrix]) {
    self.init(columns: tables.first?.columns ?? 0, values: tables.flatMap(\.values))
  }

  public package(set) subscript(row: Int, column: Int) -> Double {
    get {
      precondition(column >= 0 && column < columns, "there are \(columns) columns")
      return values[row * columns + column]
    }
    set { values[row * columns + column] = newValue }
  }

  /// A copy of one row.
  public subscript(row row: Int) -> [Double] {
    Array(values[row * columns..<(row + 1) * columns])
  }

  package mutating func reserve(rows: Int) { values.reserveCapacity(rows * columns) }

  package mutating func append(_ point: some Collection<Double>) {
    precondition(point.count == columns)
    values.append(contentsOf: point)
  }

  package mutating func replace(row: Int, with point: some Collection<Double>) {
    precondition(point.count == columns)
    values.replaceSubrange(row * columns..<(row + 1) * columns, with: point)
  }

  /// Calls `body` with the storage of one row.
  package func withRow<R>(_ row: Int, _ body: (UnsafeBufferPointer<Double>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
    }
  }

  package mutating func withUnsafeMutableValues<R>(
    _ body: (UnsafeMutableBufferPointer<Double>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// The rows of the given numbers, in that order.
  public func rows(at indices: some Collection<Int>) -> PointMatrix {
    precondition(indices.allSatisfy { $0 >= 0 && (columns == 0 || $0 < rows) }, "there are \(rows) rows")
    var chosen = PointMatrix(columns: columns)
    chosen.reserve(rows: indices.count)
    values.withUnsafeBufferPointer { values in
      for row in indices { chosen.values.append(contentsOf: values[row * columns..<(row + 1) * columns]) }
    }
    return chosen
  }

  /// A copy of one column.
  public func column(_ column: Int) -> [Double] {
    precondition(column >= 0 && column < columns, "there are \(columns) columns")
    return values.withUnsafeBufferPointer { all in (0..<rows).map { all[$0 * columns + column] } }
  }
}
