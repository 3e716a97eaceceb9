import Foundation

/// The lines of the table that a run of the suite leaves behind, in the file that ROOKERY_STATISTICS names.
enum Report {
  static let path = ProcessInfo.processInfo.environment["ROOKERY_STATISTICS"]

  private static let lock = NSLock()

  /// Adds a line, under the heading where it is the first of its kind.
  static func add(_ line: String, heading: String) {
    print(line)
    guard let path else { return }
    lock.withLock {
      var text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      if !text.contains(heading) { text += (text.isEmpty ? "" : "\n") + heading + "\n" }
      text += line + "\n"
      try? text.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int, sign: Bool = false) -> String {
  String(format: sign ? "%+.\(digits)f" : "%.\(digits)f", value)
}
