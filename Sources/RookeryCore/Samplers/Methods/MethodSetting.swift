/// One setting of a method: all that a command line, a file, a report or another language needs to know of it.
package struct MethodSetting<Settings: MethodSettings>: Sendable {
  package let name: SettingName
  /// What it is called in saved runs. People have these: it must not change.
  package let savedName: String
  package let kind: SettingKind
  /// What a value is called in one word, as a placeholder.
  package let unit: String
  package let help: String
  /// The default, in words.
  package let initial: String
  /// Whether a run may be taken up again with another value: such settings say how far to go, not how.
  package let mayChangeOnResume: Bool
  /// Whether it has no place on a command line.
  package let isForProgramsAlone: Bool
  /// The value; nil for what the method chooses itself.
  package let read: @Sendable (Settings) -> SettingValue?
  /// Sets the value; false where it is of another kind.
  package let write: @Sendable (inout Settings, SettingValue?) -> Bool
  /// The value as saved runs have it.
  package let saved: @Sendable (Settings) -> String
  /// The value in force for so many dimensions, in words; nil where the setting has no say.
  package let inForce: @Sendable (Settings, Int) -> String?

  /// - Parameters:
  ///   - initial: nil for the value that the property begins with.
  ///   - inForce: nil for the value itself, or `initial` where there is none.
  init<Value: SettingRepresentable>(
    _ key: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, saved savedName: String,
    unit: String? = nil, help: String, initial: String? = nil,
    mayChangeOnResume: Bool = false, isForProgramsAlone: Bool = false,
    inForce: (@Sendable (Settings, Int) -> String?)? = nil
  ) {
    name = SettingName(key)
    self.savedName = savedName
    let kind = Value.settingKind
    self.kind = kind
    self.unit = unit ?? Self.usualUnit(kind)
    self.help = help
    let initial = initial ?? Settings()[keyPath: property].settingValue?.words ?? "none"
    self.initial = initial
    self.mayChangeOnResume = mayChangeOnResume
    self.isForProgramsAlone = isForProgramsAlone
    read = { $0[keyPath: property].settingValue }
    write = { settings, value in
      guard let value = Value(settingValue: value) else { return false }
      let path: WritableKeyPath<Settings, Value> = property
      settings[keyPath: path] = value
      return true
    }
    saved = { $0[keyPath: property].savedWords }
    self.inForce = inForce ?? { settings, _ in settings[keyPath: property].settingValue?.words ?? initial }
  }

  private static func usualUnit(_ kind: SettingKind) -> String {
    switch kind {
    case .whole: "n"
    case .number: "x"
    case .choice: "name"
    case .flag: ""
    }
  }
}
