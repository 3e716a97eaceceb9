import Foundation
import Testing

@testable import RookeryCore

@Suite struct TemporaryFileTests {
  private func contents(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  private func write(_ text: String, to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(text)
    try file.commit()
  }

  /// Links planted under names that a file or its temporary one might have are not written through.
  @Test func linksAreNotFollowed() throws {
    try inTemporaryDirectory { directory in
      let victim = directory + "/victim"
      try write("precious", to: victim)
      for name in ["samples.npz", "samples.npz.tmp", "summary.json.tmp", "summary.json", ".probe", "probe"] {
        symlink(victim, directory + "/" + name)
      }
      try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity]).write(to: directory)
      #expect(String(decoding: try readFile(victim), as: UTF8.self) == "precious")
      #expect(try RunResult(contentsOf: directory).logLikelihoods == [1, 2])
    }
  }

  /// What a killed writer left goes with the next file; what is being written, by this process or another, stays.
  @Test func leftoversAreRemoved() throws {
    try inTemporaryDirectory { directory in
      let left = [".a.0123456789abcdef.rookery-tmp", ".b.0123456789abcdef.rookery-tmp"]
      let others = [".a.xyz.rookery-tmp", "a.0123456789abcdef.rookery-tmp", ".c.tmp"]
      for name in left + others { try Data("x".utf8).write(to: URL(fileURLWithPath: directory + "/" + name)) }
      let first = try AtomicFile(directory + "/a")
      #expect(try contents(directory).count == 5)
      let second = try AtomicFile(directory + "/a")
      _ = try OutputDirectory(path: directory)
      #expect(Set(try contents(directory)).isSuperset(of: others))
      #expect(try contents(directory).count == 5)
      try first.write("first")
      try second.write("second")
      try first.commit()
      try second.commit()
      #expect(String(decoding: try readFile(directory + "/a"), as: UTF8.self) == "second")
      #expect(try contents(directory) == (others + ["a"]).sorted())
    }
  }

  @Test func longNames() throws {
    try inTemporaryDirectory { directory in
      for name in [String(repeating: "n", count: 255), String(repeating: "ñ", count: 127)] {
        try write("x", to: directory + "/" + name)
      }
      #expect(try contents(directory).count == 2)
      let tooLong = directory + "/" + String(repeating: "n", count: 256)
      #expect(throws: OutputError.self) { try write("x", to: tooLong) }
    }
  }

  /// Two that start in one directory at once both get through.
  @Test(.timeLimit(.minutes(10))) func manyStartsAtOnce() throws {
    try inTemporaryDirectory { directory in
      let failures = Failures()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        for _ in 0..<5 {
          do { _ = try OutputDirectory(path: directory + "/out") } catch { failures.add("\(error)") }
        }
      }
      #expect(failures.all == [])
      let left = try contents(directory + "/out")
      #expect(left.isEmpty)
    }
  }

  /// A result goes where it can be kept, and where is said.
  @Test func fallbacks() throws {
    try inTemporaryDirectory { directory in
      let result = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
      let place = try OutputDirectory(path: directory + "/gone/here")
      try FileManager.default.removeItem(atPath: directory + "/gone")
      let words = try #require(
        try place.save(result, formats: [.csv], fallbacks: ["/proc/no", directory + "/kept"]))
      let kept = directory + "/kept/rookery-made \"up\"-\(result.digest)"
      #expect(words.contains(kept) && words.contains("gone/here"))
      #expect(try RunResult(contentsOf: kept).digest == result.digest)
      #expect(try contents(kept) == ["samples.csv", "samples.npz", "summary.json"])
      let nowhere = try #require(try place.save(result, formats: [], fallbacks: ["/proc/no"]))
      #expect(nowhere.contains("nor could"))
      let fine = try OutputDirectory(path: directory + "/fine")
      #expect(try fine.save(result, formats: [], fallbacks: ["/proc/no"]) == nil)
    }
  }
}

private final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []
  func add(_ text: String) { lock.withLock { texts.append(text) } }
  var all: [String] { lock.withLock { texts } }
}
