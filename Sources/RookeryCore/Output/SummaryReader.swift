/// Reads members of a summary, and says which is missing.
struct SummaryReader {
  let json: JSON

  init(_ json: JSON) { self.json = json }

  private func member<T>(_ name: String, _ value: (JSON) -> T?) throws(WireError) -> T {
    guard let found = json[name].flatMap(value) else { throw WireError("its summary lacks \(name)") }
    return found
  }

  func text(_ name: String) throws(WireError) -> String { try member(name, \.string) }
  func integer(_ name: String) throws(WireError) -> Int { try member(name, \.integer) }
  /// A whole number of things, within reason: sums and products of some of them fit in a number.
  func count(_ name: String) throws(WireError) -> Int {
    let count = try integer(name)
    guard count >= 0, count < 1 << 50 else { throw WireError("its \(name) cannot be \(count)") }
    return count
  }

  func unsigned(_ name: String) throws(WireError) -> UInt64 { try member(name, \.unsigned) }
  func bool(_ name: String) throws(WireError) -> Bool { try member(name, \.bool) }
  func number(_ name: String) throws(WireError) -> Double { try member(name, \.number) }
  func part(_ name: String) throws(WireError) -> SummaryReader {
    SummaryReader(try member(name) { $0.members == nil ? nil : $0 })
  }
  func list(_ name: String) throws(WireError) -> [SummaryReader] {
    try member(name, \.elements).map(SummaryReader.init)
  }
  func numbers(_ name: String) throws(WireError) -> [Double] {
    try member(name) { $0.elements?.compactMap(\.number) }
  }
  func words(_ name: String) -> [String] { json[name]?.elements?.compactMap(\.string) ?? [] }

  /// None in files of versions that had none.
  func findings() throws(WireError) -> [Finding] {
    guard json["sampler_findings"] != nil else { return [] }
    return try list("sampler_findings").map { member throws(WireError) in try Finding(member) }
  }

  func quantity() throws(WireError) -> DerivedQuantity {
    DerivedQuantity(try text("name"), label: try text("label"), unit: try text("unit"))
  }

  func parameter(priorQuantiles: [Double]) throws(WireError) -> ParameterDescription {
    let word = try text("boundary")
    let boundaries: [Parameter.Boundary] = [.open, .periodic, .reflective]
    guard let boundary = boundaries.first(where: { "\($0)" == word }) else {
      throw WireError("it has a boundary of unknown kind \(word)")
    }
    return ParameterDescription(
      name: try text("name"), label: try text("label"), unit: try text("unit"), prior: try text("prior"),
      boundary: boundary, isFixed: try bool("fixed"), lower: try number("lower"),
      upper: try number("upper"), priorQuantiles: priorQuantiles)
  }

  func ending() throws(WireError) -> Ending {
    let word = try text("ending")
    if word == Ending.stuckWord { return .stuck(try reason()) }
    let known: [Ending] = [.converged, .callLimit, .timeLimit, .interrupted]
    guard let ending = known.first(where: { $0.word == word }) else {
      throw WireError("it has an ending of unknown kind \(word)")
    }
    return ending
  }

  /// Version 0.1.0 wrote the words alone.
  private func reason() throws(WireError) -> Finding {
    if json["stuck"]?.members != nil { return try Finding(part("stuck")) }
    return Finding(
      code: Ending.stuckWord, severity: .failure, numbers: [], remedies: [],
      savedWords: json["stuck_because"]?.string ?? "")
  }
}
