import Foundation
import RookeryCore
import TestSupport
import Testing

@testable import RookeryCore

/// A file with some of its bytes changed, cut off or added to, and what was done to it.
func damaged(_ data: Data, _ random: inout SeededRandom) -> (Data, String) {
  var data = data
  switch Int.random(in: 0..<4, using: &random) {
  case 0:
    let count = Int.random(in: 1...data.count, using: &random)
    data.removeLast(count)
    return (data, "\(count) bytes off the end")
  case 1:
    let count = Int.random(in: 1...100, using: &random)
    data.append(contentsOf: [UInt8](repeating: 7, count: count))
    return (data, "\(count) bytes added")
  default:
    // In every second round at the head, where versions, lengths and sums are.
    let end = Bool.random(using: &random) ? data.count : min(48, data.count)
    var how = "bytes flipped:"
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let (at, by) = (
        Int.random(in: 0..<end, using: &random), UInt8.random(in: 1...255, using: &random)
      )
      data[at] ^= by
      how += " \(at) by \(by)"
    }
    return (data, how)
  }
}

/// Saved results that are damaged, and such as somebody has written by hand: reading them gives what was saved, or an error that
/// names the file. `make test-kill` does it 2000 times.
@Suite(.serialized) struct ResultFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["ROOKERY_FLIPS"].flatMap(Int.init) ?? 200

  private static func made() throws -> RunResult {
    try MadeResult.nested(
      logLikelihoods: [-.infinity, -3, -2, -1], births: [-.infinity, -.infinity, -.infinity, -3],
      names: ["with space", "größe"], derived: [.nan, .infinity, 2, 1])
  }

  private static func bytes(_ result: RunResult) -> [UInt8] {
    var writer = WireWriter()
    writer.write(result)
    return writer.bytes
  }

  /// What was read, nil where it was refused as it should be.
  private static func read(_ path: String, _ how: String) throws -> RunResult? {
    do { return try RunResult(contentsOf: path) } catch let error as InputError {
      #expect(error.description.contains(path), "\(how)")
    } catch let error as OutputError {
      #expect(error.description.contains(path), "\(how)")
    }
    return nil
  }

  @Test(.timeLimit(.minutes(10))) func damagedArchives() throws {
    var random = SeededRandom()
    print("ResultFuzzTests: \(random)")
    try inTemporaryDirectory { directory in
      let result = try Self.made()
      try result.write(to: directory)
      let file = directory + "/samples.npz"
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      var refused = 0
      for round in 0..<Self.rounds {
        let (data, change) = damaged(whole, &random)
        let how = "\(random), round \(round), \(change)"
        try data.write(to: URL(fileURLWithPath: file))
        guard let read = try Self.read(file, how) else {
          refused += 1
          continue
        }
        // Bytes that nobody reads may change; then the result is the same.
        let isSame = Self.bytes(read) == Self.bytes(result)
        #expect(isSame, "\(how)")
      }
      #expect(refused > Self.rounds / 3)
    }
  }

  /// The archive is sound, but its summary says something else: numbers that do not fit, words for numbers, nothing.
  @Test(.timeLimit(.minutes(10))) func forgedSummaries() throws {
    var random = SeededRandom()
    print("ResultFuzzTests: \(random)")
    let strange = [
      "null", "-1", "1e308", "9223372036854775807", "18446744073709551615", "\"NaN\"", "\"inf\"", "0.5", "[]",
      "{}",
      "true", "\"\"", "[1e999]", "-9223372036854775808",
    ]
    try inTemporaryDirectory { directory in
      let result = try Self.made()
      let lines = result.fullSummary(result.marginals()).lines
      // Every number, text and word that is not the name of a member.
      let values = lines.matches(of: /[:,\[]\s?(-?[0-9][0-9.e+-]*|"[^"]*"|true|false|null)(?!\s?:)/).map {
        $0.1.startIndex..<$0.1.endIndex
      }
      #expect(values.count > 100)
      var accepted = 0
      for round in 0..<Self.rounds {
        var text = lines
        let place = values[Int.random(in: 0..<values.count, using: &random)]
        let other = strange[Int.random(in: 0..<strange.count, using: &random)]
        let how = "\(random), round \(round), \(lines[..<place.lowerBound].suffix(40)) \(other)"
        text.replaceSubrange(place, with: other)
        let file = directory + "/samples.npz"
        try result.saveArchive(to: file, summary: .raw(text))
        guard let read = try Self.read(file, how) else { continue }
        accepted += 1
        // Whatever it says, what is made of it does not trap.
        _ = (read.summaryText(), read.json(), read.digest)
      }
      #expect(accepted > 0)
    }
  }
}
