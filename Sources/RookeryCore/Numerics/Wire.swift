/// A value with a fixed little-endian byte form, used between processes and in checkpoints.
public protocol Wire {
  func encode(to writer: inout WireWriter)
  init(from reader: inout WireReader) throws(WireError)
}

/// Bytes that do not hold what was to be read from them.
public struct WireError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Appends values to a byte array.
public struct WireWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}
  /// A writer with room for so many bytes, so that it need not grow up to there.
  package init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Appends bytes as they are, without their count.
  package mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

  public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) { append(value) }
  public mutating func write(_ value: Double) { append(value) }
  public mutating func write(_ value: Bool) { append(value ? 1 as UInt8 : 0) }

  public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ values: [T]) { append(values) }
  public mutating func write(_ values: [Double]) { append(values) }
  public mutating func write(_ values: [Float]) { append(values) }

  public mutating func write(_ text: String) { write(Array(text.utf8)) }
  public mutating func write(_ strings: [String]) {
    write(strings.count)
    for text in strings { write(text) }
  }
  public mutating func write(_ value: some Wire) { value.encode(to: &self) }
  public mutating func write<T: Wire>(_ values: [T]) {
    write(values.count)
    for value in values { value.encode(to: &self) }
  }

  /// Several numbers at once, which is quicker than one by one.
  package mutating func write(words: SIMD4<UInt64>) { append(words) }

  private mutating func append<T: BitwiseCopyable>(_ value: T) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  private mutating func append<T: BitwiseCopyable>(_ values: [T]) {
    write(values.count)
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Takes values off a byte array; whatever the bytes are, it throws rather than traps.
public struct WireReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  public var remaining: Int { bytes.endIndex - position }
  /// The bytes that have not been read.
  package var rest: ArraySlice<UInt8> { bytes[position...] }

  /// Reads a number. Only for types in which every bit pattern is a value, which leaves out `Bool`.
  public mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self
  ) throws(WireError) -> T { try load() }

  package mutating func readWords() throws(WireError) -> SIMD4<UInt64> { try load() }

  public mutating func read(_ type: Double.Type = Double.self) throws(WireError) -> Double { try load() }
  public mutating func read(_ type: Bool.Type = Bool.self) throws(WireError) -> Bool {
    try read(UInt8.self) != 0
  }

  public mutating func read(_ type: [Double].Type = [Double].self) throws(WireError) -> [Double] {
    try loadArray(zero: 0)
  }
  public mutating func read(_ type: [Float].Type = [Float].self) throws(WireError) -> [Float] {
    try loadArray(zero: 0)
  }
  public mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: [T].Type = [T].self
  ) throws(WireError) -> [T] { try loadArray(zero: 0) }

  public mutating func read(_ type: String.Type = String.self) throws(WireError) -> String {
    String(decoding: try read([UInt8].self), as: UTF8.self)
  }
  public mutating func read(_ type: [String].Type = [String].self) throws(WireError) -> [String] {
    let count = try readCount(unit: 8)
    var strings: [String] = []
    for _ in 0..<count { strings.append(try read(String.self)) }
    return strings
  }

  public mutating func read<T: Wire>(_ type: T.Type = T.self) throws(WireError) -> T {
    try T(from: &self)
  }
  public mutating func read<T: Wire>(_ type: [T].Type = [T].self) throws(WireError) -> [T] {
    let count = try readCount(unit: 1)
    var values: [T] = []
    for _ in 0..<count { values.append(try T(from: &self)) }
    return values
  }

  /// A count of elements of at least `unit` bytes each: never more than the bytes that are left can hold.
  private mutating func readCount(unit: Int) throws(WireError) -> Int {
    let count = try read(Int.self)
    guard count >= 0, count <= remaining / unit else {
      throw WireError("a list of \(count) elements does not fit in the \(remaining) bytes left")
    }
    return count
  }

  private mutating func load<T: BitwiseCopyable>() throws(WireError) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw WireError("\(size) bytes wanted, \(remaining) left") }
    let offset = position - bytes.startIndex
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    position += size
    return value
  }

  private mutating func loadArray<T: BitwiseCopyable>(zero: T) throws(WireError) -> [T] {
    let stride = MemoryLayout<T>.stride
    let count = try readCount(unit: stride)
    let offset = position - bytes.startIndex
    var values = [T](repeating: zero, count: count)
    bytes.withUnsafeBytes { source in
      values.withUnsafeMutableBytes {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count * stride]))
      }
    }
    position += count * stride
    return values
  }
}

extension PointMatrix: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(columns)
    writer.write(values)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let columns = try reader.read(Int.self)
    let values = try reader.read([Double].self)
    guard columns >= 0, columns == 0 ? values.isEmpty : values.count % columns == 0 else {
      throw WireError("\(values.count) coordinates do not make rows of \(columns)")
    }
    self.init(columns: columns, values: values)
  }
}
