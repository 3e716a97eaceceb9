import RookeryCore
import Testing

/// Squares a number; needs a context that adds to it.
struct Squaring: Work {
  var context: ContextID
  var lane: Int32 = 0
  var number: Double

  func perform(with context: Shift, on evaluator: Evaluator) throws -> Answered {
    let x = number + context.value
    let logLikelihood = try [0.5].withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    return Answered(value: x * x + logLikelihood)
  }

  init(context: Int, number: Double, lane: Int32 = 0) {
    self.context = ContextID(version: context)
    self.lane = lane
    self.number = number
  }
  func encode(to writer: inout WireWriter) {
    writer.write(context)
    writer.write(number)
    writer.write(lane)
  }
  init(from reader: inout WireReader) throws(WireError) {
    context = try reader.read()
    number = try reader.read()
    lane = try reader.read()
  }

  struct Shift: Wire, Sendable {
    var value: Double
    init(value: Double) { self.value = value }
    func encode(to writer: inout WireWriter) { writer.write(value) }
    init(from reader: inout WireReader) throws(WireError) { value = try reader.read() }
  }
  struct Answered: Wire, Sendable {
    var value: Double
    init(value: Double) { self.value = value }
    func encode(to writer: inout WireWriter) { writer.write(value) }
    init(from reader: inout WireReader) throws(WireError) { value = try reader.read() }
  }
}

/// What a scheduler is asked to do in tests: the squares of the numbers up to a count.
enum Squares {
  static func problem(failing: Bool = false) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in failing ? .nan : 1 }
  }

  /// Squares the numbers up to a count, with a new context every ten.
  static func run(
    _ count: Int, window: Int, over transport: (any Transport)?, problem: Problem,
    onCrash: CrashPolicy = .stop, waiting seconds: Double = 0, allowing allowance: Int = .max,
    silenceLimit: Double? = nil
  ) throws -> [Double] {
    var scheduler = Scheduler<Squaring>(
      problem: problem, transport: transport, onCrash: onCrash, silenceLimit: silenceLimit)
    return try run(count, window: window, with: &scheduler, waiting: seconds, allowing: allowance)
  }

  /// The same in a run of a crew.
  static func run(_ count: Int, window: Int, at station: Station, waiting seconds: Double) throws -> [Double]
  {
    var scheduler = Scheduler<Squaring>(station)
    return try run(count, window: window, with: &scheduler, waiting: seconds, allowing: .max)
  }

  private static func run(
    _ count: Int, window: Int, with scheduler: inout Scheduler<Squaring>, waiting seconds: Double,
    allowing allowance: Int
  ) throws -> [Double] {
    var outcomes: [Double] = []
    var issued = 0
    var idle = 0
    while outcomes.count < count {
      while issued < count, scheduler.outstanding < window {
        let version = issued / 10
        if issued % 10 == 0 {
          try scheduler.handOver(Squaring.Shift(value: Double(version)), as: ContextID(version: version))
        }
        scheduler.submit(
          Squaring(context: version, number: Double(issued)), allowing: issued % 3 == 1 ? allowance : .max)
        issued += 1
      }
      if let completed = try scheduler.next(seconds: seconds) {
        if let outcome = completed.done.outcome {
          outcomes.append(outcome.value)
        } else {
          scheduler.repeatOldest(completed.place, allowing: 1)
        }
        idle = 0
      } else {
        idle += 1
        try #require(idle < 10_000, "the scheduler starves")
      }
    }
    let haveAllLeft = scheduler.finish()
    try #require(haveAllLeft)
    return outcomes
  }

  static func expected(_ count: Int) -> [Double] {
    (0..<count).map { i -> Double in
      let x = Double(i + i / 10)
      return x * x + 1
    }
  }
}
