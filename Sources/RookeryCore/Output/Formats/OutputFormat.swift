import Synchronization

/// A form in which a result can be written for other tools. A program may have its own, which ``RunResult/write(to:formats:)`` takes beside
/// those of this package, and which `launch(formats:)` puts on its list for `--format`.
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

  private static let ofThisPackage: [OutputFormat] = [.npz, .csv, .polychord, .arviz, .bilby, .ultranest]
  /// Help and completion are made before a command line is read, and by code that knows nothing of the program.
  private static let ofThisProgram = Mutex<[OutputFormat]>([])

  /// Those of this package and then the program's own, in the order in which people are told of them.
  public static var allCases: [OutputFormat] { ofThisPackage + ofThisProgram.withLock { $0 } }

  /// Puts formats of the program's own on the list.
  ///
  /// - Throws: ``InputError`` for a name that is taken, or that cannot be given in a list with commas.
  package static func offer(_ formats: [any ResultFormat]) throws(InputError) {
    for format in formats {
      if let wrong = complaint(about: format.name, beside: allCases) { throw InputError(wrong) }
      ofThisProgram.withLock { $0.append(OutputFormat(format)) }
    }
  }

  /// Why a format of a program's own cannot have a name; nil where it can.
  package static func complaint(about name: String, beside others: [OutputFormat]) -> String? {
    if others.contains(where: { $0.name == name }) {
      return
        "the program has a format \"\(name)\" of its own, and there is one of that name; call it something else"
    }
    guard name.isEmpty || name == "all" || name.contains(where: { $0 == "," || $0.isWhitespace }) else {
      return nil
    }
    return
      "a format of the program's own cannot be called \"\(name)\": give it one word without commas, and not \"all\""
  }

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
