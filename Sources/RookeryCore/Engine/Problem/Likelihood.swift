/// A log-likelihood as an object: what it can do, and how it is opened on a worker.
///
/// Closures need none of it; ``Problem`` takes them as they are. A likelihood that holds something of its own on each worker, such as the
/// handle of a library or a child process, conforms to this.
public protocol Likelihood: Sendable {
  var abilities: LikelihoodAbilities { get }

  /// Called once on each worker, before its first evaluation. Handles, child processes and scratch space live in what it returns,
  /// until that is released at the end of the worker.
  ///
  /// A problem is also opened for a single evaluation that tells it apart from others, before a run.
  func open(at place: WorkerPlace) throws -> any OpenLikelihood
}

/// What a likelihood can do.
public struct LikelihoodAbilities: Sendable, Equatable {
  /// Whether several threads may evaluate at once, each what was opened for it.
  public var isThreadSafe: Bool
  /// How many points it likes to be asked for at once: 1 for a function of one point, nil for as many as suit the sampler.
  public var block: Int?
  /// Where slopes of the log-likelihood come from.
  public var gradient: Gradient

  public enum Gradient: Sendable {
    /// There are none.
    case none
    /// The likelihood gives them where it is asked to.
    case given
  }

  public init(isThreadSafe: Bool = false, block: Int? = 1, gradient: Gradient = .none) {
    self.isThreadSafe = isThreadSafe
    self.block = block
    self.gradient = gradient
  }
}

/// Where a likelihood is opened.
public struct WorkerPlace: Sendable, Equatable {
  /// What the worker is called in messages; empty where it is the only one of its process.
  public let name: String

  public init(name: String = "") { self.name = name }
}

/// A likelihood on one worker. It never crosses a thread.
public protocol OpenLikelihood: AnyObject {
  /// Evaluates a block of points.
  ///
  /// A point without likelihood gets minus infinity, or a mark in `refused`, which is counted. A thrown ``PointRefused`` stands for one
  /// row: a block of several is then asked for again row by row, and so it is for any other error, to find the row at fault.
  ///
  /// - Parameters:
  ///   - parameters: the points, one after another, each with the values of all parameters in order.
  ///   - rows: how many points there are.
  ///   - logLikelihoods: to be filled, an element a row; NaN where nothing is written.
  ///   - derived: to be filled with the derived quantities, row after row; NaN where nothing is written.
  ///   - gradients: where slopes are wanted, to be filled with ∂ log L / ∂ parameter, as many as `parameters` and in the same order; those
  ///     of fixed parameters are of no interest. Empty where none are wanted, and always where the abilities have none.
  ///   - refused: an element a row, zero at first; anything else refuses the row.
  func evaluate(
    _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
    derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
    refused: inout MutableSpan<UInt8>
  ) throws
}

/// A closure that takes one point.
struct PointLikelihood: Likelihood {
  let abilities: LikelihoodAbilities
  let function: Problem.LogLikelihood

  init(isThreadSafe: Bool, _ function: @escaping Problem.LogLikelihood) {
    abilities = LikelihoodAbilities(isThreadSafe: isThreadSafe)
    self.function = function
  }

  func open(at place: WorkerPlace) -> any OpenLikelihood { Open(function) }

  private final class Open: OpenLikelihood {
    private let function: Problem.LogLikelihood
    init(_ function: @escaping Problem.LogLikelihood) { self.function = function }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      if rows == 1 {
        do { logLikelihoods[0] = try function(parameters, &derived) } catch is PointRefused { refused[0] = 1 }
        return
      }
      let (size, width) = (parameters.count / rows, derived.count / rows)
      try derived.withUnsafeMutableBufferPointer { derived in
        for row in 0..<rows {
          var own = UnsafeMutableBufferPointer(rebasing: derived[row * width..<(row + 1) * width]).mutableSpan
          do {
            logLikelihoods[row] = try function(
              parameters.extracting(row * size..<(row + 1) * size), &own)
          } catch is PointRefused {
            refused[row] = 1
          }
        }
      }
    }
  }
}

/// A closure that takes many points at once.
struct BatchLikelihood: Likelihood {
  let abilities: LikelihoodAbilities
  let function: Problem.BatchLogLikelihood

  init(isThreadSafe: Bool, _ function: @escaping Problem.BatchLogLikelihood) {
    abilities = LikelihoodAbilities(isThreadSafe: isThreadSafe, block: nil)
    self.function = function
  }

  func open(at place: WorkerPlace) -> any OpenLikelihood { Open(function) }

  private final class Open: OpenLikelihood {
    private let function: Problem.BatchLogLikelihood
    init(_ function: @escaping Problem.BatchLogLikelihood) { self.function = function }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      try function(parameters, &derived, &logLikelihoods)
    }
  }
}
