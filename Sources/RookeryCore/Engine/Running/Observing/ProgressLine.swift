/// One line that says how far a run has come, made to fit: where there is little room it keeps what matters most.
package struct ProgressLine {
  private struct Part {
    var text: String
    /// What is dropped last has the lowest.
    var rank: Int
    /// What stands between this and the part before it.
    var separator = " | "
  }

  private var parts: [Part]

  package init(_ title: RunTitle, _ snapshot: RunSnapshot) {
    let status = snapshot.status
    parts = [
      Part(text: title.problem, rank: 0), Part(text: title.method, rank: 4, separator: " "),
      Part(text: status.phase, rank: 10),
      Part(text: Self.calls(snapshot), rank: 5),
    ]
    let rate = Double(snapshot.calls - snapshot.earlierCalls) / snapshot.seconds
    if rate.isFinite {
      parts.append(
        Part(text: rate < 10 ? "\(fixed(rate, 1))/s" : "\(grouped(Int(min(rate, 1e12))))/s", rank: 11))
    }
    if status.logZ.isFinite { parts.append(Part(text: Self.evidence(status), rank: 6)) }
    parts += Self.goals(status).enumerated().map { Part(text: $1, rank: $0 == 0 ? 3 : 8) }
    parts.append(Part(text: "busy \(percent(snapshot.busy)) of \(snapshot.workers)", rank: 9))
    if let silence = snapshot.silence { parts.append(Part(text: silence, rank: 2)) }
    let limit = snapshot.timeLimit.map { " of " + duration($0, whole: true) } ?? ""
    parts.append(Part(text: duration(snapshot.seconds, whole: true) + limit, rank: 7))
    if let (seconds, isGuess) = snapshot.timeLeft, seconds < 1e9 {
      parts.append(Part(text: "ETA \(isGuess ? "about " : "")\(duration(seconds, whole: true))", rank: 1))
    }
    parts.removeAll { $0.text.isEmpty }
  }

  /// The line in no more than so many columns; nil for as many as it takes.
  package func text(columns: Int? = nil) -> String {
    guard let columns else { return Self.joined(parts) }
    var chosen: [Int] = []
    for next in parts.indices.sorted(by: { parts[$0].rank < parts[$1].rank }) {
      let wider = (chosen + [next]).sorted()
      if chosen.isEmpty || columnCount(Self.joined(wider.map { parts[$0] })) <= columns { chosen = wider }
    }
    return shortened(Self.joined(chosen.map { parts[$0] }), toColumns: columns)
  }

  private static func joined(_ parts: [Part]) -> String {
    parts.enumerated().map { ($0 == 0 ? "" : $1.separator) + $1.text }.joined()
  }

  private static func calls(_ snapshot: RunSnapshot) -> String {
    let limit = snapshot.maxCalls.map { " of \(grouped($0))" } ?? ""
    return "\(grouped(snapshot.calls))\(limit) calls"
  }

  private static func evidence(_ status: SamplerStatus) -> String {
    var text = "log Z \(fixed(status.logZ, 2))"
    if status.logZError.isFinite {
      text += " ± \(fixed(status.logZError, 2))"
      if let target = status.targetError, status.logZError > target {
        text += " > \(short(target, digits: 2))"
      }
    }
    return text
  }

  /// What the run is to reach, each number beside its target; first the one that ends it.
  private static func goals(_ status: SamplerStatus) -> [String] {
    var goals: [String] = []
    if let share = status.liveShare, let target = status.targetLiveShare {
      goals.append(
        "live \(percent(share)) \(share > target ? ">" : "<") \(percent(target)) of Z")
    }
    if status.remaining.isFinite, let target = status.targetRemaining {
      goals.append(
        "dlogz \(short(status.remaining, digits: 2)) \(status.remaining > target ? ">" : "<") "
          + short(target, digits: 2))
    }
    if status.effectiveSampleSize > 0 {
      let target = status.targetEffectiveSize.map { " of \(grouped(Int(min($0, 1e15))))" }
      let text = "ESS \(grouped(Int(min(status.effectiveSampleSize, 1e15))))\(target ?? "")"
      if target != nil { goals.insert(text, at: 0) } else { goals.append(text) }
    }
    return goals
  }
}
