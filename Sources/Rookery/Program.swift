internal import ArgumentParser
internal import RookeryCore
internal import Synchronization

/// The arguments of a program that has none beside those of a run.
struct NoArguments: ParsableArguments {}

/// A program's command line: arguments of its own, and those of a run.
struct Program<Own: ParsableArguments> {
  /// What reads the command line, and whose usage and help are shown.
  let command: any ParsableCommand.Type

  /// - Parameter about: what the program does.
  init(about: String) {
    aboutThisProgram.withLock { $0 = about }
    command = Self.holdsRunOptions ? Whole.self : Joined.self
  }

  /// - Throws: errors of the command line, and the wish for help; ``InputError`` for an option that both have.
  func parse() throws -> (run: RunOptions, own: Own) {
    if Self.holdsRunOptions {
      let own = try Whole.parse().own
      if let run = Self.runOptions(in: own) { return (run.wrappedValue, own) }
    } else if let twice = Self.optionsOfBoth.first {
      throw InputError(
        "the program has an option \(twice) of its own, which every run has too; call it something else")
    }
    let joined = try Joined.parse()
    return (joined.run, joined.own)
  }

  private static var holdsRunOptions: Bool { runOptions(in: Own()) != nil }

  private static func runOptions(in own: Own) -> OptionGroup<RunOptions>? {
    Mirror(reflecting: own).children.lazy.compactMap { $0.value as? OptionGroup<RunOptions> }.first
  }

  /// Options that the program and a run both have: the one would hide the other.
  private static var optionsOfBoth: [String] {
    options(of: Own.self).subtracting(["-h", "--help"]).intersection(options(of: RunOptions.self)).sorted()
  }

  /// The names that begin the lines of a help text.
  private static func options(of arguments: any ParsableArguments.Type) -> Set<String> {
    let heads = arguments.helpMessage(columns: 200).split(separator: "\n").filter { $0.hasPrefix("  -") }
    return Set(
      heads.flatMap { line in
        line.split(whereSeparator: { " ,/".contains($0) }).prefix { $0.hasPrefix("-") }.map(String.init)
      })
  }

  private struct Joined: ParsableCommand {
    static var configuration: CommandConfiguration { .ofThisProgram(Own.self) }
    @OptionGroup var own: Own
    @OptionGroup(title: "Options of every run") var run: RunOptions
  }

  private struct Whole: ParsableCommand {
    static var configuration: CommandConfiguration { .ofThisProgram(Own.self) }
    @OptionGroup var own: Own
  }
}

/// A command's description is static, and so must be what it is made of.
private let aboutThisProgram = Mutex("")

extension CommandConfiguration {
  fileprivate static func ofThisProgram(_ own: any ParsableArguments.Type) -> CommandConfiguration {
    let described = (own as? any ParsableCommand.Type)?.configuration
    let about = aboutThisProgram.withLock { $0 }
    return CommandConfiguration(
      commandName: CommandLine.programName,
      abstract: about.isEmpty ? described?.abstract ?? "Samples a problem with Rookery." : about,
      discussion: described?.discussion.isEmpty == false ? described?.discussion ?? "" : exitCodesInWords,
      version: described?.version.isEmpty == false ? described?.version ?? "" : versionInWords)
  }
}

/// What the codes that a run ends with say.
package let exitCodesInWords = """
  Exit codes: 0 converged; 2 stopped at a limit, or not converged; 1 the likelihood failed; 64 usage; 65 bad input; \
  74 cannot read or write; 130 interrupted.
  """
