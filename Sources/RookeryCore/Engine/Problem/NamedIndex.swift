/// Where a likelihood finds a parameter or a derived quantity among the values it is given: found by its name once, before the run, and
/// an index like any other from then on.
///
/// ```swift
/// let slope = try parameters.index(of: "slope")
/// let problem = try Problem("line", parameters: parameters) { theta in -theta[slope] * theta[slope] }
/// ```
///
/// It is an index into anything that has a value for each parameter, or each derived quantity, in order: what a likelihood, a conditional
/// prior or a prediction is given, slopes, a row of samples, and one point of a block: `theta.extracting(row * n..<(row + 1) * n)`.
public struct NamedIndex: Sendable, Hashable {
  /// Counted from zero.
  public let position: Int

  /// - Parameter kind: what the names are names of.
  /// - Throws: ``InputError`` for a name that is not among them.
  init(of name: String, among names: [String], kind: String = "parameter") throws(InputError) {
    if let position = names.firstIndex(of: name) {
      self.position = position
      return
    }
    let others =
      nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
      ?? "there are \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    throw InputError("there is no \(kind) \"\(name)\"; \(others)")
  }
}

extension [Parameter] {
  /// Where a likelihood finds a parameter among the values it is given.
  ///
  /// - Throws: ``InputError`` for a name that none of them has; it says which one comes nearest.
  public func index(of name: String) throws(InputError) -> NamedIndex {
    try NamedIndex(of: name, among: map(\.name))
  }
}

extension [DerivedQuantity] {
  /// Where a likelihood leaves a derived quantity among the values it fills in.
  ///
  /// - Throws: ``InputError`` for a name that none of them has; it says which one comes nearest.
  public func index(of name: String) throws(InputError) -> NamedIndex {
    try NamedIndex(of: name, among: map(\.name), kind: "derived quantity")
  }
}

// Called from other modules, where a call that is not inlined takes as long as a cheap likelihood.

extension Span<Double> {
  @inlinable
  public subscript(index: NamedIndex) -> Double { self[index.position] }
}

extension MutableSpan<Double> {
  @inlinable
  public subscript(index: NamedIndex) -> Double {
    get { self[index.position] }
    set { self[index.position] = newValue }
  }
}

extension [Double] {
  @inlinable
  public subscript(index: NamedIndex) -> Double {
    get { self[index.position] }
    set { self[index.position] = newValue }
  }
}
