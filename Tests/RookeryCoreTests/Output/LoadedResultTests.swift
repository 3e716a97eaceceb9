import Foundation
import Testing

@testable import RookeryCore

/// Saved results with values that cannot be: an error that says so, or a result that everything can be asked of.
@Suite(.serialized) struct LoadedResultTests {
  private func saved(_ body: (String, [UInt8]) throws -> Void) throws {
    try inTemporaryDirectory { directory in
      let logL = (0..<120).map { -60 * exp(-Double($0) / 20) }
      let births = (0..<120).map { $0 < 40 ? -Double.infinity : logL[$0 - 40] }
      try MadeResult.nested(logLikelihoods: logL, births: births, derived: logL).write(to: directory)
      try body(directory + "/samples.npz", try readFile(directory + "/samples.npz"))
    }
  }

  /// Loads what was written and, if it loads, asks it for all there is.
  ///
  /// - Returns: whether it loaded.
  private func use(_ bytes: [UInt8], at path: String) throws -> Bool {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let result: RunResult
    do { result = try RunResult(contentsOf: path) } catch is InputError { return false }
    for format in TableFormat.allCases { _ = result.summaryText(as: format) }
    _ = try RunReport(result).html
    _ = try compare([result, result])?.text()
    _ = try? RunResult.merging([result, MadeResult.nested(logLikelihoods: [1], births: [-.infinity])])
    _ = result.statistics.json.text
    var sum = result.statistics
    sum.add(result.statistics)
    _ = (try? NestedRun(result))?.bootstrapError(of: 3)
    return true
  }

  /// An archive with other contents of some members, and right checksums.
  private func archive(_ bytes: [UInt8], _ change: (String, [UInt8]) -> [UInt8]) throws -> [UInt8] {
    let reader = try ZipReader(bytes)
    return try inTemporaryFile { path in
      var writer = try ZipWriter(path)
      for name in reader.names.sorted() {
        let body = change(name, Array(try #require(reader[name])))
        try body.withUnsafeBytes { try writer.add(name, header: [], $0) }
      }
      try writer.commit()
      return try readFile(path)
    }
  }

  private func inTemporaryFile<T>(_ body: (String) throws -> T) throws -> T {
    var result: T?
    try inTemporaryDirectory { result = try body($0 + "/file") }
    return try #require(result)
  }

  private func replaced(_ bytes: [UInt8], _ edit: (inout String) -> Void) throws -> [UInt8] {
    try archive(bytes) { name, body in
      guard name == "summary.json" else { return body }
      var text = String(decoding: body, as: UTF8.self)
      edit(&text)
      return Array(text.utf8)
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func valuesThatCannotBe() throws {
    try saved { path, whole in
      #expect(try use(whole, at: path))
      #expect(try use(archive(whole) { $1 }, at: path))
      let cases = [
        (#""busy":0.0"#, #""busy":"inf""#), (#""busy":0.0"#, #""busy":-1e300"#),
        (#""calls":0"#, #""calls":9223372036854775807"#), (#""workers":1"#, #""workers":-5"#),
        (#""dim": 2"#, #""dim": 4611686018427387904"#), (#""nlive": 4"#, #""nlive": -1"#),
        (#""bin_s":0.001"#, #""bin_s":1e308"#), (#""name":"b""#, #""name":"a""#),
        (#""lower":-1.0"#, #""lower":"nan""#), (#""wall_s":0.0"#, #""wall_s":"nan""#),
      ]
      for (old, new) in cases {
        let broken = try replaced(whole) {
          #expect($0.contains(old), "\(old)")
          $0 = $0.replacingOccurrences(of: old, with: new)
        }
        #expect(try !use(broken, at: path), "\(new)")
      }
      let deep = try replaced(whole) { $0 = String(repeating: "[", count: 100_000) }
      #expect(try !use(deep, at: path))
    }
  }

  /// Numbers of the summary and of the headers of arrays replaced by others, at random; ROOKERY_TEST_SEED gives the same ones again.
  @Test(.timeLimit(.minutes(10)))
  func valuesReplacedAtRandom() throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["ROOKERY_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999_999)
    let rounds = environment["ROOKERY_FLIPS"].flatMap { Int($0) } ?? 150
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 0x4655_5a5a), index: 0)
    print("ROOKERY_TEST_SEED=\(seed)")
    let odd = [
      "0", "-1", "1e308", "1e400", "-1e308", "5e-324", "9223372036854775807", "18446744073709551615",
      "\"inf\"",
      "\"-inf\"", "\"nan\"", "null", "[]", "{}", "\"\"", "4611686018427387904", "1", "1e15", "true",
    ]
    try saved { path, whole in
      for _ in 0..<rounds {
        let kind = stream.integer(below: 3)
        let bytes: [UInt8]
        if kind == 0 {
          bytes = try replaced(whole) { text in
            let numbers = text.ranges(of: #/-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/#)
            text.replaceSubrange(
              numbers[stream.integer(below: numbers.count)], with: odd[stream.integer(below: odd.count)])
          }
        } else {
          // A byte of a member, its checksum made right; or of the archive itself.
          let (place, bit) = (stream.next(), UInt8(1) << UInt8(stream.integer(below: 8)))
          func flipped(_ body: [UInt8], within: Int) -> [UInt8] {
            guard !body.isEmpty else { return body }
            var body = body
            body[Int(place % UInt64(min(body.count, within)))] ^= bit
            return body
          }
          let chosen = try Array(ZipReader(whole).names.sorted())[stream.integer(below: 11)]
          bytes =
            kind == 1
            ? try archive(whole) { $0 == chosen ? flipped($1, within: 128) : $1 }
            : flipped(whole, within: whole.count)
        }
        _ = try use(bytes, at: path)
      }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func filesThatAreNone() throws {
    try inTemporaryDirectory { directory in
      // A pipe without a writer would be waited for.
      try #require(mkfifo(directory + "/samples.npz", 0o600) == 0)
      #expect(throws: OutputError.self) { try RunResult(contentsOf: directory) }
      unlink(directory + "/samples.npz")
      #expect(throws: OutputError.self) { try RunResult(contentsOf: "/dev/zero.npz") }
      // Four terabytes of nothing, and four gigabytes.
      for size in [1 << 42, 1 << 32] {
        let descriptor = open(directory + "/samples.npz", O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard ftruncate(descriptor, size) == 0 else { continue }
        close(descriptor)
        let start = ContinuousClock.now
        #expect(throws: (any Error).self) { try RunResult(contentsOf: directory) }
        #expect(ContinuousClock.now - start < .seconds(5))
      }
    }
  }
}
