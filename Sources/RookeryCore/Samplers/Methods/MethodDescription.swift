/// A method by its names, with what can be set: what tables of all methods are made of, whatever the types of their settings.
package struct MethodDescription: Sendable {
  /// A setting, without the type that it is one of.
  package struct Setting: Sendable {
    package let name: SettingName
    package let kind: SettingKind
    package let unit: String
    package let help: String
    package let initial: String
    package let isForProgramsAlone: Bool
  }

  package let name: String
  package let aliases: [String]
  package let engine: String
  /// What it is, in a few words.
  package let words: String
  package let settings: [Setting]

  package init<Settings: MethodSettings>(_ type: Settings.Type) {
    name = type.methodName
    aliases = type.methodAliases
    engine = type.engineName
    words = type.methodInWords
    settings = type.table.map {
      Setting(
        name: $0.name, kind: $0.kind, unit: $0.unit, help: $0.help, initial: $0.initial,
        isForProgramsAlone: $0.isForProgramsAlone)
    }
  }

  /// Nil where the method has no such setting.
  package func setting(_ key: String) -> Setting? { settings.first { $0.name.key == key } }

  package func isCalled(_ name: String) -> Bool { name == self.name || aliases.contains(name) }
}
