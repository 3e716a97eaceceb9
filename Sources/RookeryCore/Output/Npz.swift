/// Arrays under names in one file that `numpy.load` reads: a zip archive of npy files, format version 1.0.
package struct NpzWriter {
  private var archive: ZipWriter

  /// - Throws: ``OutputError``.
  package init(_ path: String) throws { archive = try ZipWriter(path) }

  package mutating func add(_ name: String, _ values: [Double]) throws {
    try add(name, type: "<f8", shape: [values.count], values)
  }

  /// - Parameter rows: how many there are, which a matrix without columns does not know.
  package mutating func add(_ name: String, _ points: PointMatrix, rows: Int) throws {
    try add(name, type: "<f8", shape: [rows, points.columns], points.values)
  }

  package mutating func add(_ name: String, _ values: [Int64]) throws {
    try add(name, type: "<i8", shape: [values.count], values)
  }

  /// Strings, in numpy's own form: 32 bits a character, all as long as the longest.
  package mutating func add(_ name: String, _ strings: [String]) throws {
    let width = max(1, strings.map(\.unicodeScalars.count).max() ?? 1)
    var characters = [UInt32](repeating: 0, count: width * strings.count)
    for (i, text) in strings.enumerated() {
      for (j, scalar) in text.unicodeScalars.enumerated() { characters[i * width + j] = scalar.value }
    }
    try add(name, type: "<U\(width)", shape: [strings.count], characters)
  }

  /// A member that is no array: `numpy.load` gives its bytes.
  package mutating func add(_ name: String, text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try archive.add(name, header: [], $0) }
  }

  package mutating func commit() throws { try archive.commit() }

  private mutating func add<T: BitwiseCopyable>(_ name: String, type: String, shape: [Int], _ values: [T])
    throws
  {
    let tuple = "(" + shape.map { "\($0)," }.joined() + ")"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
    // Magic, version, length and text fill a multiple of 64 bytes.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    let header: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length &>> 8)] + Array(text.utf8)
    try values.withUnsafeBytes { try archive.add(name + ".npy", header: header, $0) }
  }
}

/// Reads what ``NpzWriter`` wrote.
package struct NpzReader {
  private let archive: ZipReader

  /// - Throws: ``WireError`` for bytes that are no such file.
  package init(_ bytes: [UInt8]) throws(WireError) { archive = try ZipReader(bytes) }

  package func text(_ name: String) throws(WireError) -> String {
    guard let bytes = archive[name] else { throw WireError("it has no member \(name)") }
    return String(decoding: bytes, as: UTF8.self)
  }

  package func numbers(_ name: String) throws(WireError) -> [Double] {
    try array(name, type: "<f8", zero: 0 as Double).values
  }

  package func integers(_ name: String) throws(WireError) -> [Int64] {
    try array(name, type: "<i8", zero: 0 as Int64).values
  }

  package func points(_ name: String) throws(WireError) -> PointMatrix {
    let (shape, values) = try array(name, type: "<f8", zero: 0 as Double)
    guard shape.count == 2 else { throw WireError("its member \(name) is not a matrix") }
    return PointMatrix(columns: shape[1], values: values)
  }

  private func array<T: BitwiseCopyable>(_ name: String, type: String, zero: T) throws(WireError)
    -> (shape: [Int], values: [T])
  {
    guard let bytes = archive[name + ".npy"] else { throw WireError("it has no array \(name)") }
    let start = bytes.startIndex
    guard bytes.count >= 10, bytes[start] == 0x93 else { throw WireError("its member \(name) is no array") }
    let length = Int(bytes[start + 8]) | Int(bytes[start + 9]) << 8
    guard bytes.count >= 10 + length else { throw WireError("its array \(name) is cut off") }
    let text = String(decoding: bytes[start + 10..<start + 10 + length], as: UTF8.self)
    guard text.contains("'descr': '\(type)'"), text.contains("'fortran_order': False"),
      let open = text.firstIndex(of: "("), let end = text.firstIndex(of: ")"), open < end
    else { throw WireError("its array \(name) is not of type \(type) in C order") }
    let shape = text[text.index(after: open)..<end].split(separator: ",").compactMap {
      Int($0.drop { $0 == " " })
    }
    let stride = MemoryLayout<T>.stride
    let room = (bytes.count - 10 - length) / stride
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, size >= 0 else { throw WireError("its array \(name) has a shape that cannot be") }
      count = product
    }
    guard count == room else { throw WireError("its array \(name) is not as long as its shape says") }
    var values = [T](repeating: zero, count: count)
    bytes.withUnsafeBytes { source in
      values.withUnsafeMutableBytes {
        $0.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[10 + length..<10 + length + count * stride]))
      }
    }
    return (shape, values)
  }
}
