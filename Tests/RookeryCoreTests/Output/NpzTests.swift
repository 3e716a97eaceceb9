import Foundation
import Testing

@testable import RookeryCore

@Suite struct NpzTests {
  @Test func checksumsAreThoseOfZip() {
    func crc(_ bytes: [UInt8]) -> UInt32 {
      var crc = CRC32()
      bytes.withUnsafeBytes { crc.add($0) }
      return crc.value
    }
    // The check value of the algorithm, which is not a whole number of eight bytes; and one that is.
    #expect(crc(Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(crc([]) == 0 && crc([UInt8](repeating: 0, count: 32)) == 0x190a_55ad)
    var parts = CRC32()
    for part in ["1234", "56789"] { Array(part.utf8).withUnsafeBytes { parts.add($0) } }
    #expect(parts.value == 0xcbf4_3926)
  }

  @Test func arraysComeBackUnderTheirNames() throws {
    try inTemporaryDirectory { directory in
      var writer = try NpzWriter(directory + "/a.npz")
      let points = PointMatrix(columns: 3, values: [1, 2, 3, 4, 5, 6])
      try writer.add("points", points, rows: 2)
      try writer.add("numbers", [.nan, -.infinity, 0x1p-1074])
      try writer.add("integers", [Int64.min, 7])
      try writer.add("note.txt", text: "näh")
      try writer.add("none", PointMatrix(columns: 0), rows: 5)
      try writer.commit()
      let bytes = try readFile(directory + "/a.npz")
      let reader = try NpzReader(bytes)
      #expect(try reader.points("points") == points)
      #expect(
        try reader.numbers("numbers").map(\.bitPattern) == [.nan, -.infinity, 0x1p-1074].map(\.bitPattern))
      #expect(try reader.integers("integers") == [.min, 7])
      #expect(try reader.text("note.txt") == "näh")
      #expect(throws: WireError.self) { try reader.numbers("absent") }
      #expect(throws: WireError.self) { try reader.integers("numbers") }
      #expect(throws: WireError.self) { try reader.points("numbers") }
      // The shape is rows, then columns, in the order of C, and the header fills whole multiples of 64 bytes.
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("'fortran_order': False, 'shape': (2,3,), }"))
      #expect(text.contains("'shape': (5,0,), }"))
    }
  }

  @Test func theSameArraysGiveTheSameBytes() throws {
    try inTemporaryDirectory { directory in
      for name in ["a", "b"] {
        var writer = try NpzWriter("\(directory)/\(name).npz")
        try writer.add("x", [1.0, 2, 3])
        try writer.commit()
      }
      #expect(try readFile(directory + "/a.npz") == readFile(directory + "/b.npz"))
    }
  }
}
