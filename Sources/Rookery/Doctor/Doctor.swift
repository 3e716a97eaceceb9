internal import Glibc
public import RookeryCore
internal import RookeryMPI

/// Looks at what this machine or allocation offers a problem, measures it, and says what is set wrong and how to mend it.
///
/// Under MPI every rank must call it. It takes some seconds.
/// - Parameter pool: the pool to look at; nil for all that can be had here.
/// - Returns: the report; nil off rank 0.
/// - Throws: what opening a pool throws, and ``LikelihoodFailure``.
public func diagnose(_ problem: Problem, on pool: Pool? = nil) throws -> String? {
  let launcher = try Launcher.detect()
  var report = DoctorReport(problem: problem, launcher: launcher)
  if let launcher, launcher.isParallel {
    guard let examined = try DoctorReport.Examination(problem, on: pool ?? .mpi) else { return nil }
    report.examinations = [examined]
  } else if let pool {
    report.examinations = [try DoctorReport.Examination(problem, on: pool)].compactMap { $0 }
  } else {
    // Processes first: they are forked, which a program that has started threads cannot do safely.
    var pools = [Pool.serial, .processes(availableCores)]
    if problem.isThreadSafe { pools.append(.threads(availableCores)) }
    report.examinations = try pools.compactMap { try DoctorReport.Examination(problem, on: $0) }
  }
  return report.text
}

/// What the doctor found.
struct DoctorReport {
  /// One pool, measured.
  struct Examination {
    var pool: String
    var places: [String]
    var surveys: [Survey]
    var roundTrips: [Double]
    /// Calls per second of the likelihood by number of workers, ascending.
    var rates: [(workers: Int, callsPerSecond: Double)] = []
    var busy = 0.0
    /// Mean wall time of a call on one worker.
    var callSeconds: Double

    /// How long the test of scaling takes in all.
    private static let scalingSeconds = 2.0

    /// Nil on a rank that served.
    init?(_ problem: Problem, on pool: Pool) throws {
      let crew = try Crew(on: pool, for: [problem])
      defer { crew.close() }
      let measured = try crew.measure(problem) { try Examination(pool: pool.description, $0) }
      guard let measured else { return nil }
      self = measured
    }

    private init(pool: String, _ meter: PoolMeter) throws {
      self.pool = pool
      surveys = try meter.surveys()
      places = (0..<meter.workers).map(meter.place)
      roundTrips =
        meter.transport == nil ? [] : try (0..<meter.workers).map { try meter.roundTripSeconds($0) }
      var counts = [1]
      while let last = counts.last, 2 * last < meter.workers { counts.append(2 * last) }
      if meter.workers > 1 { counts.append(meter.workers) }
      callSeconds = 0
      for count in counts {
        // Pieces of a few calls, as explorers make them.
        let stream = try meter.stream(
          PointPiece(index: 0, points: 4), window: 16 * count, using: count,
          seconds: Self.scalingSeconds / Double(counts.count))
        rates.append((count, stream.callsPerSecond))
        busy = stream.busy
        if count == 1 { callSeconds = stream.cost.busySeconds / Double(max(stream.calls, 1)) }
      }
    }

    var workers: Int { places.count }
    var speedUp: Double {
      rates.count > 1 ? rates[rates.count - 1].callsPerSecond / rates[0].callsPerSecond : 1
    }
    var best: Double { rates.map(\.callsPerSecond).max() ?? 0 }
    /// Workers by host, in the order of the first of each.
    var hosts: [(name: String, surveys: [Survey])] {
      var hosts: [(name: String, surveys: [Survey])] = []
      for survey in surveys {
        if let i = hosts.firstIndex(where: { $0.name == survey.host }) {
          hosts[i].surveys.append(survey)
        } else {
          hosts.append((survey.host, [survey]))
        }
      }
      return hosts
    }
  }

  let problem: Problem
  let launcher: Launcher?
  var examinations: [Examination] = []

  /// The mean wall time of a call where it took least: the same on every pool, but for what is around it.
  var callSeconds: Double { examinations.map(\.callSeconds).min() ?? .nan }

  var text: String {
    var lines = ["rookery \(rookeryVersion) doctor", ""]
    func add(_ label: String, _ text: String) {
      lines.append(label + String(repeating: " ", count: max(1, 15 - label.count)) + text)
    }
    let ranks = launcher?.size.map { ", \($0) rank\($0 == 1 ? "" : "s")" } ?? ""
    add("launcher", launcher.map { $0.name + ranks } ?? "none: this program was started by itself")
    add("MPI library", mpiLibraryVersion ?? "none: built without MPI")
    add("BLAS", "\(LinearAlgebra.description), 1 thread per worker (set by the program)")
    add("OpenMP", Self.variable("OMP_NUM_THREADS") ?? "OMP_NUM_THREADS is not set")
    if let first = examinations.first {
      for host in first.hosts {
        let cores = Set(host.surveys.map(\.cores)).sorted()
        let quota = host.surveys.map(\.quota).min() ?? .infinity
        add(
          "host",
          "\(host.name): cores \(cores.prefix(4).joined(separator: " | "))"
            + (cores.count > 4 ? " | …" : "")
            + (quota.isFinite ? ", limited to \(fixed(quota, 1)) by a container" : ""))
      }
      let cores = first.surveys.first?.coresPerCall ?? .nan
      // Of calls this short the time goes into what is around them.
      let isMeasurable = callSeconds > 1e-4
      add(
        "likelihood",
        "\(problem.name): \(shortDuration(callSeconds)) a call"
          + (!isMeasurable
            ? "" : cores.isFinite ? ", on \(fixed(cores, 1)) cores" : ", most of it waiting"))
    }
    for examination in examinations { lines += [""] + table(examination) }
    lines.append("")
    let findings = DoctorFindings(report: self).all
    if findings.isEmpty {
      lines.append("Nothing is set wrong.")
    } else {
      lines.append("What to change:")
      lines += findings.map { "  * " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private func table(_ examination: Examination) -> [String] {
    var lines = [
      "pool \(examination.pool): \(examination.workers) worker\(examination.workers == 1 ? "" : "s"), "
        + "\(Int((100 * examination.busy).rounded())) % busy"
    ]
    if !examination.roundTrips.isEmpty {
      let sorted = examination.roundTrips.indices.sorted {
        examination.roundTrips[$0] < examination.roundTrips[$1]
      }
      let (quickest, slowest) = (sorted[0], sorted[sorted.count - 1])
      lines.append(
        "  round trip     \(shortDuration(examination.roundTrips[quickest])) (\(examination.places[quickest])) to "
          + "\(shortDuration(examination.roundTrips[slowest])) (\(examination.places[slowest]))")
    }
    for (workers, rate) in examination.rates {
      let count = String(repeating: " ", count: max(0, 4 - "\(workers)".count)) + "\(workers)"
      let speedUp = rate / max(examination.rates[0].callsPerSecond, 1e-300)
      lines.append(
        "  \(count) worker\(workers == 1 ? " " : "s")   \(grouped(Int(rate))) calls/s"
          + (workers > 1 ? ", \(fixed(speedUp, 2)) times one worker" : ""))
    }
    return lines
  }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
