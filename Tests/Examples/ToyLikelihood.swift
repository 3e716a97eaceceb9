public import RookeryCore

/// A straight line through points with known errors, as an object: it is opened once on each worker, has scratch of its own there, takes
/// blocks of points, and gives slopes.
public struct ToyLikelihood: Likelihood {
  let (x, y): ([Double], [Double])
  let deviation: Double
  let slope: NamedIndex
  let offset: NamedIndex
  public let abilities = LikelihoodAbilities(isThreadSafe: true, block: nil, gradient: .given)

  public static func problem(x: [Double], y: [Double], deviation: Double) throws -> Problem {
    let parameters = ["slope", "offset"].map { Parameter($0, .normal(mean: 0, deviation: 1)) }
    let line = ToyLikelihood(
      x: x, y: y, deviation: deviation, slope: try parameters.index(of: "slope"),
      offset: try parameters.index(of: "offset"))
    return try Problem("toy", parameters: parameters, derived: ["chi2"], likelihood: line)
  }

  public func open(at place: WorkerPlace) -> any OpenLikelihood { Open(self) }

  private final class Open: OpenLikelihood {
    private let line: ToyLikelihood
    /// In units of their errors. No other worker sees it, so it needs no lock and is laid out once.
    private var residuals: [Double]

    init(_ line: ToyLikelihood) {
      self.line = line
      residuals = line.x.map { _ in 0 }
    }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      let size = parameters.count / rows
      for row in 0..<rows {
        let theta = parameters.extracting(row * size..<(row + 1) * size)
        var (chi2, bySlope, byOffset) = (0.0, 0.0, 0.0)
        for i in residuals.indices {
          residuals[i] = (line.y[i] - theta[line.slope] * line.x[i] - theta[line.offset]) / line.deviation
          chi2 += residuals[i] * residuals[i]
        }
        (logLikelihoods[row], derived[row]) = (-0.5 * chi2, chi2)
        guard !gradients.isEmpty else { continue }
        for i in residuals.indices {
          bySlope += residuals[i] * line.x[i] / line.deviation
          byOffset += residuals[i] / line.deviation
        }
        gradients[row * size + line.slope.position] = bySlope
        gradients[row * size + line.offset.position] = byOffset
      }
    }
  }
}
