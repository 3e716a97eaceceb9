import Glibc

/// What a result keeps of a parameter: how to show it, and its prior as far as numbers can hold it.
public struct ParameterDescription: Sendable, Equatable {
  public let name: String
  /// LaTeX, without dollar signs.
  public let label: String
  public let unit: String
  /// The prior in words, `uniform(0.0, 1.0)`; those of a group begin with "jointly".
  public let prior: String
  public let boundary: Parameter.Boundary
  /// A parameter that was not inferred: all samples have its one value.
  public let isFixed: Bool
  /// The ends of the prior's range; infinite where it has none, and for a prior that depends on other parameters.
  public let lower: Double
  public let upper: Double
  /// Quantiles of the marginal prior at (k + 1/2) / 256 for k = 0 … 255, exact but for a conditional prior and a transform: those of 4096
  /// draws.
  public let priorQuantiles: [Double]

  package static let quantileCount = 256

  package init(
    name: String, label: String, unit: String, prior: String, boundary: Parameter.Boundary, isFixed: Bool,
    lower: Double, upper: Double, priorQuantiles: [Double]
  ) {
    self.name = name
    self.label = label
    self.unit = unit
    self.prior = prior
    self.boundary = boundary
    self.isFixed = isFixed
    self.lower = lower
    self.upper = upper
    self.priorQuantiles = priorQuantiles
  }

  package var quantity: DerivedQuantity { DerivedQuantity(name, label: label, unit: unit) }
  /// The value of a periodic parameter at the same place on the circle in the range of its prior.
  func inRange(_ value: Double) -> Double {
    value - ((value - lower) / (upper - lower)).rounded(.down) * (upper - lower)
  }
  /// Whether its prior depends on other parameters.
  package var isConditional: Bool { prior == "conditional" || prior.hasPrefix("jointly ") }
}

extension [ParameterDescription] {
  /// Where a row of samples has a parameter.
  ///
  /// - Throws: ``InputError`` for a name that none of them has; it says which one comes nearest.
  public func index(of name: String) throws(InputError) -> NamedIndex {
    try NamedIndex(of: name, among: map(\.name))
  }
}

extension Problem {
  /// - Throws: what a conditional prior or a transform throws, and ``InputError`` for a flat prior.
  func parameterDescriptions() throws -> [ParameterDescription] {
    try requirePrior(for: "a result")
    let draws = !dependents.isEmpty ? try probeDraws() : PointMatrix(columns: parameters.count)
    return parameters.indices.map { i in
      let parameter = parameters[i]
      let count = ParameterDescription.quantileCount
      let levels = (0..<count).map { (Double($0) + 0.5) / Double(count) }
      let quantiles: [Double]
      var range = (-Double.infinity, Double.infinity)
      switch parameter.prior.form {
      case .fixed(let value):
        quantiles = [Double](repeating: value, count: count)
        range = (value, value)
      case .distribution(let prior):
        quantiles = levels.map { prior.value(at: $0) }
        let ends = prior.givenRange ?? (prior.value(at: 0), prior.value(at: 1))
        range = (ends.0.isNaN ? -.infinity : ends.0, ends.1.isNaN ? .infinity : ends.1)
      case .member(let joint, let place):
        let marginal = joint.marginal(of: place)
        quantiles = levels.map { marginal.value(at: $0) }
      case .conditional, .transformed, .flat:
        let column = (0..<draws.rows).map { draws[$0, i] }
        quantiles = RunResult.quantiles(levels, of: column, [Double](repeating: 1, count: column.count))
      }
      return ParameterDescription(
        name: parameter.name, label: parameter.label, unit: parameter.unit,
        prior: parameter.prior.description, boundary: parameter.boundary, isFixed: parameter.prior.isFixed,
        lower: range.0, upper: range.1, priorQuantiles: quantiles)
    }
  }

  private static let priorPurpose = RandomStream.Purpose(rawValue: 0x5052_4400)

  /// Draws from the whole prior, always the same ones.
  private func probeDraws() throws -> PointMatrix {
    var cube = PointMatrix(rows: 4096, columns: dimension)
    var stream = RandomStream(seed: 0, purpose: Self.priorPurpose, index: 0)
    cube.withUnsafeMutableValues { for i in $0.indices { $0[i] = stream.uniform() } }
    return try transform(cube)
  }

  /// ln ∫ π(θ)² dθ, the evidence of the prior taken for its own likelihood: minus the logarithm of the volume that the prior
  /// fills. Nil where a prior depends on other parameters or has no density, and where the integral has no finite value.
  package var logPriorEvidence: Double? {
    var sum = 0.0
    for parameter in parameters {
      switch parameter.prior.form {
      case .fixed: continue
      case .conditional, .member, .transformed, .flat: return nil
      case .distribution(let prior):
        guard prior.hasDensity else { return nil }
        // E[π] over the prior, by the midpoint rule in the cumulative probability.
        let count = 4096
        let mean = (0..<count).reduce(0) {
          $0 + exp(prior.logDensity(prior.value(at: (Double($1) + 0.5) / Double(count))))
        }
        sum += log(mean / Double(count))
      }
    }
    return sum.isFinite ? sum : nil
  }
}

extension ParameterDescription: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(name)
    writer.write(label)
    writer.write(unit)
    writer.write(prior)
    writer.write(boundary.rawValue)
    writer.write(isFixed)
    writer.write(lower)
    writer.write(upper)
    writer.write(priorQuantiles)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    name = try reader.read()
    label = try reader.read()
    unit = try reader.read()
    prior = try reader.read()
    let number = try reader.read(UInt8.self)
    guard let known = Parameter.Boundary(rawValue: number) else {
      throw WireError("boundary of unknown kind \(number)")
    }
    boundary = known
    isFixed = try reader.read()
    lower = try reader.read()
    upper = try reader.read()
    priorQuantiles = try reader.read()
  }
}
