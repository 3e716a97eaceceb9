/// Priors that belong together: one for each of several parameters in a row.
package protocol PriorGroup: AnyObject, Sendable {
  var count: Int { get }
  /// What is wrong with the numbers, in words; nil where nothing is.
  var complaint: String? { get }
}

/// A distribution of several parameters, one given those before it: whatever holds for the prior of one parameter holds for each.
package protocol JointPrior: PriorGroup {
  /// The distribution of the parameter at a place.
  ///
  /// - Parameter given: the values of those of this group that stand before it.
  func distribution(of place: Int, given: UnsafeBufferPointer<Double>) -> any PriorDistribution
  /// The distribution of the same where nothing is known of the others.
  func marginal(of place: Int) -> any PriorDistribution
  /// What the prior of the parameter at a place is called.
  func words(of place: Int) -> String
}

extension JointPrior {
  var priors: [Prior] {
    (0..<count).map {
      Prior(
        form: .member(self, $0), description: "jointly \(words(of: $0)) (\($0 + 1) of \(count))")
    }
  }
}

/// A function from as many coordinates of the unit cube to parameters.
package final class PriorTransform: PriorGroup {
  package let count: Int
  let function: @Sendable (Span<Double>, inout MutableSpan<Double>) throws -> Void

  init(count: Int, _ function: @escaping @Sendable (Span<Double>, inout MutableSpan<Double>) throws -> Void) {
    self.count = count
    self.function = function
  }

  package var complaint: String? { nil }
}

extension [Prior] {
  /// Priors by a function from the unit cube to the values of so many parameters, as dynesty and UltraNest take it. It has no density: samples
  /// have none of the prior, and a result no most probable sample.
  ///
  /// ```swift
  /// parameters: try Parameter.each(["a", "b"], .transform(2) { u, values in
  ///   values[0] = 10 * u[0] - 5
  ///   values[1] = values[0] + u[1]
  /// })
  /// ```
  ///
  /// - Parameters:
  ///   - count: of the parameters. They must follow each other in the problem.
  ///   - function: fills in the values, given as many coordinates between 0 and 1.
  public static func transform(
    _ count: Int, _ function: @escaping @Sendable (Span<Double>, inout MutableSpan<Double>) throws -> Void
  ) -> [Prior] {
    let transform = PriorTransform(count: count, function)
    return (0..<Swift.max(count, 0)).map {
      Prior(form: .transformed(transform, $0), description: "jointly by a transform (\($0 + 1) of \(count))")
    }
  }

  /// The same by a function of arrays, which must return as many values as it is given coordinates.
  @_disfavoredOverload
  public static func transform(
    _ count: Int, _ function: @escaping @Sendable ([Double]) throws -> [Double]
  ) -> [Prior] {
    transform(count) { cube, values in
      let found = try function(cube.withUnsafeBufferPointer { [Double]($0) })
      guard found.count == values.count else {
        throw InputError("the prior transform gave \(found.count) values for \(values.count) parameters")
      }
      for i in found.indices { values[i] = found[i] }
    }
  }
}

extension Parameter {
  /// Parameters by their names, each with one of a list of priors.
  ///
  /// - Throws: ``InputError`` where there are not as many names as priors.
  public static func each(_ names: [String], _ priors: [Prior]) throws(InputError) -> [Parameter] {
    guard names.count == priors.count else {
      throw InputError("\(names.count) names are given for \(priors.count) priors")
    }
    return zip(names, priors).map { Parameter($0, $1) }
  }
}
