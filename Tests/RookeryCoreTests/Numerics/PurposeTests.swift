import Foundation
import Testing

/// Streams of random numbers are told apart by their purpose alone: two that share one would draw the same numbers.
@Suite struct PurposeTests {
  @Test func noTwoStreamsHaveTheSamePurpose() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../../Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var owners: [UInt32: [String]] = [:]
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /Purpose\(rawValue: (0x[0-9a-fA-F_]+|[0-9_]+)\)/) {
        let digits = match.1.replacing("_", with: "")
        let value = digits.hasPrefix("0x") ? UInt32(digits.dropFirst(2), radix: 16) : UInt32(digits)
        owners[try #require(value, "\(match.1)"), default: []].append(file.lastPathComponent)
      }
    }
    #expect(owners.count >= 16)
    for (purpose, files) in owners { #expect(files.count == 1, "\(String(purpose, radix: 16)): \(files)") }
  }
}
