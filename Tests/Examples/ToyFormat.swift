public import RookeryCore

/// `draws.tsv`: draws of equal weight under the names of parameters and derived quantities, separated by tabs, for R's `read.delim`.
///
/// ```swift
/// launch(formats: [ToyFormat()]) { run in
///   try run.sample(problem).summary()                       // ./program --out runs --format tsv
/// }
/// ```
public struct ToyFormat: ResultFormat {
  public let name = "tsv"
  public let readers = "R"

  public init() {}

  /// Asked before anything is written. Nil is for a result that has such a form.
  public func obstacle(to result: RunResult) -> String? {
    result.effectiveSampleSize < 2 ? "a run of fewer than two effective samples has no draws for tsv" : nil
  }

  public func write(_ result: RunResult, to directory: OutputDirectory) throws {
    // A name may be anything, but it must not end its column.
    let names = result.quantities.map { String($0.name.map { $0 == "\t" || $0.isNewline ? " " : $0 }) }
    let lines = result.equallyWeightedRows().map { row in
      (result.samples[row: row] + result.derivedSamples[row: row]).map(\.description)
    }
    // The file appears under its name whole or not at all.
    try directory.write(([names] + lines).map { $0.joined(separator: "\t") + "\n" }.joined(), to: "draws.tsv")
  }
}
