/// A file of groups and arrays in HDF5, as much of the format as exchange files need: contiguous arrays of numbers and
/// attributes, with new-style groups (HDF5 File Format Specification 3.0, superblock version 2).
struct HDF5File {
  final class Group {
    var attributes: [(String, Attribute)] = []
    private(set) var members: [(name: String, node: Node)] = []

    func group(_ name: String) -> Group {
      let group = Group()
      members.append((name, .group(group)))
      return group
    }

    @discardableResult
    func dataset(_ name: String, _ dataset: Dataset) -> Dataset {
      members.append((name, .dataset(dataset)))
      return dataset
    }
  }

  final class Dataset {
    let shape: [Int]
    let isInteger: Bool
    /// Writes all elements, 8 bytes each.
    let write: (AtomicFile) throws -> Void
    var attributes: [(String, Attribute)] = []

    init(_ values: [Double], shape: [Int]) {
      self.shape = shape
      isInteger = false
      write = { file in try values.withUnsafeBytes { try file.write($0) } }
    }

    init(_ values: [Int64]) {
      shape = [values.count]
      isInteger = true
      write = { file in try values.withUnsafeBytes { try file.write($0) } }
    }

    /// A matrix whose rows are made one by one.
    init(rows: Int, columns: Int, row: @escaping (Int) -> [Double]) {
      shape = [rows, columns]
      isInteger = false
      write = { file in
        for i in 0..<rows { try row(i).withUnsafeBytes { try file.write($0) } }
      }
    }

    fileprivate var byteCount: Int { shape.reduce(8, *) }
  }

  enum Node {
    case group(Group)
    case dataset(Dataset)
  }

  enum Attribute {
    case text(String)
    case integer(Int64)
    /// Netcdf's dimension numbers have 32 bits.
    case shortInteger(Int32)
    case number(Double)
    /// The dimension scales of an array, one for each dimension.
    case scales([Dataset])
  }

  let root = Group()

