/// The saved form of a finding. Its words are there for people who look into the file, and for versions that know no sentence of the code.
extension Finding {
  var json: JSON {
    .object([
      ("code", .string(code)), ("message", .string(message)), ("severity", .string("\(severity)")),
      // One that 0.1.0 saved came without them, and is to be known by its words again.
      (
        "numbers",
        savedWords != nil && numbers.isEmpty
          ? .null : .object(numbers.map { ($0.name, .exact($0.value)) })
      ),
      (
        "remedies",
        .array(
          remedies.map {
            .object([("setting", .string($0.key)), ("value", $0.value.map { .string($0) } ?? .null)])
          })
      ),
    ])
  }

  init(_ summary: SummaryReader) throws(WireError) {
    let known: [Severity] = [.note, .warning, .failure]
    let severity = known.first { "\($0)" == summary.json["severity"]?.string } ?? .warning
    var numbers: [Number] = []
    for (name, value) in summary.json["numbers"]?.members ?? [] {
      guard let value = value.number else { throw WireError("a number of its findings, \(name), is none") }
      numbers.append(Number(name: name, value: value))
    }
    var remedies: [SettingName] = []
    if summary.json["remedies"] != nil {
      for remedy in try summary.list("remedies") {
        remedies.append(SettingName(try remedy.text("setting"), remedy.json["value"]?.string))
      }
    }
    let code = try summary.text("code")
    let bare = Finding(code: code, severity: severity, numbers: numbers, remedies: remedies, savedWords: nil)
    let canBeSaid = summary.json["numbers"]?.members != nil && bare.sentence != nil
    self.init(
      code: code, severity: severity, numbers: numbers, remedies: remedies,
      savedWords: canBeSaid ? nil : try summary.text("message"))
  }
}
