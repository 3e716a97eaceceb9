import Glibc

/// What tells two problems apart: their words, and numbers that their functions give at fixed points.
///
/// Closures cannot be compared, but what they give can. Ranks compare fingerprints before they work together,
/// and a checkpoint holds the one it was made with.
package struct Fingerprint: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var label: String
    package var value: String
  }

  package var entries: [Entry]

  /// The first thing in which another problem differs, in words that call the other one what is given; nil
  /// where nothing differs.
  package func difference(to other: Fingerprint, called name: String) -> String? {
    for (mine, its) in zip(entries, other.entries) where mine != its {
      if mine.label != its.label { return "\(mine.label) here, \(its.label) on \(name)" }
      return "\(mine.label) is \(mine.value) here and \(its.value) on \(name)"
    }
    if entries.count == other.entries.count { return nil }
    return "\(entries.count) properties here and \(other.entries.count) on \(name)"
  }
}

extension Problem {
  /// Evaluates the likelihood once, which is counted nowhere.
  package var fingerprint: Fingerprint {
    var entries: [Fingerprint.Entry] = []
    func add(_ label: String, _ value: String) { entries.append(.init(label: label, value: value)) }
    add("the name of the problem", "\"\(name)\"")
    add("the list of parameters", parameters.map(\.name).joined(separator: ", "))
    add("the list of derived quantities", derived.map(\.name).joined(separator: ", "))
    for parameter in parameters {
      add("the prior of \"\(parameter.name)\"", parameter.prior.description)
      add("the boundary of \"\(parameter.name)\"", "\(parameter.boundary)")
    }
    add("the rule for NaN", onNaN.rawValue)
    add("the number of points the likelihood is asked for at once", batch.map { "\($0)" } ?? "free")
    for fraction in [0.5, 0.2, 0.9] {
      let cube = (0..<dimension).map { fraction + 0.07 * sin(Double($0 + 1)) }
      let values = Result { try self.values(at: cube) }
      switch values {
      case .success(let values): add("the image of a probe point", describe(values))
      case .failure(let error): add("the image of a probe point", "\(error)")
      }
    }
    add("the log-likelihood at a probe point", probe)
    return Fingerprint(entries: entries)
  }

  private var probe: String {
    // Where priors are flat there is no cube.
    let (space, middle) = parameters.contains(where: \.prior.isFlat) ? (Space.whitened, 0.0) : (.cube, 0.5)
    let point = (0..<dimension).map { middle + 0.07 * sin(Double($0 + 1)) }
    var buffer = EvaluationBuffer()
    do {
      try point.withUnsafeBufferPointer { try Evaluator(self).evaluate($0, in: space, into: &buffer) }
      return "\(buffer.logLikelihoods[0])"
    } catch {
      return "an error: \(error)"
    }
  }
}

extension Fingerprint: Wire {
  package func encode(to writer: inout WireWriter) { writer.write(entries) }
  package init(from reader: inout WireReader) throws(WireError) { entries = try reader.read() }
}

extension Fingerprint.Entry: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(label)
    writer.write(value)
  }
  package init(from reader: inout WireReader) throws(WireError) {
    label = try reader.read()
    value = try reader.read()
  }
}
