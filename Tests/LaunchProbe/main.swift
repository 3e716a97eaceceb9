internal import Glibc
internal import Rookery
internal import Synchronization

// A program of several models, as a user would write it, whose likelihood can be told to misbehave. What it is to do stands in the
// environment, for the options of its command line are those of every program:
//   MODELS  how many; DIM, DERIVED  their size; MICROSECONDS  a call takes
//   DIES  after how many calls of a process it ends, and how: "200:3" by exit(3), "200:stop" by stopping itself once
//   TALLY  a file that each call adds a byte to
//   SIGNAL  the model before which it is asked to stop
//   PREDICTS  after each model it predicts from it; "stop": and is asked to stop before
//   THREADS  it has a thread of its own, as hosts do
func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
func text(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

let calls = Atomic(0)
let microseconds = number("MICROSECONDS") ?? 0
let derived = number("DERIVED") ?? 0
let death = (text("DIES") ?? "").split(separator: ":").map(String.init)
let deathAt = death.first.flatMap { Int($0) } ?? 0
let tally = text("TALLY").map { open($0, O_CREAT | O_WRONLY | O_APPEND, 0o600) }

@Sendable func misbehave() {
  let count = calls.add(1, ordering: .relaxed).newValue
  if let tally { _ = write(tally, "x", 1) }
  if microseconds > 0 { usleep(UInt32(microseconds)) }
  guard count == deathAt else { return }
  if death[1] == "stop" { raise(SIGSTOP) } else { exit(Int32(death[1]) ?? 1) }
}

nonisolated func idle() {
  sleep(3600)
}

if number("THREADS") != nil {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { @Sendable _ in
      idle()
      return nil
    }, nil)
}

launch { run in
  for model in 1...(number("MODELS") ?? 1) {
    if number("SIGNAL") == model { kill(getpid(), SIGUSR1) }
    let parameters = (0..<(number("DIM") ?? 3)).map { Parameter("x\($0)", .uniform(0, 1)) }
    let problem = try Problem(
      "model-\(model)", parameters: parameters, derived: (0..<derived).map { DerivedQuantity("d\($0)") },
      threadSafe: true
    ) { theta, quantities in
      misbehave()
      var sum = 0.0
      for i in theta.indices {
        let distance = (theta[i] - 0.5) / (0.1 * Double(model))
        sum -= 0.5 * distance * distance
      }
      for i in 0..<derived { quantities[i] = sum * Double(i) }
      return sum
    }
    let result = try run.sample(problem)
    if let how = text("PREDICTS") {
      if how == "stop" { kill(getpid(), SIGUSR1) }
      let prediction = try result.predict(at: .draws(10), on: run.pool(), threadSafe: true) { $0 }
      if let prediction { put("predicted \(prediction.mean[0])\n", to: STDOUT_FILENO) }
    }
    guard result.rank == 0 else { continue }
    put(
      "model \(model) digest \(result.digest) ending \(result.ending) calls \(result.statistics.calls) "
        + "replaced \(result.statistics.replacedWorkers) crashed \(result.statistics.crashed)\n",
      to: STDOUT_FILENO)
  }
}
