import Glibc

/// The bytes of a checkpoint file: a mark, the version of the format, the length, a sum over all, and the state.
enum CheckpointFile {
  private static let mark = Array("rookery checkpoint\n".utf8)
  /// Raised whenever the state of a run or of a sampler gets another form.
  static let version: UInt32 = 9

  /// What is wrong with a file, in words that follow its name.
  struct Damage: Error { let description: String }

  static func frame(_ state: [UInt8]) -> [UInt8] {
    var writer = WireWriter(capacity: state.count + 64)
    writer.append(mark[...])
    writer.write(version)
    writer.write(UInt64(state.count))
    writer.write(checksum(state[...]))
    writer.append(state[...])
    return writer.bytes
  }

  /// - Throws: ``Damage``.
  static func state(of bytes: [UInt8]) throws(Damage) -> ArraySlice<UInt8> {
    guard bytes.starts(with: mark) else { throw Damage(description: "is not a checkpoint of Rookery") }
    var reader = WireReader(bytes[mark.count...])
    guard let version = try? reader.read(UInt32.self), let length = try? reader.read(UInt64.self),
      let sum = try? reader.read(UInt64.self)
    else { throw Damage(description: "is cut short") }
    guard version == Self.version else {
      throw Damage(
        description: "has version \(version) of the format, and this program reads version \(Self.version)")
    }
    let state = reader.rest
    guard state.count == length else {
      throw Damage(description: "holds \(state.count) bytes of state where \(length) were written")
    }
    guard checksum(state) == sum else { throw Damage(description: "has been changed since it was written") }
    return state
  }

  /// A sum that any single word changed alters for certain, as each step is a bijection of the sum and of the word.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
    func mixed(_ sum: UInt64, _ word: UInt64) -> UInt64 {
      let product = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
      return product ^ product &>> 29
    }
    bytes.withUnsafeBytes { all in
      let whole = all.count / 8 * 8
      for at in stride(from: 0, to: whole, by: 8) {
        sum = mixed(sum, all.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      }
      for at in whole..<all.count { sum = mixed(sum, UInt64(all[at])) }
    }
    return sum
  }
}
