import Glibc

extension Scheduler {
  private static var lookSeconds: Double { 1 }
  /// Signs of life come every second; who has given none for so long is said to be silent.
  private static var saidAfterSeconds: Double { 10 }
  private static var saidAgainAfterSeconds: Double { 60 }

  /// Looks once in a while whether workers give signs of life. A long call is none of its business: who is at it gives them too.
  ///
  /// - Parameter isOver: whether nobody needs the workers any more.
  /// - Throws: ``PoolError`` where one has been silent for longer than it may, and cannot be replaced.
  mutating func watchSilence(over transport: any Transport, at now: Double, isOver: Bool = false) throws {
    guard now - lastSilenceLook >= Self.lookSeconds else { return }
    lastSilenceLook = now
    let shortest = min(Self.saidAfterSeconds, silenceLimit ?? .infinity)
    silences = transport.silences(at: now).filter { $0.seconds >= shortest }
    let silent = Set(silences.map(\.worker))
    silenceSaid = silenceSaid.filter { silent.contains($0.key) }
    for silence in silences {
      if silence.seconds >= silenceLimit ?? (isOver ? Self.saidAfterSeconds : .infinity),
        transport.end(silence.worker)
      {
        put(
          "rookery: warning: \(silence.place) has not answered for \(duration(silence.seconds)) and is ended\(isOver ? "" : " and replaced")\n",
          to: STDERR_FILENO)
      } else if let silenceLimit, silence.seconds >= silenceLimit {
        throw PoolError(
          "\(silence.place) has not answered for \(duration(silence.seconds)) and gives no sign of life: its process has been stopped, "
            + "or its machine or the network to it has failed")
      } else {
        say(silence)
      }
    }
  }

  private mutating func say(_ silence: Silence) {
    if let said = silenceSaid[silence.worker], silence.seconds < said + Self.saidAgainAfterSeconds { return }
    if silenceSaid[silence.worker] == nil { newSilences += 1 }
    silenceSaid[silence.worker] = silence.seconds
    put(
      "rookery: warning: \(silence.place) has not answered for \(duration(silence.seconds)) and gives no sign of life: its process may "
        + "have been stopped, or its machine or the network to it have failed; the run waits for it"
        + "\(silenceLimit == nil ? " (a silence timeout would end that)" : "")\n", to: STDERR_FILENO)
  }

  /// Who is silent and for how long, for the line that shows progress; nil where nobody is.
  package var silence: String? {
    guard let longest = silences.max(by: { $0.seconds < $1.seconds }) else { return nil }
    let others = silences.count > 1 ? " and \(silences.count - 1) more" : ""
    return "\(longest.place)\(others) silent for \(duration(longest.seconds))"
  }

  /// Seconds that workers have been inside pieces, up to now, with those that are in hand; silent workers count as idle.
  package func busySeconds(at now: Double) -> Double {
    let silent = Set(silences.map(\.worker))
    var sum = busyArrived
    for i in members.indices where !members[i].messages.isEmpty && !silent.contains(i) {
      sum += max(now - members[i].since, 0)
    }
    return sum
  }
}
