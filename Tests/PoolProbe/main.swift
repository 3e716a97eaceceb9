// Runs a toy sampler on a pool and prints what came of it, one line a rank. The tests of the pools drive it.
internal import CaseProblems
internal import Glibc
internal import Rookery

var toy = ToyProblem()
var poolText = "serial"
var seed: UInt64 = 1
var points = 400
var window = 64
var contextBytes = 16
var runs = 1
var partBytes: Int?
var hostParts: Int?
var benchmarkRounds = 0
var maxCalls: Int?
var outputRoot: String?
var settings = RunSettings()
var printsDurations = false
var isHost = false
/// Chains side by side instead of the toy sampler.
var lanes = 0
/// How often to run on a crew that stays, to see how long another run takes to open.
var openings = 0
/// Whether the runs share a crew.
var isShared = false
/// Runs of all sorts on one crew.
var isMixed = false

func number(_ text: String) -> Double { Double(text) ?? 0 }

SpawnedWorker.enroll()
var arguments = CommandLine.arguments.dropFirst()
while let option = arguments.popFirst(), let value = arguments.popFirst() {
  switch option {
  case "--pool": poolText = value
  case "--seed": seed = UInt64(value) ?? 1
  case "--points": points = Int(value) ?? 0
  case "--window": window = Int(value) ?? 1
  case "--context-bytes": contextBytes = Int(value) ?? 0
  case "--runs": runs = Int(value) ?? 1
  case "--part-bytes": partBytes = Int(value)
  case "--host-parts": hostParts = Int(value)
  case "--dimension": toy.dimension = Int(value) ?? 1
  case "--block": toy.block = Int(value) ?? 1
  case "--fault": toy.fault = Fault(rawValue: value) ?? .none
  case "--at": toy.faultAt = Int(value) ?? 0
  case "--write": outputRoot = value
  case "--seconds": toy.seconds = number(value)
  case "--spread": toy.spread = number(value)
  case "--thread-safe": toy.isThreadSafe = value == "yes"
  case "--benchmark": benchmarkRounds = Int(value) ?? 0
  case "--compute": toy.computes = value == "yes"
  case "--silence-timeout": settings.silenceTimeout = number(value)
  case "--call-timeout": settings.callTimeout = number(value)
  case "--on-crash": settings.onCrash = CrashPolicy(rawValue: value) ?? .stop
  case "--print-durations": printsDurations = value == "yes"
  case "--max-calls": maxCalls = Int(value)
  case "--lanes": lanes = Int(value) ?? 0
  case "--host-signals":
    isHost = value == "yes"
    takeDefaultSignals()
  case "--openings": openings = Int(value) ?? 0
  case "--result": settings.result = value == "root" ? .root : .everyRank
  case "--observe": if value == "yes" { settings.observers = [Witness()] }
  case "--crew": isShared = value == "yes"
  case "--mixed": isMixed = value == "yes"
  default:
    put("unknown option \(option)\n", to: STDERR_FILENO)
    exit(64)
  }
}

do {
  if toy.fault == .differentThreads, Launcher.isQuietRank { poolText = "mpi:threads=3" }
  var pool = try partBytes.map { Pool.mpi(MPIOptions(partBytes: $0)) } ?? Pool.parse(poolText)
  #if MPI
    if let hostParts { pool = HostProgram.pool(parts: hostParts) }
    defer { if hostParts != nil { HostProgram.end() } }
  #endif
  let problem = try toy.problem(seed: seed)
  if printsDurations {
    // For other schemes to be measured on the same times.
    for index in 0..<points { put("\(toy.duration(of: index, seed: seed))\n", to: STDOUT_FILENO) }
    exit(0)
  }
  if benchmarkRounds > 0 {
    try benchmark(pool, problem, rounds: benchmarkRounds)
    exit(0)
  }
  if openings > 0 {
    try measureOpenings(pool, problem, rounds: openings)
    exit(0)
  }
  if !isHost { Interruption.heedSignals() }
  settings.seed = seed
  settings.maxCalls = maxCalls
  settings.showsProgress = false
  if isMixed { try runOfEverything(on: pool, problem, settings: settings) }
  if isHost { (runs, settings.observers) = (3, [Witness()]) }
  let crew = try isShared ? Crew(on: pool, for: [problem], settings: settings) : nil
  defer { crew?.close() }
  for round in 0..<runs {
    // A host stops its first run in the middle, and forgets the stop before its third.
    if isHost && round == 0 {
      signal(SIGALRM) { _ in Interruption.stop() }
      ualarm(200_000, 0)
    }
    if isHost && round == 2 { Interruption.clear() }
    let sampler = ToySampler(
      seed: seed, points: points, window: window, contextBytes: contextBytes, block: toy.block)
    let engine = EngineDescription(name: "toy", live: 0, dimension: 1)
    func sampled(_ sampler: some Sampler<RunRecord>) throws -> RunResult {
      try crew?.run(sampler, on: problem, engine: engine, settings: settings)
        ?? run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
    }
    let result =
      lanes > 0 ? try sampled(LaneSampler(lanes: lanes, seed: seed)) : try sampled(sampler)
    let statistics = result.statistics
    put(
      "rank \(result.rank) digest \(result.digest) calls \(statistics.calls) ranks \(statistics.ranks) "
        + "workers \(statistics.workers) busy \(fixed(statistics.busy, 3)) "
        + "wall \(fixed(statistics.wallSeconds, 3)) "
        + "refused \(statistics.refused) crashed \(statistics.crashed) replaced \(statistics.replacedWorkers) "
        + "left \(Leftovers().description) "
        + "peak \(statistics.peakBytes) cpu \(fixed(statistics.cpuSeconds, 6)) ending \(result.ending) "
        + "default \(hasDefaultSignals ? "yes" : "no") children \(peakOfChildren)\n", to: STDOUT_FILENO)
    if let outputRoot {
      let written = try result.write(to: "\(outputRoot)/rank-\(result.rank)")
      let isSilent = result.summaryText() == nil && result.json() == nil && written == nil
      put("silent \(isSilent ? "yes" : "no")\n", to: STDOUT_FILENO)
    }
  }
} catch {
  if !Launcher.isQuietRank { put("error: \(error)\n", to: STDERR_FILENO) }
  exit(error is InputError ? 65 : 1)
}
