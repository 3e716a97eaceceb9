/// An uncompressed zip archive, as numpy's `npz` is one. Sizes are always 64 bits wide (APPNOTE 4.3.14, 4.5.3).
struct ZipWriter {
  private let file: AtomicFile
  private var directory = LittleEndianBytes()
  private var members: UInt64 = 0
  private var offset: UInt64 = 0

  init(_ path: String) throws { file = try AtomicFile(path) }

  /// Adds a member whose contents are the parts, one after another.
  mutating func add(_ name: String, header: [UInt8], _ body: UnsafeRawBufferPointer) throws {
    var crc = CRC32()
    header.withUnsafeBytes { crc.add($0) }
    crc.add(body)
    let size = UInt64(header.count + body.count)
    var local = LittleEndianBytes()
    local.add(UInt32(0x0403_4b50))
    Self.describe(name, crc.value, into: &local)
    local.add(UInt16(20))  // the extra field: both sizes in 64 bits
    local.bytes += Array(name.utf8)
    local.add(UInt16(1))
    local.add(UInt16(16))
    local.add(size)
    local.add(size)

    directory.add(UInt32(0x0201_4b50))
    directory.add(UInt16(45))
    Self.describe(name, crc.value, into: &directory)
    directory.add(UInt16(28))
    directory.add(UInt16(0))  // no comment
    directory.add(UInt16(0))  // first disk
    directory.add(UInt16(0))
    directory.add(UInt32(0o600 << 16))  // permissions of who unpacks it
    directory.add(UInt32.max)
    directory.bytes += Array(name.utf8)
    directory.add(UInt16(1))
    directory.add(UInt16(24))
    directory.add(size)
    directory.add(size)
    directory.add(offset)

    try file.write(local.bytes)
    try file.write(header)
    try file.write(body)
    offset += UInt64(local.bytes.count) + size
    members += 1
  }

  /// The fields that the header of a member shares with its entry in the directory, to the length of its name.
  private static func describe(_ name: String, _ crc: UInt32, into record: inout LittleEndianBytes) {
    record.add(UInt16(45))  // version 4.5: 64-bit sizes
    record.add(UInt16(1 << 11))  // names are UTF-8
    record.add(UInt16(0))  // stored
    record.add(UInt16(0))  // midnight
    record.add(UInt16(0x21))  // of 1980-01-01: the same run gives the same file
    record.add(crc)
    record.add(UInt32.max)
    record.add(UInt32.max)
    record.add(UInt16(name.utf8.count))
  }

  mutating func commit() throws {
    let size = UInt64(directory.bytes.count)
    let end = offset + size
    directory.add(UInt32(0x0606_4b50))
    directory.add(UInt64(44))
    directory.add(UInt16(45))
    directory.add(UInt16(45))
    directory.add(UInt32(0))
    directory.add(UInt32(0))
    directory.add(members)
    directory.add(members)
    directory.add(size)
    directory.add(offset)
    directory.add(UInt32(0x0706_4b50))
    directory.add(UInt32(0))
    directory.add(end)
    directory.add(UInt32(1))
    directory.add(UInt32(0x0605_4b50))
    directory.add(UInt16(0))
    directory.add(UInt16(0))
    directory.add(UInt16.max)
    directory.add(UInt16.max)
    directory.add(UInt32.max)
    directory.add(UInt32.max)
    directory.add(UInt16(0))
    try file.write(directory.bytes)
    try file.commit()
  }
}

/// The members of a zip archive that are stored uncompressed.
struct ZipReader {
  private let bytes: [UInt8]
  private var members: [String: Range<Int>] = [:]
  /// Bytes of all members so far.
  private var total = 0

  /// Where the record at the end of an archive may begin, counted from the end: it has 22 bytes and a comment.
  static let longestEnd = 22 + 65_535
  static let noEnd = "it is not a zip archive, or its end is missing"

  /// Where the record at the end of an archive begins.
  static func end(in bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    return stride(from: bytes.count - 22, through: max(0, bytes.count - longestEnd), by: -1).first {
      bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4b && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
    }
  }

