import RookeryCore
import Testing

/// A value with a bit of everything in it.
private struct Parcel: Wire, Equatable {
  var number = -5
  var small: UInt16 = 77
  var real = 0.1
  var flag = true
  var text = "θ, naïve"
  var strings = ["", "a", "bc"]
  var reals = [1.5, -.infinity, 0x1p-1074]
  var floats: [Float] = [1, 2]
  var bytes: [UInt8] = [1, 2, 3]
  var points = PointMatrix(columns: 2, values: [1, 2, 3, 4])
  var failures = [LikelihoodFailure(reason: "r", point: "p", place: "here")]

  init() {}

  func encode(to writer: inout WireWriter) {
    writer.write(number)
    writer.write(small)
    writer.write(real)
    writer.write(flag)
    writer.write(text)
    writer.write(strings)
    writer.write(reals)
    writer.write(floats)
    writer.write(bytes)
    writer.write(points)
    writer.write(failures)
  }

  init(from reader: inout WireReader) throws(WireError) {
    number = try reader.read()
    small = try reader.read()
    real = try reader.read()
    flag = try reader.read()
    text = try reader.read()
    strings = try reader.read()
    reals = try reader.read()
    floats = try reader.read()
    bytes = try reader.read()
    points = try reader.read()
    failures = try reader.read()
  }
}

@Suite struct WireTests {
  private var bytes: [UInt8] {
    var writer = WireWriter()
    writer.write(Parcel())
    return writer.bytes
  }

  @Test func comesBackAsItWent() throws {
    var reader = WireReader(bytes)
    #expect(try reader.read(Parcel.self) == Parcel())
    #expect(reader.remaining == 0)
  }

  @Test func readsSlicesThatDoNotBeginAtZero() throws {
    var reader = WireReader(([9, 9, 9] + bytes)[3...])
    #expect(try reader.read(Parcel.self) == Parcel())
  }

  @Test func numbersAreLittleEndian() {
    var writer = WireWriter()
    writer.write(UInt32(0x0102_0304))
    writer.write([UInt8(7)])
    #expect(writer.bytes == [4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7])
  }

  @Test func nanKeepsItsBits() throws {
    let value = Double(nan: 5, signaling: false)
    var writer = WireWriter()
    writer.write([value])
    var reader = WireReader(writer.bytes)
    #expect(try reader.read([Double].self)[0].bitPattern == value.bitPattern)
  }

  @Test func truncatedBuffersThrow() {
    let bytes = bytes
    for count in 0..<bytes.count {
      var reader = WireReader(bytes[..<count])
      #expect(throws: WireError.self, "\(count) bytes") { try reader.read(Parcel.self) }
    }
  }

  @Test func spoiltBuffersNeverTrap() {
    let good = bytes
    var stream = RandomStream(seed: 7, purpose: .init(rawValue: 1), index: 0)
    for _ in 0..<20_000 {
      var bad = good
      for _ in 0...stream.integer(below: 4) {
        bad[stream.integer(below: bad.count)] = UInt8(truncatingIfNeeded: stream.next())
      }
      var reader = WireReader(bad)
      _ = try? reader.read(Parcel.self)
      #expect(reader.remaining >= 0)
    }
  }

  @Test(arguments: [-1, Int.max, Int.min, 1 << 61, 3])
  func countsThatDoNotFitThrow(_ count: Int) {
    var writer = WireWriter()
    writer.write(count)
    writer.write(UInt16(0))
    var reader = WireReader(writer.bytes)
    let error = WireError("a list of \(count) elements does not fit in the 2 bytes left")
    #expect(throws: error) { try reader.read([Double].self) }
  }

  @Test(arguments: [(2, 3), (0, 1), (-1, 0), (Int.min, 4)])
  func pointsThatMakeNoRowsThrow(_ columns: Int, _ count: Int) {
    var writer = WireWriter()
    writer.write(columns)
    writer.write([Double](repeating: 0, count: count))
    var reader = WireReader(writer.bytes)
    #expect(throws: WireError("\(count) coordinates do not make rows of \(columns)")) {
      try reader.read(PointMatrix.self)
    }
  }
}
