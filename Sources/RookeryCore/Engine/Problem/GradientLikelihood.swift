extension Problem {
  /// A log-likelihood of one point with its slopes, given the values of all parameters in order. It fills in ∂ log L / ∂ parameter for each
  /// of them; those of fixed parameters are of no interest.
  public typealias LogLikelihoodAndGradient =
    @Sendable (_ parameters: Span<Double>, _ gradient: inout MutableSpan<Double>) throws -> Double

  /// A problem whose likelihood can give its slopes. One with derived quantities as well is a ``Likelihood`` of its own.
  ///
  /// ```swift
  /// try Problem("hill", parameters: [Parameter("x", .uniform(-9, 9))], logLikelihood: { theta in -0.5 * theta[0] * theta[0] }) {
  ///   theta, gradient in
  ///   gradient[0] = -theta[0]
  ///   return -0.5 * theta[0] * theta[0]
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - logLikelihood: asked where no slopes are wanted.
  ///   - gradient: asked where they are. It gives the same log-likelihood.
  public init(
    _ name: String, parameters: [Parameter], threadSafe: Bool = false,
    logLikelihood: @escaping @Sendable (Span<Double>) throws -> Double,
    gradient: @escaping LogLikelihoodAndGradient
  ) throws {
    try self.init(
      name, parameters: parameters,
      likelihood: GradientLikelihood(
        abilities: LikelihoodAbilities(isThreadSafe: threadSafe, gradient: .given),
        function: logLikelihood, gradient: gradient))
  }
}

/// A closure that takes one point, and another that gives its slopes too.
private struct GradientLikelihood: Likelihood {
  let abilities: LikelihoodAbilities
  let function: @Sendable (Span<Double>) throws -> Double
  let gradient: Problem.LogLikelihoodAndGradient

  func open(at place: WorkerPlace) -> any OpenLikelihood { Open(self) }

  private final class Open: OpenLikelihood {
    private let base: GradientLikelihood
    init(_ base: GradientLikelihood) { self.base = base }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      let (size, wantsSlopes) = (parameters.count / rows, !gradients.isEmpty)
      try gradients.withUnsafeMutableBufferPointer { slopes in
        for row in 0..<rows {
          let point = parameters.extracting(row * size..<(row + 1) * size)
          do {
            if wantsSlopes {
              var own = UnsafeMutableBufferPointer(rebasing: slopes[row * size..<(row + 1) * size])
                .mutableSpan
              logLikelihoods[row] = try base.gradient(point, &own)
            } else {
              logLikelihoods[row] = try base.function(point)
            }
          } catch is PointRefused {
            refused[row] = 1
          }
        }
      }
    }
  }
}
