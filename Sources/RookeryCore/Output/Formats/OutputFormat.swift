/// A form in which a result can be written for other tools. A program may have its own, which
/// ``RunResult/write(to:formats:)`` takes beside those of this package.
public protocol ResultFormat: Sendable {
  /// What people type for it.
  var name: String { get }
  /// The tools that read it, in a few words.
  var readers: String { get }

  /// Why a result has no such form, in words; nil where it has one.
  func obstacle(to result: RunResult) -> String?

  /// Writes files into the directory, replacing those of their names. Called on rank 0 alone, and for results without an obstacle.
  ///
  /// - Throws: ``OutputError``.
  func write(_ result: RunResult, to directory: OutputDirectory) throws
}

extension ResultFormat {
  public func obstacle(to result: RunResult) -> String? { nil }
}

/// A format by its name, beside `samples.npz` and `summary.json`, which always are written.
public struct OutputFormat: Sendable, CaseIterable {
  private let format: any ResultFormat

  public init(_ format: some ResultFormat) { self.format = format }

  /// Those of this package, in the order in which people are told of them.
  public static let allCases: [OutputFormat] = [.npz, .csv, .polychord, .arviz, .bilby, .ultranest]

  /// What a run writes where nothing is said: nothing more, as text takes several times the room.
  public static let standard: [OutputFormat] = []

  public var name: String { format.name }
  public var readers: String { format.readers }

  /// The formats that a text names, separated by commas: `csv,polychord`, or `all`.
  ///
  /// - Throws: ``InputError`` that lists the formats there are.
  public static func parse(_ text: String) throws -> [OutputFormat] {
    var formats: [OutputFormat] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      if name == "all" { return allCases }
      guard let format = allCases.first(where: { $0.name == name }) else {
        throw InputError(
          "\"\(name)\" is no format: give \(allCases.map(\.name).joined(separator: ", ")) or all")
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }

  func obstacle(to result: RunResult) -> String? { format.obstacle(to: result) }

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try format.write(result, to: directory)
  }
}

extension OutputFormat: Equatable {
  public static func == (one: OutputFormat, other: OutputFormat) -> Bool { one.name == other.name }
}
