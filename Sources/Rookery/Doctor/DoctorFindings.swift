internal import Glibc
internal import RookeryCore
internal import RookeryMPI

/// What is set wrong, and how to mend it.
struct DoctorFindings {
  let report: DoctorReport

  var all: [String] {
    library + allocation
      + report.examinations.flatMap { crowding($0) + binding($0) + quota($0) + silence($0) }
      + threads + gain
  }

  /// A program built for another MPI library than it meets.
  private var library: [String] { [MPILibrary.current?.mismatch].compactMap(\.self) }

  /// An allocation of several tasks, in which this program was started once.
  private var allocation: [String] {
    guard report.launcher == nil, let tasks = DoctorReport.variable("SLURM_NTASKS").flatMap(Int.init),
      tasks > 1
    else { return [] }
    return [
      "this is an allocation of \(tasks) tasks, and the program was started once: srun --mpi=pmix, or mpirun"
    ]
  }

  /// More workers on a host than cores they may use.
  private func crowding(_ examination: DoctorReport.Examination) -> [String] {
    examination.hosts.compactMap { host in
      let cores = Self.cores(host.surveys).count
      guard cores > 0, host.surveys.count > cores else { return nil }
      return
        "\(host.surveys.count) workers on \(host.name) share \(cores) core\(cores == 1 ? "" : "s"): start no more than "
        + "\(cores) there, unless the likelihood waits for something else"
    }
  }

  /// Several workers bound to the same few cores, while the host has others.
  private func binding(_ examination: DoctorReport.Examination) -> [String] {
    examination.hosts.compactMap { host in
      guard host.surveys.count > 1, let first = host.surveys.first, first.coreCount < host.surveys.count,
        host.surveys.allSatisfy({ $0.cores == first.cores }),
        sysconf(Int32(_SC_NPROCESSORS_ONLN)) > first.coreCount
      else { return nil }
      return
        "all workers on \(host.name) are bound to core \(first.cores): mpirun --bind-to core (or none), or srun "
        + "--cpu-bind=cores"
    }
  }

  private func quota(_ examination: DoctorReport.Examination) -> [String] {
    examination.hosts.compactMap { host in
      let quota = host.surveys.map(\.quota).min() ?? .infinity
      guard quota < Double(host.surveys.count) else { return nil }
      return "a container limits \(host.name) to \(fixed(quota, 1)) cores for \(host.surveys.count) workers"
    }
  }

  /// A worker that takes much longer to answer than the others.
  private func silence(_ examination: DoctorReport.Examination) -> [String] {
    let sorted = examination.roundTrips.sorted()
    guard sorted.count > 2 else { return [] }
    let typical = sorted[sorted.count / 2]
    return examination.roundTrips.indices.compactMap { i in
      let seconds = examination.roundTrips[i]
      guard seconds > 5e-3, seconds > 20 * typical else { return nil }
      return
        "\(examination.places[i]) takes \(shortDuration(seconds)) to answer, others \(shortDuration(typical)): "
        + "look at what else runs there"
    }
  }

  /// A likelihood that computes on several cores itself.
  private var threads: [String] {
    guard let examination = report.examinations.last, examination.workers > 1,
      let cores = examination.surveys.first?.coresPerCall, cores > 1.3,
      // Threads of one process cannot tell whose time it is.
      Set(examination.surveys.map(\.process)).count == examination.workers
    else { return [] }
    return [
      "a call of the likelihood keeps \(fixed(cores, 1)) cores busy, times \(examination.workers) workers: set "
        + "OMP_NUM_THREADS=1 (and MKL_NUM_THREADS, where MKL is used) before the program starts"
    ]
  }

  /// Whether the pool gains anything.
  private var gain: [String] {
    guard let examination = report.examinations.last, examination.workers > 1 else { return [] }
    let efficiency = examination.speedUp / Double(examination.workers)
    if report.callSeconds < 2e-5 && examination.speedUp < 1.3 {
      return [
        "calls of \(shortDuration(report.callSeconds)) are too cheap to share: --pool serial is as fast as "
          + "\(examination.workers) workers"
      ]
    }
    guard efficiency < 0.7, crowding(examination).isEmpty else { return [] }
    return [
      "\(examination.workers) workers are \(fixed(examination.speedUp, 1)) times as fast as one: "
        + (serialFraction(examination.rates.map { ($0.workers, 1 / max($0.callsPerSecond, 1e-300)) }).map {
          "\(Int((100 * max($0, 0)).rounded())) % of the time does not divide; "
        } ?? "") + "something else may be using the cores"
    ]
  }

  /// The cores that any of some workers may use, from lists like "0-3,8".
  static func cores(_ surveys: [Survey]) -> Set<Int> {
    var cores: Set<Int> = []
    for survey in surveys {
      for range in survey.cores.split(separator: ",") {
        let ends = range.split(separator: "-").compactMap { Int($0) }
        if ends.count == 2, ends[0] <= ends[1] {
          cores.formUnion(ends[0]...ends[1])
        } else {
          cores.formUnion(ends)
        }
      }
    }
    return cores
  }
}
