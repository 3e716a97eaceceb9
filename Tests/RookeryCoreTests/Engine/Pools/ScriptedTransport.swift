import RookeryCore

/// Workers without a thread: each serves its frames when asked for answers, in an order drawn at random, and
/// may die.
final class ScriptedTransport<Piece: Work>: Transport {
  private final class Link: WorkerLink {
    struct Empty: Error {}
    var inbox: [[UInt8]] = []
    var outbox: [[UInt8]] = []
    func receive() throws -> [UInt8] {
      if inbox.isEmpty { throw Empty() }
      return inbox.removeFirst()
    }
    func send(_ frame: [UInt8]) { outbox.append(frame) }
  }

  let problem: Problem
  private var links: [Link]
  /// What each worker has been sent, for it forgets between two calls of `serve`.
  private var history: [[[UInt8]]]
  private var random: RandomStream
  /// A worker that has been sent this piece does nothing for as long as it is named here.
  var stuck: Int?
  var prefetchSeconds = 4e-3
  /// After so many events the driver is interrupted.
  var eventsLeft = Int.max
  struct Interrupted: Error {}
  /// Dies when it is about to serve a message that holds this piece, while it may.
  var killer: Int?
  var deathsLeft = 0
  var isFromOutside = false
  /// Whether the piece is known at which it dies.
  var isNamed = true
  /// Whether its point kills by itself; else the worker dies of something else, at another point each time.
  var isGuilty = true
  /// Workers that have been sent work.
  private var used: Set<Int> = []
  /// Points tried by workers that had done something before.
  private(set) var badTrials = 0
  private var deaths = 0
  var largestMessage = 0

  init(_ problem: Problem, workers: Int, seed: UInt64) {
    self.problem = problem
    links = (0..<workers).map { _ in Link() }
    history = Array(repeating: [], count: workers)
    random = RandomStream(seed: seed, purpose: .init(rawValue: 1), index: 0)
  }

  var workers: Int { links.count }
  func place(of worker: Int) -> String { "worker \(worker)" }
  /// Who gives no sign of life.
  var silent: [Silence] = []
  /// Whether silent workers can be ended, and which have been.
  var endsSilent = false
  private(set) var ended: [Int] = []

  func silences(at now: Double) -> [Silence] { silent }
  func end(_ worker: Int) -> Bool {
    guard endsSilent else { return false }
    ended.append(worker)
    silent = []
    return true
  }

  func send(_ frame: [UInt8], to worker: Int) { links[worker].inbox.append(frame) }
  private func isStuck(_ worker: Int) throws -> Bool {
    guard let stuck else { return false }
    for frame in links[worker].inbox {
      guard case .work(let count, let pieces) = try Order(frame: frame) else { continue }
      var reader = WireReader(pieces)
      for _ in 0..<count {
        if try reader.read(Int.self) == stuck { return true }
        _ = try reader.read(Int.self)
        _ = try Piece(from: &reader)
      }
    }
    return false
  }

  func close(byForceAfter error: (any Error)?) {}

  func receive(seconds: Double) throws -> TransportEvent? {
    // Sometimes nothing has come yet.
    if random.integer(below: 3) == 0 { return nil }
    eventsLeft -= 1
    if eventsLeft == 0 { throw Interrupted() }
    let ready = try links.indices.filter {
      try !links[$0].outbox.isEmpty || !links[$0].inbox.isEmpty && !isStuck($0)
    }
    guard !ready.isEmpty else { return nil }
    let worker = ready[random.integer(below: ready.count)]
    if !links[worker].outbox.isEmpty { return .frame(links[worker].outbox.removeFirst(), from: worker) }
    var tried: [Double]?
    var due = links[worker].inbox.count
    var isFirst = true
    looking: for (place, frame) in links[worker].inbox.enumerated() {
      if case .trial(_, let point) = try Order(frame: frame) {
        tried = point
        if used.contains(worker) { badTrials += 1 }
      }
      guard case .work(let count, let pieces) = try Order(frame: frame) else { continue }
      used.insert(worker)
      largestMessage = max(largestMessage, count)
      var reader = WireReader(pieces)
      for _ in 0..<count {
        let sequence = try reader.read(Int.self)
        _ = try reader.read(Int.self)
        _ = try Piece(from: &reader)
        guard sequence == killer, deathsLeft > 0 else { continue }
        // It answers for the messages before this one first.
        guard isFirst else {
          due = place
          break looking
        }
        deathsLeft -= 1
        deaths += 1
        links[worker] = Link()
        history[worker] = []
        used.remove(worker)
        let point = isGuilty ? [0.25] : [0.25, Double(deaths)]
        let inside =
          isNamed
          ? WorkerTrace.Moment(sequence: sequence, point: point, isTrial: isGuilty && tried == point) : nil
        return .lost(Loss(worker: worker, how: "signal 11", isFromOutside: isFromOutside, inside: inside))
      }
      isFirst = false
    }
    let contexts = history[worker]
    let fresh = links[worker].inbox.prefix(due)
    let later = links[worker].inbox.dropFirst(due)
    history[worker] += fresh.filter { if case .work? = try? Order(frame: $0) { false } else { true } }
    links[worker].inbox = contexts + fresh
    if let last = try? Worker<Piece>(Evaluator(problem)).serve(links[worker]), Order.isFinish(last) {
      links[worker].send(Answer.left.frame)
    }
    links[worker].inbox = Array(later)
    return links[worker].outbox.isEmpty ? nil : .frame(links[worker].outbox.removeFirst(), from: worker)
  }
}
