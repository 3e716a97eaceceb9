import FileCalls
import Foundation
import RookeryCore
import Testing

@Suite struct AtomicFileTests {
  /// A loss of power must find the old file or the new one: its bytes are on the disk before it takes the name, and the
  /// name after that.
  @Test func bytesAreSyncedBeforeTheNameAndTheNameAfterIt() throws {
    try inTemporaryDirectory { directory in
      for size in [10, 3 << 20] {
        let file = try AtomicFile(directory + "/state")
        startNotingFileCalls()
        try file.write([UInt8](repeating: 7, count: size))
        try file.commit()
        #expect(String(cString: fileCallsNoted()) == "frd")
        #expect(try readFile(directory + "/state") == [UInt8](repeating: 7, count: size))
      }
    }
  }

  @Test func roomIsMadeOnceTheNewBytesAreSafe() throws {
    try inTemporaryDirectory { directory in
      let path = directory + "/state"
      for text in ["old", "new"] {
        let file = try AtomicFile(path)
        try file.write(text)
        startNotingFileCalls()
        try file.commit { _ = rename(path, path + ".previous") }
        #expect(String(cString: fileCallsNoted()) == "frrd")
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      #expect(try String(contentsOfFile: path + ".previous", encoding: .utf8) == "old")
    }
  }

  @Test func whatIsNotCommittedLeavesTheOldFile() throws {
    try inTemporaryDirectory { directory in
      let first = try AtomicFile(directory + "/state")
      try first.write("old")
      try first.commit()
      do {
        let second = try AtomicFile(directory + "/state")
        try second.write("half of the ne")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["state"])
      #expect(try String(contentsOfFile: directory + "/state", encoding: .utf8) == "old")
    }
  }
}
