import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure what pools cost and bring.", subcommands: [BenchPoolCommand.self]
  )
}
