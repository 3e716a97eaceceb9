/// Points of one dimension, stored row after row in one flat array.
public struct PointMatrix: Sendable, Equatable {
  /// Coordinates per point.
  public let columns: Int
  /// All coordinates, `rows * columns` of them.
  public private(set) var values: [Double]

  public var rows: Int { columns == 0 ? 0 : values.count / columns }

  public init(columns: Int, values: [Double] = []) {
    precondition(columns >= 0 && (columns == 0 ? values.isEmpty : values.count % columns == 0))
    self.columns = columns
    self.values = values
  }

  public init(rows: Int, columns: Int) {
    self.columns = columns
    values = [Double](repeating: 0, count: rows * columns)
  }

  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// A copy of one row.
  public subscript(row row: Int) -> [Double] {
    Array(values[row * columns..<(row + 1) * columns])
  }

  public mutating func reserve(rows: Int) { values.reserveCapacity(rows * columns) }

  public mutating func append(_ point: some Collection<Double>) {
    precondition(point.count == columns)
    values.append(contentsOf: point)
  }

  public mutating func replace(row: Int, with point: some Collection<Double>) {
    precondition(point.count == columns)
    values.replaceSubrange(row * columns..<(row + 1) * columns, with: point)
  }

  /// Calls `body` with the storage of one row.
  public func withRow<R>(_ row: Int, _ body: (UnsafeBufferPointer<Double>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
    }
  }

  public mutating func withUnsafeMutableValues<R>(
    _ body: (UnsafeMutableBufferPointer<Double>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// The rows of the given numbers, in that order.
  public func rows(at indices: some Collection<Int>) -> PointMatrix {
    var chosen = PointMatrix(columns: columns)
    chosen.reserve(rows: indices.count)
    values.withUnsafeBufferPointer { values in
      for row in indices { chosen.values.append(contentsOf: values[row * columns..<(row + 1) * columns]) }
    }
    return chosen
  }
}
