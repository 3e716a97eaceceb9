internal import Glibc
internal import Rookery

/// What a likelihood can do to its pool.
enum Fault: String {
  case none, `throw`, nan, segfault, trap, exit, abort
  /// Says that the point has no likelihood.
  case refuse
  /// Never returns.
  case hang
  /// Kills its own process, the first time only.
  case killOnce
  /// Fails at one point and never returns from the one before.
  case throwAndHang
  /// Another prior on ranks above 0.
  case differentPrior
  /// Another likelihood on ranks above 0.
  case differentLikelihood
  /// Other threads on ranks above 0.
  case differentThreads
  /// Takes a hundred megabytes of memory in one call.
  case memory
  /// Cannot be opened.
  case opening
}

struct ProbeError: Error, CustomStringConvertible {
  var description: String
}

struct ToyProblem {
  var dimension = 4
  var fault = Fault.none
  /// The index of the piece at which the fault is.
  var faultAt = 1
  /// A file that is there once a fault that strikes once has struck.
  let marker = getenv("ROOKERY_TEST_MARKER").map { String(cString: $0) } ?? ""
  /// The mean time of a call, and the spread of its logarithm.
  var seconds = 0.0
  var spread = 0.0
  /// Whether a call computes for that time rather than sleep.
  var computes = false
  var isThreadSafe = true
  /// Points evaluated at once.
  var block = 1

  func problem(seed: UInt64) throws -> Problem {
    let isOther = Launcher.isQuietRank
    let upper = fault == .differentPrior && isOther ? 2.0 : 1.0
    let offset = fault == .differentLikelihood && isOther ? 1.0 : 0.0
    let parameters = (0..<dimension).map { Parameter("x\($0)", .uniform(0, upper)) }
    let toy = self
    let bad = toy.firstCoordinate(of: faultAt, seed: seed)
    let before = toy.firstCoordinate(of: faultAt - 1, seed: seed)
    var problem = try Problem("toy", parameters: parameters, threadSafe: isThreadSafe) {
      (theta: Span<Double>) in
      var sum = offset
      for i in 0..<theta.count { sum -= theta[i] * theta[i] }
      if toy.seconds > 0 { toy.rest(theta[0]) }
      if toy.fault != .none {
        if theta[0] == bad { return try toy.misbehave(sum) }
        if theta[0] == before && toy.fault == .throwAndHang { sleep(3600) }
      }
      return sum
    }
    problem.batch = block
    if fault == .opening { problem.likelihood = Unopenable(abilities: problem.likelihood.abilities) }
    return problem
  }

  private struct Unopenable: Likelihood {
    let abilities: LikelihoodAbilities
    func open(at place: WorkerPlace) throws -> any OpenLikelihood {
      throw ProbeError(description: "the library is not there")
    }
  }

  /// Faults are tied to a point, for a likelihood sees nothing else.
  private func firstCoordinate(of index: Int, seed: UInt64) -> Double {
    let sampler = ToySampler(seed: seed, points: 0, window: 1, contextBytes: 0, block: block)
    let piece = sampler.piece(at: index / block * block)
    let cubes = piece.shiftedCubes(dimension: dimension, by: sampler.context(of: piece))
    return cubes[index % block * dimension]
  }

  /// How long the call of a piece is asked to take.
  func duration(of index: Int, seed: UInt64) -> Double {
    duration(at: firstCoordinate(of: index, seed: seed))
  }

  /// A lognormal time that is a function of the point, so the same on every pool.
  private func duration(at x: Double) -> Double {
    var stream = RandomStream(seed: x.bitPattern, purpose: .init(rawValue: 1), index: 0)
    return seconds * exp(spread * stream.normal() - 0.5 * spread * spread)
  }

  private func rest(_ x: Double) {
    if computes {
      let start = threadSeconds()
      while threadSeconds() - start < duration(at: x) {}
      return
    }
    let wanted = timespec(seconds: duration(at: x))
    var left = wanted
    while case let now = left, nanosleep([now], &left) != 0 {}
  }

  private static let roomBytes = 100 << 20

  private func misbehave(_ value: Double) throws -> Double {
    switch fault {
    case .throw, .throwAndHang: throw ProbeError(description: "the model has no root")
    case .nan: return .nan
    case .refuse: throw PointRefused()
    case .segfault: return UnsafePointer<Double>(bitPattern: 8)?.pointee ?? 0
    case .trap:
      let none: [Double] = []
      return none[Int(value.bitPattern & 1)]
    case .exit: exit(3)
    case .abort: abort()
    case .hang:
      while true { sleep(3600) }
    case .memory:
      // Written to, or the system would not hand it out.
      let room = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.roomBytes)
      defer { room.deallocate() }
      for at in stride(from: 0, to: Self.roomBytes, by: 4096) { room[at] = 1 }
      return value
    case .killOnce:
      let file = open(marker, O_CREAT | O_EXCL | O_WRONLY, 0o600)
      if file >= 0 {
        close(file)
        kill(getpid(), SIGKILL)
      }
      return value
    default: return value
    }
  }
}
