import Foundation
public import RookeryCore

extension Problem {
  /// The same problem with a likelihood that takes blocks of points, as compiled or vectorised ones do, at a price for each call beside
  /// that for each point.
  ///
  /// - Parameters:
  ///   - rows: the points of a block; nil leaves the choice to the sampler.
  ///   - seconds: CPU time that each call takes however many points it is for.
  ///   - note: told of each call.
  public func inBlocks(
    of rows: Int?, seconds: Double = 0, _ note: @escaping @Sendable () -> Void = {}
  ) -> Problem {
    var problem = self
    problem.likelihood = Blockwise(base: likelihood, seconds: seconds, note: note)
    problem.batch = rows
    return problem
  }
}

private struct Blockwise: Likelihood {
  let base: any Likelihood
  let seconds: Double
  let note: @Sendable () -> Void

  var abilities: LikelihoodAbilities {
    var abilities = base.abilities
    abilities.block = nil
    return abilities
  }

  func open(at place: WorkerPlace) throws -> any OpenLikelihood {
    Open(base: try base.open(at: place), seconds: seconds, note: note)
  }

  private final class Open: OpenLikelihood {
    private let base: any OpenLikelihood
    private let seconds: Double
    private let note: @Sendable () -> Void

    init(base: any OpenLikelihood, seconds: Double, note: @escaping @Sendable () -> Void) {
      self.base = base
      self.seconds = seconds
      self.note = note
    }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      note()
      let start = threadSeconds()
      while threadSeconds() - start < seconds {}
      try base.evaluate(
        parameters, rows: rows, logLikelihoods: &logLikelihoods, derived: &derived, gradients: &gradients,
        refused: &refused)
    }
  }
}
