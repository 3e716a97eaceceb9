extension NestedSettings: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(live)
    writer.write(explorer.rawValue)
    writer.write(bound.rawValue)
    writer.write(bootstraps ?? -1)
    writer.write(walkSteps ?? 0)
    writer.write(slices ?? 0)
    writer.write(window ?? 0)
    writer.write(deletions)
    writer.write(isDynamic)
    writer.write(batch ?? 0)
    for optional in [enlargement, remainingEvidence, targetEffectiveSize, targetError, posteriorShare] {
      writer.write(optional ?? .nan)
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    live = try reader.read()
    let name = try reader.read(String.self)
    guard let explorer = Explorer(rawValue: name) else { throw WireError("unknown explorer \(name)") }
    self.explorer = explorer
    let form = try reader.read(String.self)
    guard let bound = Bound(rawValue: form) else { throw WireError("unknown bound \(form)") }
    self.bound = bound
    let bootstraps = try reader.read(Int.self)
    self.bootstraps = bootstraps >= 0 ? bootstraps : nil
    func positive(_ number: Int) -> Int? { number > 0 ? number : nil }
    walkSteps = positive(try reader.read())
    slices = positive(try reader.read())
    window = positive(try reader.read())
    deletions = try reader.read()
    isDynamic = try reader.read()
    batch = positive(try reader.read())
    func number(_ value: Double) -> Double? { value.isNaN ? nil : value }
    enlargement = number(try reader.read())
    remainingEvidence = number(try reader.read())
    targetEffectiveSize = number(try reader.read())
    targetError = number(try reader.read())
    posteriorShare = number(try reader.read())
  }
}
