/// The state of a run between two absorptions: all that is needed to go on, and what it belongs to.
///
/// Resume is replay: the pieces that were out are issued again with the same streams of random numbers, so the run that goes on
/// gives the bits of the one that was cut off. Pool, ranks and limits are no part of it.
struct Checkpoint<S: Sampler>: Wire {
  /// The method, with all settings that the samples depend on.
  var engine: String
  var settings: [Provenance.Setting]
  var seed: UInt64
  var problem: Fingerprint
  var sampler: S
  /// Issued and not yet absorbed, those of each lane oldest first.
  var out: [S.Piece]
  /// Those that these pieces name, and pieces to come may name: no sampler keeps what it has handed over.
  var contexts: [LivingContext<S.Piece.Context>]
  var cost: PieceCost
  var pieces: Int
  /// What the caller wants kept beside.
  var own: [UInt8]
  var wallSeconds: Double
  var cpuSeconds: Double
  /// When the workers were busy so far.
  var timeline: BusyTimeline

  func encode(to writer: inout WireWriter) {
    writer.write(engine)
    writer.write(settings.flatMap { [$0.name, $0.value] })
    writer.write(seed)
    writer.write(problem)
    writer.write(sampler)
    writer.write(out)
    writer.write(contexts)
    writer.write(cost)
    writer.write(pieces)
    writer.write(own)
    writer.write([wallSeconds, cpuSeconds])
    writer.write(timeline)
  }
}

extension Checkpoint {
  init(from reader: inout WireReader) throws(WireError) {
    engine = try reader.read()
    let words = try reader.read([String].self)
    settings = stride(from: 0, to: words.count - words.count % 2, by: 2).map {
      .init(words[$0], words[$0 + 1])
    }
    seed = try reader.read()
    problem = try reader.read()
    sampler = try S(from: &reader)
    out = try reader.read([S.Piece].self)
    contexts = try reader.read([LivingContext<S.Piece.Context>].self)
    let alive = Set(contexts.map(\.id))
    for piece in out where !alive.contains(piece.context) {
      throw WireError("a piece that was out names a context that is missing")
    }
    cost = try reader.read()
    pieces = try reader.read()
    own = try reader.read([UInt8].self)
    let seconds = try reader.read([Double].self)
    timeline = try reader.read()
    guard seconds.count == 2, reader.remaining == 0 else {
      throw WireError("a state with too much or too little")
    }
    (wallSeconds, cpuSeconds) = (seconds[0], seconds[1])
  }

  /// Sees to it that this is the state of the run that is asked for, but for settings that say how far it is to go.
  ///
  /// - Throws: ``InputError`` that names the first thing that differs.
  func check(against asked: EngineDescription, seed: UInt64, problem: Fingerprint, path: String) throws {
    func refuse(_ what: String) -> InputError {
      InputError(
        "\(path) is the state of another run: \(what); repeat what it was started with, or give \(SettingName.overwrite)"
          + " or another \(SettingName.out)"
      )
    }
    if engine != asked.name { throw refuse("the method is \(asked.name) here and \(engine) there") }
    if let difference = problem.difference(to: self.problem, called: "the checkpoint") {
      throw refuse(difference)
    }
    if seed != self.seed { throw refuse("the seed is \(seed) here and \(self.seed) there") }
    for (mine, its) in zip(asked.settings, settings)
    where mine != its && !asked.mayChangeOnResume.contains(mine.name) {
      if mine.name != its.name { throw refuse("the setting \(mine.name) here is \(its.name) there") }
      throw refuse("\(mine.name) is \(mine.value) here and \(its.value) there")
    }
    if asked.settings.count != settings.count { throw refuse("the settings are others") }
  }
}
