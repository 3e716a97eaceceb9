extension RunResult {
  /// The run in one line of JSON, without the samples; nil off rank 0.
  public func json() -> String? {
    guard rank == 0 else { return nil }
    return JSON.object(contract(marginals())).text
  }

  /// The same with members of the caller's own at its end.
  ///
  /// - Throws: ``InputError`` for a name that the line has already.
  public func json(adding own: KeyValuePairs<String, JSON>) throws -> String? {
    guard rank == 0 else { return nil }
    var members = contract(marginals())
    var names = Set(members.map(\.0))
    for (name, value) in own {
      guard names.insert(name).inserted else {
        throw InputError("the line of JSON has a member \"\(name)\" already; call yours something else")
      }
      members.append((name, value))
    }
    return JSON.object(members).text
  }

  /// What methods tell that use gradients or run chains: always there, for a program to look for, and null where a method has none.
  private static let ofOtherMethods = [
    "n_grad", "ess_bulk", "ess_tail", "rhat", "divergences", "chains", "draws",
  ]

  /// What `--json` prints.
  func contract(_ marginals: [Marginal]) -> [(String, JSON)] {
    let marginals = marginals.prefix(parameters.count)
    let s = statistics
    let ess = effectiveSampleSize
    let ranks = insertionRanks()
    let findings = findings(ranks: ranks)
    let isSummarised = obstacleToSummary(findings) == nil
    return [
      ("schema", .integer(1)),
      ("engine", .string(engine.name)),
      ("version", .string(provenance.version)),
      ("problem", .string(problem)),
      ("dim", .integer(engine.dimension)),
      ("seed", .unsigned(seed)),
      ("status", .string(ending == .converged ? "ok" : "stopped")),
      ("nlive", .integer(engine.live)),
      ("n_like", .integer(s.calls)),
      ("n_refused", .integer(s.refused)),
      ("n_crashed", .integer(s.crashed)),
      ("n_replaced_workers", .integer(s.replacedWorkers)),
      ("like_s", .number(s.likelihoodSeconds)),
      ("wall_s", .number(s.wallSeconds)),
      ("cpu_s", .number(s.cpuSeconds)),
      ("logz", .number(evidence.logZ)),
      ("logz_err", .number(evidence.error)),
      ("err_kind", evidences.isEmpty ? .null : .string(evidence.errorKind.rawValue)),
      ("evidences", .array(evidences.map(\.brief))),
      ("ess", .number(ess)),
      ("ess_per_call", .number(s.calls > 0 ? ess / Double(s.calls) : 0)),
      ("information", .number(evidence.information)),
      ("post_mean", isSummarised ? .numbers(marginals.map(\.mean)) : .null),
      ("post_std", isSummarised ? .numbers(marginals.map(\.deviation)) : .null),
      ("max_rss_mb", .number(Double(s.peakBytes) / 1_048_576)),
      ("ranks", .integer(s.ranks)),
      ("workers", .integer(s.workers)),
      ("window", .integer(s.window)),
      ("pool", .string(s.pool)),
      ("busy", .number(s.busy)),
      ("ending", .string(ending.word)),
      ("digest", .string(digest)),
      ("insertion_p", ranks.map { .number($0.pValue) } ?? .null),
      ("insertion_p_rolling", ranks.map { .number($0.rollingPValue) } ?? .null),
      ("warnings", .strings(findings.map(\.message))),
      ("findings", .strings(findings.map(\.code))),
    ] + Self.ofOtherMethods.map { ($0, .null) }
  }
}

extension Evidence {
  fileprivate var brief: JSON {
    .object([
      ("value", .number(logZ)), ("error", .number(error)), ("kind", .string(errorKind.rawValue)),
    ])
  }
}

extension Ending {
  /// The ending in one word or two, as files and tables have it.
  public var word: String {
    switch self {
    case .converged: "converged"
    case .callLimit: "call limit"
    case .timeLimit: "time limit"
    case .interrupted: "interrupted"
    case .stuck: Self.stuckWord
    }
  }

  static let stuckWord = "stuck"
}
