import Foundation
import RookeryCore
import Testing

@Suite struct SettingNameTests {
  /// A program that says nothing of it has the keys themselves.
  @Test func namesAreTheirKeys() {
    #expect("\(SettingName.targetESS)" == "target_ess")
    #expect("\(SettingName.window.set(to: 62))" == "window 62")
    #expect(InputError("too few", of: .live, .slices).description == "too few (live, slices)")
  }

  /// The core has readers in other languages than that of a shell: it names settings, never flags.
  @Test func theCoreKnowsNoFlags() throws {
    let core = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/RookeryCore").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil))
    // A flag in a text: at its beginning, or after a blank or a bracket.
    let flag = try Regex(#"["\s]\(?--[a-z]"#)
    var seen = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      seen += 1
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let code = line.drop { $0 == " " }
        // Those of srun are not ours.
        if code.hasPrefix("//") || code.contains("srun") { continue }
        #expect(try flag.firstMatch(in: code) == nil, "\(file.lastPathComponent): \(code)")
      }
    }
    #expect(seen > 150)
  }
}
