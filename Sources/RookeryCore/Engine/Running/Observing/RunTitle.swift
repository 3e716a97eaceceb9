/// What a run is, how and where it works: what people are told once, at its start.
public struct RunTitle: Sendable {
  public package(set) var problem: String
  public package(set) var dimension = 1
  /// A name of the method that can be asked for.
  public package(set) var method: String
  /// Who chose it, and why, where the user did not.
  public package(set) var choice = ""
  public package(set) var pool = "serial"
  public package(set) var workers = 1
  public package(set) var seed: UInt64 = 1
  /// Where the state is kept; nil for nowhere.
  public package(set) var directory: String?
  public package(set) var checkpointSeconds = 60.0
  /// The calls of earlier parts of the same run.
  public package(set) var earlierCalls = 0

  package init(problem: String, method: String) {
    self.problem = printable(problem)
    self.method = method
  }

  /// The announcement, to be joined where there is room.
  package var parts: [String] {
    var parts = [
      "\(problem): \(dimension) parameter\(dimension == 1 ? "" : "s") by \(method)"
        + (choice.isEmpty ? "" : " (\(choice))"),
      workers == 1 && pool == "serial"
        ? "pool serial" : "pool \(pool), \(workers) worker\(workers == 1 ? "" : "s")",
      "seed \(seed)",
    ]
    if let directory {
      parts.append(
        "saved to \(printable(directory)), state every \(duration(checkpointSeconds, whole: true))")
    } else {
      parts.append("not saved")
    }
    if earlierCalls > 0 { parts.append("goes on after \(grouped(earlierCalls)) calls") }
    return parts
  }

  /// The announcement in lines that fit a terminal, as far as its parts do.
  package func lines(columns: Int) -> [String] {
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, columnCount(last) + 3 + columnCount(part) < columns {
        lines[lines.count - 1] = last + " | " + part
      } else {
        lines.append(lines.isEmpty ? part : "  " + part)
      }
    }
    return lines
  }
}
