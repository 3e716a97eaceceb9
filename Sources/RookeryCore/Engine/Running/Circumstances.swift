import Glibc
import Synchronization

extension Provenance {
  /// Libraries beside those that every program of this package has, as far as they have been taken into use.
  private static let libraries = Mutex<[Setting]>([])

  /// Notes a library that runs of this process use from now on.
  package static func note(library: String, _ version: String) {
    libraries.withLock { known in
      if !known.contains(where: { $0.name == library }) { known.append(Setting(library, version)) }
    }
  }

  /// When and where this is, and with what it was built.
  static var circumstancesNow: [Setting] {
    var (now, parts) = (time(nil), tm())
    gmtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
    return [
      Setting("Finished", "\(date) \(clock)"), Setting("Host", hostName()), Setting("Compiler", compiler),
      Setting("BLAS", LinearAlgebra.description),
    ] + libraries.withLock { $0 }
  }

  private static var compiler: String {
    #if compiler(>=6.5)
      "Swift 6.5 or later"
    #elseif compiler(>=6.4)
      "Swift 6.4"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift before 6.3"
    #endif
  }
}

extension NestedSettings {
  /// The options as they are typed, with the values in force for so many dimensions.
  package func optionsInForce(dimension: Int) -> [Provenance.Setting] {
    let chosen = "chosen by the method"
    var options: [(String, String)] = [
      ("--live", "\(live)"), ("--explorer", explorer.rawValue), ("--bound", bound.rawValue),
      ("--dlogz", short(remainingEvidenceInForce)), ("--window", "\(windowInForce)"),
      ("--slices", slices.map { "\($0)" } ?? "from \(slices(dimension: dimension)), as chains get on"),
      ("--walks", "\(walkSteps(dimension: dimension))"), ("--deletions", "\(deletions)"),
      ("--bootstrap", bootstraps.map { "\($0)" } ?? chosen), ("--enlarge", enlargement.map(short) ?? chosen),
    ]
    if isDynamic {
      options += [
        ("--dynamic", "yes"), ("--batch", "\(batchInForce)"),
        ("--target-ess", targetEffectiveSize.map(short) ?? "none"),
        ("--target-error", targetError.map(short) ?? "none"),
        ("--posterior-share", posteriorShare.map(short) ?? chosen),
      ]
    }
    return options.map { Provenance.Setting($0.0, $0.1) }
  }
}

extension ImportanceNestedSettings {
  /// The options as they are typed, with the values in force; what has no option by its name in programs.
  package var optionsInForce: [Provenance.Setting] {
    [
      ("--live", "\(live)"), ("--target-ess", short(targetEffectiveSize)), ("--networks", "\(networks)"),
      ("--window", "\(window)"), ("--dlogz", remainingEvidence.map(short) ?? "none"),
      ("liveFraction", short(liveFraction)),
      ("updateFraction", short(updateFraction)), ("enlargement", short(enlargement)),
      ("thoroughBelow", short(thoroughBelow)),
    ].map { Provenance.Setting($0.0, $0.1) }
  }
}
