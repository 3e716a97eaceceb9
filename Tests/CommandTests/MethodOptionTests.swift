import ArgumentParser
import Rookery
import TestSupport
import Testing

/// The flags of methods are declared by hand, for the parser knows no other way: here they are held against the tables.
@Suite(.serialized) struct MethodOptionTests {
  /// Flags of every run, whatever the method.
  private static let ofEveryRun: Set = [
    "--method", "--seed", "--pool", "--max-calls", "--time-limit", "--on-nan", "--call-timeout",
    "--silence-timeout", "--on-crash", "--out", "--format", "--doctor", "--resume", "--overwrite",
    "--checkpoint-every", "--json", "--quiet", "--help",
  ]

  /// The flags that begin the entries of a help text.
  private func flags(_ help: String) -> Set<String> {
    let heads = help.split(separator: "\n").filter { $0.hasPrefix("  -") }
    return Set(
      heads.compactMap { line in
        line.split { " ,/".contains($0) }.first { $0.hasPrefix("--") }.map(String.init)
      })
  }

  private func flag(_ name: SettingName) -> String {
    "--" + String(name.key.map { $0 == "_" ? "-" : $0 })
  }

  @Test func everyEntryHasAFlagAndEveryFlagAnEntry() throws {
    let entries = Set(MethodDescription.all.flatMap(\.settings).filter { !$0.isForProgramsAlone }.map(\.name))
    let declared = flags(RunOptions.helpMessage(columns: 400)).subtracting(Self.ofEveryRun)
    #expect(declared == Set(entries.map(flag)))
    #expect(Set(try RunOptions.parse([]).settingsOfMethods.map(\.name)) == entries)
  }

  /// A flag goes to the entry of its name, and to no other.
  @Test func everyFlagSetsItsEntry() throws {
    for setting in MethodDescription.all.flatMap(\.settings) where !setting.isForProgramsAlone {
      let text: String =
        switch setting.kind {
        case .whole: "7"
        case .number: "0.5"
        case .choice(let names): names.last ?? ""
        case .flag: ""
        }
      let options = try RunOptions.parse([flag(setting.name)] + (text.isEmpty ? [] : [text]))
      let given = options.settingsOfMethods.filter { $0.value != nil }
      #expect(given.map(\.name) == [setting.name], "\(setting.name.key)")
      #expect(given.first?.value == setting.kind.parse(text.isEmpty ? "yes" : text), "\(setting.name.key)")
    }
  }

  /// Words that name a setting name something that can be typed.
  @Test func namesInWordsAreFlags() {
    let known = flags(RunOptions.helpMessage(columns: 400))
    for name in SettingName.all { #expect(known.contains(flag(name)), "\(name.key)") }
  }

  @Test func oldAndNewNamesOfMethods() throws {
    let names: [(String, RunOptions.MethodName)] = [
      ("auto", .auto), ("nested", .nested), ("dynesty", .nested), ("importance", .importance),
      ("nautilus", .importance),
    ]
    for (name, method) in names { #expect(try RunOptions.parse(["--method", name]).method == method) }
    #expect(throws: (any Error).self) { try RunOptions.parse(["--method", "walk"]) }
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      (["--method", "nested"], "--explorer", "--networks", "default: 500"),
      (["--method=dynesty"], "--batch", "--networks", "default: 500"),
      (["--method", "nautilus"], "--networks", "--explorer", "default: 400"),
    ])
  func helpOnOneMethodShowsWhatBelongsToIt(
    _ method: [String], _ own: String, _ other: String, _ initial: String
  ) throws {
    let run = try ProgramRun("rookery", ["run"] + method + ["--help"])
    #expect(run.status == 0)
    let text = run.output.joined(separator: "\n")
    let shown = flags(text)
    #expect(shown.contains(own) && shown.contains("--live") && shown.contains("--seed"))
    #expect(!shown.contains(other))
    #expect(text.contains(initial) && !text.contains("Needs --method"))
  }

  /// What the core says of a setting is said in flags by a program with a command line.
  @Test(.timeLimit(.minutes(10))) func wordsOfTheCoreNameFlags() throws {
    for (options, words) in [
      (["--live", "3"], "(--live)"), (["--live", "60", "--window", "50"], "(--window)"),
      (["--bound", "none", "--enlarge", "2"], "--bound none has nothing to widen"),
    ] {
      let run = try ProgramRun("rookery", ["run", "gauss5", "-q", "--method", "nested"] + options)
      #expect(run.status == 65)
      #expect(run.errors.first?.contains(words) == true, "\(run.errors)")
    }
  }
}