  /// The characters of a text that fit into so many bytes.
  static func cut(_ text: String, to bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var (kept, used) = (String.UnicodeScalarView(), 0)
    for scalar in text.unicodeScalars {
      used += UTF8.width(scalar)
      if used > bytes { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  func write(to path: String) throws {
    var layout = HDF5Layout(root)
    let bytes = layout.metadata()
    let file = try AtomicFile(path)
    try file.write(bytes)
    for dataset in layout.datasets { try dataset.write(file) }
    try file.commit()
  }
}

/// Where everything is in the file: superblock, headers, heap of references, then the numbers.
private struct HDF5Layout {
  private var headers: [(node: HDF5File.Node, address: Int)] = []
  private var addresses: [ObjectIdentifier: Int] = [:]
  private var dataAddresses: [ObjectIdentifier: Int] = [:]
  private var heapAddress = 0
  private var references: [HDF5File.Dataset] = []
  private var places: [ObjectIdentifier: Int] = [:]
  private var end = 0
  private(set) var datasets: [HDF5File.Dataset] = []

  private static let undefined = UInt64.max
  private static let superblockSize = 48

  init(_ root: HDF5File.Group) {
    collect(.group(root))
    // Sizes do not depend on addresses, so a first round with none gives them all.
    var address = Self.superblockSize
    for i in headers.indices {
      headers[i].address = address
      addresses[Self.identity(headers[i].node)] = address
      address += header(of: headers[i].node).count
    }
    // Each once, however many arrays have them: a heap numbers its objects with 16 bits.
    for scale in datasets.flatMap({ Self.scales(of: $0) })
    where !places.keys.contains(ObjectIdentifier(scale)) {
      places[ObjectIdentifier(scale)] = references.count
      references.append(scale)
    }
    heapAddress = (address + 7) / 8 * 8
    address = heapAddress + heap().count
    for dataset in datasets {
      dataAddresses[ObjectIdentifier(dataset)] = address
      address += dataset.byteCount
    }
    end = address
  }

  private mutating func collect(_ node: HDF5File.Node) {
    headers.append((node, 0))
    switch node {
    case .dataset(let dataset): datasets.append(dataset)
    case .group(let group): for member in group.members { collect(member.node) }
    }
  }

  private static func identity(_ node: HDF5File.Node) -> ObjectIdentifier {
    switch node {
    case .group(let group): ObjectIdentifier(group)
    case .dataset(let dataset): ObjectIdentifier(dataset)
    }
  }

  private static func scales(of dataset: HDF5File.Dataset) -> [HDF5File.Dataset] {
    for case (_, .scales(let scales)) in dataset.attributes { return scales }
    return []
  }

  /// All before the numbers.
  mutating func metadata() -> [UInt8] {
    var file = LittleEndianBytes()
    file.bytes = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2, 8, 8, 0]
    file.add(UInt64(0))
    file.add(Self.undefined)
    file.add(UInt64(end))
    file.add(UInt64(Self.superblockSize))
    file.add(lookup3(file.bytes))
    for (node, _) in headers { file.bytes += header(of: node) }
    file.bytes += [UInt8](repeating: 0, count: heapAddress - file.bytes.count)
    file.bytes += heap()
    return file.bytes
  }

  // MARK: - Object headers

  private func header(of node: HDF5File.Node) -> [UInt8] {
    var messages = LittleEndianBytes()
    func add(_ type: UInt8, _ body: [UInt8]) {
      messages.add(type)
      messages.add(UInt16(body.count))
      messages.add(UInt8(0))
      messages.bytes += body
    }
    switch node {
    case .group(let group):
      add(0x02, linkInfo(members: group.members.count))
      add(0x0a, [0, 0])
      for (i, member) in group.members.enumerated() {
        add(0x06, link(member.name, to: member.node, number: i))
      }
      for (name, attribute) in group.attributes { add(0x0c, body(name, attribute)) }
    case .dataset(let dataset):
      add(0x01, dataspace(dataset.shape))
      add(0x03, dataset.isInteger ? Self.integerType(size: 8) : Self.doubleType)
      add(0x05, [3, 0x0a])
      add(0x08, layout(of: dataset))
      for (name, attribute) in dataset.attributes { add(0x0c, body(name, attribute)) }
    }
    var header = LittleEndianBytes()
    header.bytes = Array("OHDR".utf8) + [2, 2]
    header.add(UInt32(messages.bytes.count))
    header.bytes += messages.bytes
    header.add(lookup3(header.bytes))
    return header.bytes
  }

  /// Members are kept in the order in which they were made, for readers to show them so.
  private func linkInfo(members: Int) -> [UInt8] {
    var body = LittleEndianBytes()
    // Version 0; the order is tracked and indexed. There is no heap and no tree, as all links are in the header.
    body.bytes = [0, 3]
    body.add(UInt64(members))
    for _ in 0..<3 { body.add(Self.undefined) }
    return body.bytes
  }

  private func link(_ name: String, to node: HDF5File.Node, number: Int) -> [UInt8] {
    var body = LittleEndianBytes()
    // Version 1; its number, its character set and the length of the name in two bytes follow; UTF-8.
    body.bytes = [1, 0x15]
    body.add(UInt64(number))
    body.bytes.append(1)
    body.add(UInt16(name.utf8.count))
    body.bytes += Array(name.utf8)
    body.add(UInt64(addresses[Self.identity(node)] ?? 0))
    return body.bytes
  }

  private func layout(of dataset: HDF5File.Dataset) -> [UInt8] {
    var body = LittleEndianBytes()
    body.bytes = [3, 1]
    let address = dataAddresses[ObjectIdentifier(dataset)] ?? 0
    body.add(dataset.byteCount == 0 ? Self.undefined : UInt64(address))
    body.add(UInt64(dataset.byteCount))
    return body.bytes
  }

  private func dataspace(_ shape: [Int]) -> [UInt8] {
    var body = LittleEndianBytes()
    body.bytes = [2, UInt8(shape.count), 0, shape.isEmpty ? 0 : 1]
    for size in shape { body.add(UInt64(size)) }
    return body.bytes
  }

  // MARK: - Types

  private static let doubleType: [UInt8] = [
    0x11, 0x20, 0x3f, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0,
  ]

  private static func integerType(size: UInt8) -> [UInt8] {
    [0x10, 8, 0, 0, size, 0, 0, 0, 0, 0, 8 * size, 0]
  }

  private static func textType(size: Int) -> [UInt8] {
    var type = LittleEndianBytes()
    type.bytes = [0x13, 0x10, 0, 0]  // ends with a null byte, UTF-8
    type.add(UInt32(size))
    return type.bytes
  }

  private static let referenceType: [UInt8] = [0x17, 0, 0, 0, 8, 0, 0, 0]
  private static let referenceListType: [UInt8] = [0x19, 0, 0, 0, 16, 0, 0, 0] + referenceType

  // MARK: - Attributes

  private func body(_ name: String, _ attribute: HDF5File.Attribute) -> [UInt8] {
    var value = LittleEndianBytes()
    let type: [UInt8]
    var shape: [Int] = []
    switch attribute {
    case .text(let long):
      // A message holds less than 64 kB.
      let text = HDF5File.cut(long, to: 60_000)
      type = Self.textType(size: text.utf8.count + 1)
      value.bytes = Array(text.utf8) + [0]
    case .integer(let number):
      type = Self.integerType(size: 8)
      value.add(number)
    case .shortInteger(let number):
      type = Self.integerType(size: 4)
      value.add(number)
    case .number(let number):
      type = Self.doubleType
      value.add(number)
    case .scales(let scales):
      type = Self.referenceListType
      shape = [scales.count]
      for scale in scales {
        value.add(UInt32(1))
        value.add(UInt64(heapAddress))
        value.add(UInt32((places[ObjectIdentifier(scale)] ?? 0) + 1))
      }
    }
    let space = dataspace(shape)
    var body = LittleEndianBytes()
    body.bytes = [3, 0]
    body.add(UInt16(name.utf8.count + 1))
    body.add(UInt16(type.count))
    body.add(UInt16(space.count))
    body.bytes += [1] + Array(name.utf8) + [0] + type + space + value.bytes
    return body.bytes
  }

  /// One collection of the global heap: the references that lists of scales are made of.
  private func heap() -> [UInt8] {
    guard !references.isEmpty else { return [] }
    var objects = LittleEndianBytes()
    for (i, scale) in references.enumerated() {
      objects.add(UInt16(i + 1))
      objects.add(UInt16(1))
      objects.add(UInt32(0))
      objects.add(UInt64(8))
      objects.add(UInt64(addresses[ObjectIdentifier(scale)] ?? 0))
    }
    let size = max(4096, 16 + objects.bytes.count + 16)
    var heap = LittleEndianBytes()
    heap.bytes = Array("GCOL".utf8) + [1, 0, 0, 0]
    heap.add(UInt64(size))
    heap.bytes += objects.bytes
    // What is left is free, its own header counted.
    heap.add(UInt64(0))
    heap.add(UInt64(size - heap.bytes.count + 8))
    heap.bytes += [UInt8](repeating: 0, count: size - heap.bytes.count)
    return heap.bytes
  }
}

/// Bob Jenkins' hash lookup3, "hashlittle", the checksum of HDF5's metadata.
private func lookup3(_ bytes: [UInt8]) -> UInt32 {
  var (a, b, c) = (UInt32(0xdead_beef), UInt32(0xdead_beef), UInt32(0xdead_beef))
  let length = UInt32(truncatingIfNeeded: bytes.count)
  (a, b, c) = (a &+ length, b &+ length, c &+ length)
  func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 { value &<< bits | value &>> (32 - bits) }
  /// Four bytes from the given position; zeros after the end.
  func word(_ position: Int) -> UInt32 {
    (0..<4).reduce(0) {
      $0 | (position + $1 < bytes.count ? UInt32(bytes[position + $1]) : 0) &<< UInt32(8 * $1)
    }
  }
  var position = 0
  while bytes.count - position > 12 {
    a = a &+ word(position)
    b = b &+ word(position + 4)
    c = c &+ word(position + 8)
    a = (a &- c) ^ rotated(c, 4)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 6)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 8)
    b = b &+ a
    a = (a &- c) ^ rotated(c, 16)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 19)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 4)
    b = b &+ a
    position += 12
  }
  guard position < bytes.count else { return c }
  a = a &+ word(position)
  b = b &+ word(position + 4)
  c = c &+ word(position + 8)
  c = (c ^ b) &- rotated(b, 14)
  a = (a ^ c) &- rotated(c, 11)
  b = (b ^ a) &- rotated(a, 25)
  c = (c ^ b) &- rotated(b, 16)
  a = (a ^ c) &- rotated(c, 4)
  b = (b ^ a) &- rotated(a, 14)
  c = (c ^ b) &- rotated(b, 24)
  return c
}
