internal import RookeryCore

extension SettingName {
  /// The setting as it is typed in a shell, with the value if there is one. What has no flag keeps its key.
  var flag: String {
    let isForProgramsAlone = MethodDescription.all.contains { $0.setting(key)?.isForProgramsAlone == true }
    guard !isForProgramsAlone else { return value.map { "\(key) \($0)" } ?? key }
    let name = "--" + String(key.map { $0 == "_" ? "-" : $0 })
    return value.map { "\(name) \($0)" } ?? name
  }
}

/// From now on the words of this program name settings as its command line has them.
package func nameSettingsAsFlags() { SettingName.spell { $0.flag } }
