/// The whole state as bytes: what a run is taken up from.
extension ImportanceNestedSampler {
  package func encode(to writer: inout WireWriter) {
    settings.encode(to: &writer)
    writer.write(seed)
    writer.write(batch)
    writer.write(phase.rawValue)
    writer.write(points)
    writer.write(exploration)
    writer.write(optional: plan)
    writer.write(optional: fit)
    writer.write(aside)
    writer.write(stages)
    writer.write(version)
    writer.write(drawContext)
    writer.write(queue)
    writer.write(out)
    writer.write(pointsOut)
    writer.write(pieces)
    writer.write(optional: ending)
    writer.write(heavyTails)
    writer.write(findings)
    writer.write(optional: due)
    writer.write(noise)
    writer.write(noiseOfStage)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    settings = try ImportanceNestedSettings(from: &reader)
    seed = try reader.read()
    batch = try reader.read()
    let number = try reader.read(UInt8.self)
    guard let phase = Phase(rawValue: number) else { throw WireError("phase \(number) is unknown") }
    self.phase = phase
    points = try reader.read()
    exploration = try reader.read()
    plan = try reader.read(optional: BoundPlan.self)
    fit = try reader.read(optional: StageFit.self)
    aside = try reader.read()
    stages = try reader.read([Stage].self)
    version = try reader.read()
    drawContext = try reader.read()
    queue = try reader.read([Issue<ShellPiece>].self)
    out = try reader.read()
    pointsOut = try reader.read()
    pieces = try reader.read()
    ending = try reader.read(optional: Ending.self)
    heavyTails = try reader.read()
    findings = try reader.read()
    due = try reader.read(optional: Step.self)
    noise = try reader.read()
    noiseOfStage = try reader.read()
    guard points.origins.allSatisfy({ $0 < exploration.bounds.count && -1 - $0 < stages.count })
    else { throw WireError("points of bounds or stages that there are not") }
  }
}

extension ImportanceNestedSampler.Step: Wire {
  func encode(to writer: inout WireWriter) { writer.write(rawValue) }

  init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.read(UInt8.self)
    guard let step = Self(rawValue: number) else { throw WireError("step \(number) is unknown") }
    self = step
  }
}

extension ImportanceNestedSettings: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write([live, networks, window])
    writer.write([targetEffectiveSize, liveFraction, updateFraction, enlargement, thoroughBelow])
    writer.write(remainingEvidence ?? .nan)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let whole = try reader.read([Int].self)
    let real = try reader.read([Double].self)
    let remaining = try reader.read(Double.self)
    guard whole.count == 3, real.count == 5 else { throw WireError("settings that do not fit") }
    (live, networks, window) = (whole[0], whole[1], whole[2])
    (targetEffectiveSize, liveFraction) = (real[0], real[1])
    (updateFraction, enlargement, thoroughBelow) = (real[2], real[3], real[4])
    remainingEvidence = remaining.isNaN ? nil : remaining
  }
}

extension Exploration: Wire {
  func encode(to writer: inout WireWriter) {
    settings.encode(to: &writer)
    writer.write(periodic.map { $0 ? UInt8(1) : 0 })
    writer.write(bounds)
    writer.write(volumes.flatMap { [$0.proposals, $0.sum, $0.squares] })
    writer.write(drawn)
    for inside in members { writer.write(inside) }
    writer.write(threshold)
    writer.write([roughLogZ, liveEvidence, margin, remaining])
    writer.write([arrivals, arrivalsOfAll, failures])
    writer.write(floor)
    writer.write(outposts)
    writer.write(streams)
    writer.write(seed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    settings = try ImportanceNestedSettings(from: &reader)
    periodic = try reader.read([UInt8].self).map { $0 != 0 }
    bounds = try reader.read([Bound].self)
    volumes = try VolumeSums.list(from: &reader)
    drawn = try reader.read([Int].self)
    members = []
    for _ in bounds { members.append(try reader.read([UInt8].self)) }
    threshold = try reader.read()
    let looks = try reader.read([Double].self)
    let counts = try reader.read([Int].self)
    floor = try reader.read()
    outposts = try reader.read()
    streams = try reader.read()
    seed = try reader.read()
    guard counts.count == 3, looks.count == 4, !bounds.isEmpty, volumes.count == bounds.count,
      drawn.count == bounds.count
    else { throw WireError("bounds whose parts do not fit") }
    (roughLogZ, liveEvidence, margin, remaining) = (looks[0], looks[1], looks[2], looks[3])
    (arrivals, arrivalsOfAll, failures) = (counts[0], counts[1], counts[2])
  }
}

extension VolumeSums {
  fileprivate static func list(from reader: inout WireReader) throws(WireError) -> [VolumeSums] {
    let flat = try reader.read([Double].self)
    return stride(from: 0, to: flat.count / 3 * 3, by: 3).map {
      VolumeSums(proposals: flat[$0], sum: flat[$0 + 1], squares: flat[$0 + 2])
    }
  }
}

extension BoundPlan: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(threshold)
    writer.write(bound)
    writer.write(sets)
    writer.write(regions)
    writer.write(networks)
    writer.write(members)
    writer.write(live)
    writer.write(known)
  }

  init(from reader: inout WireReader) throws(WireError) {
    threshold = try reader.read()
    bound = try reader.read()
    sets = try reader.read([TrainingSet].self)
    regions = try reader.read([Int].self)
    networks = try reader.read([Network].self)
    members = try reader.read()
    live = try reader.read([Int].self)
    known = try reader.read()
  }
}

extension StageFit: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(logPosterior)
    writer.write(logDrawn)
    writer.write(logZ)
    writer.write(seam)
    writer.write(optional: student)
    writer.write(stretched)
    writer.write(reaches)
    writer.write(optional: set)
    writer.write(optional: frame)
    writer.write(networks)
    writer.write(optional: components)
    writer.write(sums.flatMap { [$0.proposals, $0.sum, $0.squares] })
    writer.write(shares)
    writer.write(pending)
  }

  init(from reader: inout WireReader) throws(WireError) {
    logPosterior = try reader.read([Double].self)
    logDrawn = try reader.read([Double].self)
    logZ = try reader.read()
    seam = try reader.read()
    student = try reader.read(optional: StudentMixture.self)
    stretched = try reader.read([StretchedMixture].self)
    reaches = try reader.read()
    set = try reader.read(optional: TrainingSet.self)
    frame = try reader.read(optional: Ellipsoid.self)
    networks = try reader.read([Network].self)
    components = try reader.read(optional: ProposalComponents.self)
    sums = try VolumeSums.list(from: &reader)
    shares = try reader.read([Double].self)
    pending = try reader.read()
  }
}

extension WireWriter {
  fileprivate mutating func write<T: Wire>(optional value: T?) {
    write(value != nil)
    if let value { value.encode(to: &self) }
  }
}

extension WireReader {
  fileprivate mutating func read<T: Wire>(optional type: T.Type) throws(WireError) -> T? {
    try read(Bool.self) ? try T(from: &self) : nil
  }
}