  /// - Throws: ``WireError`` for bytes that are no such archive, and for members whose checksum is wrong.
  init(_ bytes: [UInt8]) throws(WireError) {
    self.bytes = bytes
    guard let end = Self.end(in: bytes) else { throw WireError(Self.noEnd) }
    var count = try number(end + 10, 2)
    var position = try number(end + 16, 4)
    if count == 0xffff || position == 0xffff_ffff {
      let wide = try number(end - 20 + 8, 8)
      count = try number(wide + 32, 8)
      position = try number(wide + 48, 8)
    }
    for _ in 0..<count { position = try readEntry(at: position) }
  }

  private mutating func readEntry(at position: Int) throws(WireError) -> Int {
    guard try number(position, 4) == 0x0201_4b50 else { throw WireError("its directory is damaged") }
    guard try number(position + 10, 2) == 0 else { throw WireError("it is compressed") }
    let crc = try number(position + 16, 4)
    var size = try number(position + 24, 4)
    let nameLength = try number(position + 28, 2)
    let extraLength = try number(position + 30, 2)
    let commentLength = try number(position + 32, 2)
    var start = try number(position + 42, 4)
    let nameEnd = position + 46 + nameLength
    guard nameEnd + extraLength <= bytes.count else { throw WireError("its directory is cut off") }
    var extra = nameEnd
    while extra + 4 <= nameEnd + extraLength {
      let length = try number(extra + 2, 2)
      if try number(extra, 2) == 1 {
        // Only what did not fit in 32 bits is here, in this order: size, size stored, offset.
        var field = extra + 4
        if size == 0xffff_ffff {
          size = try number(field, 8)
          field += 8
        }
        if try number(position + 20, 4) == 0xffff_ffff { field += 8 }
        if start == 0xffff_ffff { start = try number(field, 8) }
      }
      extra += 4 + length
    }
    let name = String(decoding: bytes[position + 46..<nameEnd], as: UTF8.self)
    let skipped = try number(start + 26, 2) + number(start + 28, 2)
    let body = start + 30 + skipped
    guard size >= 0, body <= bytes.count, size <= bytes.count - body else {
      throw WireError("its member \(name) is cut off")
    }
    // Members that share their bytes could take for ever to check.
    total += size
    guard total <= bytes.count else { throw WireError("its members are larger than it") }
    var check = CRC32()
    bytes.withUnsafeBytes { check.add(UnsafeRawBufferPointer(rebasing: $0[body..<body + size])) }
    guard check.value == UInt32(crc) else { throw WireError("its member \(name) is damaged") }
    members[name] = body..<body + size
    return nameEnd + extraLength + commentLength
  }

  /// A little-endian number of so many bytes.
  private func number(_ position: Int, _ width: Int) throws(WireError) -> Int {
    guard position >= 0, position <= bytes.count - width else { throw WireError("it is cut off") }
    var value: UInt64 = 0
    for i in 0..<width { value |= UInt64(bytes[position + i]) &<< UInt64(8 * i) }
    guard let number = Int(exactly: value), number < 1 << 56 else { throw WireError("it is damaged") }
    return number
  }

  var names: [String] { Array(members.keys) }

  subscript(name: String) -> ArraySlice<UInt8>? { members[name].map { bytes[$0] } }
}

/// Bytes of little-endian numbers, one after another.
struct LittleEndianBytes {
  var bytes: [UInt8] = []

  mutating func add<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ value: Double) { add(value.bitPattern) }
}

/// The checksum of zip archives: CRC-32 with the reflected polynomial EDB88320, eight bytes at a time.
struct CRC32 {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 2048)
    for i in 0..<256 {
      var value = UInt32(i)
      for _ in 0..<8 { value = value & 1 == 1 ? value &>> 1 ^ 0xedb8_8320 : value &>> 1 }
      tables[i] = value
    }
    for i in 256..<2048 {
      let before = tables[i - 256]
      tables[i] = before &>> 8 ^ tables[Int(before & 0xff)]
    }
    return tables
  }()

  private var state = UInt32.max

  var value: UInt32 { ~state }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    Self.tables.withUnsafeBufferPointer { tables in
      let words = bytes.count / 8
      for word in 0..<words {
        let both = bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self) ^ UInt64(crc)
        var next: UInt32 = 0
        for byte in 0..<8 {
          next ^= tables[(7 - byte) &* 256 &+ Int(both &>> UInt64(8 &* byte) & 0xff)]
        }
        crc = next
      }
      for i in 8 * words..<bytes.count { crc = crc &>> 8 ^ tables[Int((crc ^ UInt32(bytes[i])) & 0xff)] }
    }
    state = crc
  }
}
