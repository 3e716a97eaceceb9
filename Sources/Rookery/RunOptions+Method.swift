public import RookeryCore

extension RunOptions {
  /// Settings that several methods have and that need no `--method`: an effective sample size is asked of whatever suits the problem,
  /// and remaining evidence, by itself, is a wish for live points, which stop by it.
  static let keysWithoutMethod: Set<String> = [SettingName.targetESS.key, SettingName.dlogz.key]

  /// The flags of methods, with what was given. Each is an entry of a method's table, and each entry is here: a test compares them.
  package var settingsOfMethods: [(name: SettingName, value: SettingValue?)] {
    [
      (.live, live?.settingValue), (.targetESS, targetESS?.settingValue),
      (.init("explorer"), explorer?.settingValue),
      (.bound, bound?.settingValue), (.bootstrap, bootstrap?.settingValue),
      (.enlarge, enlarge?.settingValue), (.deletions, deletions?.settingValue),
      (.dynamic, dynamic ? .flag(true) : nil), (.targetError, targetError?.settingValue),
      (.batch, batch?.settingValue), (.posteriorShare, posteriorShare?.settingValue),
      (.dlogz, dlogz?.settingValue), (.walks, walks?.settingValue),
      (.slices, slices?.settingValue), (.window, window?.settingValue),
      (.networks, networks?.settingValue),
    ]
  }

  /// The method asked for. A setting that only one method has chooses it; none leaves the choice to the problem.
  ///
  /// - Throws: ``InputError`` for settings of different methods.
  public func chosenMethod() throws -> Method {
    let given = settingsOfMethods.compactMap { entry in entry.value.map { (name: entry.name, value: $0) } }
    let owned = given.map { entry in (entry.name, Self.owners(of: entry.name)) }
    let chooser = owned.first { $0.1.count == 1 }
    if let chosen = method.described ?? chooser?.1.first {
      if let (stranger, owners) = owned.first(where: { !$0.1.contains { $0.name == chosen.name } }) {
        throw Self.refusal(stranger, of: owners, beside: method.described == nil ? chooser?.0 : nil, chosen)
      }
      return try Method(named: chosen.name, settings: given)
    }
    if let unclear = given.map(\.name).first(where: { !Self.keysWithoutMethod.contains($0.key) }),
      dlogz == nil
    {
      throw Self.ambiguity(of: unclear)
    }
    if dlogz != nil { return try Method(named: NestedSettings.methodName, settings: given) }
    return targetESS.map(Method.automaticFor) ?? .automatic
  }

  private static func owners(of name: SettingName) -> [MethodDescription] {
    MethodDescription.all.filter { $0.setting(name.key)?.isForProgramsAlone == false }
  }

  /// - Parameter chooser: the setting that stands for a method that was not named.
  private static func refusal(
    _ stranger: SettingName, of owners: [MethodDescription], beside chooser: SettingName?,
    _ chosen: MethodDescription
  ) -> InputError {
    let names = owners.map(\.name).joined(separator: " or ")
    return InputError(
      "\(stranger.flag) belongs to \(SettingName.method.set(to: names).flag), not to \(chooser?.flag ?? chosen.name)"
    )
  }

  /// Where no method is named, a setting that several have with a sense and a default of their own.
  private static func ambiguity(of name: SettingName) -> InputError {
    let choices = owners(of: name).map { method in
      let initial = method.setting(name.key)?.initial ?? ""
      return "\(SettingName.method.set(to: method.name).flag) (\(method.words), default \(initial))"
    }
    return InputError(
      "\(name.flag) means something else to each method: add \(choices.joined(separator: " or "))")
  }
}
