public import ArgumentParser
internal import RookeryCore

extension RunOptions {
  /// A method by its name: `nested`, `importance`, or `auto` for the one that suits the problem.
  public struct MethodName: ExpressibleByArgument, CustomStringConvertible, Hashable, Sendable {
    public let description: String

    public static let auto = MethodName(name: "auto")
    public static let nested = MethodName(name: NestedSettings.methodName)
    public static let importance = MethodName(name: ImportanceNestedSettings.methodName)

    private init(name: String) { description = name }

    /// Names and aliases; nil for any other word.
    public init?(argument: String) {
      guard argument != MethodName.auto.description else {
        self = .auto
        return
      }
      guard let method = MethodDescription.named(argument) else { return nil }
      description = method.name
    }

    public static var allValueStrings: [String] {
      [auto.description] + MethodDescription.all.map(\.name) + MethodDescription.all.flatMap(\.aliases)
    }

    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    /// Nil for the choice of the problem.
    var described: MethodDescription? { MethodDescription.named(description) }
  }
}
