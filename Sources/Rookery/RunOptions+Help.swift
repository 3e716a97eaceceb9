internal import ArgumentParser
internal import RookeryCore

extension ArgumentHelp {
  /// What the methods' tables say of a setting. It is left out of the help on another method.
  static func setting(_ key: String) -> ArgumentHelp {
    let shown = SettingHelp(key, for: SettingHelp.methodAskedAbout)
    return ArgumentHelp(
      shown.text, valueName: shown.unit, visibility: shown.isOfMethod ? .default : .hidden)
  }
}

/// The help on a setting: of one method where a command line names it beside `--help`, else of all that have it.
struct SettingHelp {
  let text: String
  let unit: String?
  /// Whether the method that help is asked on has it.
  let isOfMethod: Bool

  init(_ key: String, for method: MethodDescription?) {
    let all: [(name: String, setting: MethodDescription.Setting)] = MethodDescription.all.compactMap {
      method in method.setting(key).map { (method.name, $0) }
    }
    isOfMethod = method == nil || method?.setting(key) != nil
    let owners = all.filter { method == nil || $0.name == method?.name }
    unit = owners.first.flatMap { $0.setting.kind == .flag ? nil : $0.setting.unit }
    let helps = owners.map(\.setting.help)
    let isShared = owners.count == MethodDescription.all.count && Set(helps).count == 1
    let words: String =
      if method != nil || isShared {
        helps.first ?? ""
      } else {
        owners.map { "\($0.name): \($0.setting.help)" }.joined(separator: " ")
      }
    let isAmbiguous = method == nil && owners.count > 1
    let needs = isAmbiguous && !RunOptions.keysWithoutMethod.contains(key) ? " Needs --method." : ""
    let defaults = owners.map { isAmbiguous ? "\($0.name) \($0.setting.initial)" : $0.setting.initial }
    // That a flag is not given by default needs no words.
    let initial =
      owners.contains { $0.setting.kind != .flag } ? " (default: \(defaults.joined(separator: "; ")))" : ""
    text = words + needs + initial
  }

  /// The method that this program's command line asks for help on; nil for none. Help is made before the command line is read.
  static let methodAskedAbout = method(askedAboutIn: CommandLine.arguments)

  static func method(askedAboutIn arguments: [String]) -> MethodDescription? {
    guard arguments.contains(where: { ["--help", "-h", "-help"].contains($0) }) else { return nil }
    let prefix = "--method="
    for (i, word) in arguments.enumerated() {
      if word.hasPrefix(prefix) { return MethodDescription.named(String(word.dropFirst(prefix.count))) }
      if word == "--method", i + 1 < arguments.count { return MethodDescription.named(arguments[i + 1]) }
    }
    return nil
  }
}
