/// The settings of a method, with the one table that says what they are.
package protocol MethodSettings: Sendable {
  /// What the method is called.
  static var methodName: String { get }
  /// Other names that people know it by.
  static var methodAliases: [String] { get }
  /// What it is called in files and in the line of JSON. It must not change.
  static var engineName: String { get }
  /// What it is, in a few words.
  static var methodInWords: String { get }
  /// In the order of saved runs, which are compared setting by setting.
  static var table: [MethodSetting<Self>] { get }

  init()
  /// Sets what those that were given ask for beside themselves.
  mutating func complete(given keys: Set<String>)
}

extension MethodSettings {
  package mutating func complete(given keys: Set<String>) {}

  /// The defaults but for what is given.
  ///
  /// - Throws: ``InputError`` for a setting that the method does not have, and for a value of another kind.
  package init(_ given: [(name: SettingName, value: SettingValue)]) throws(InputError) {
    self.init()
    for (name, value) in given {
      guard let setting = Self.table.first(where: { $0.name.key == name.key }) else {
        throw InputError("the method \(Self.methodName) has no such setting", of: name)
      }
      guard setting.write(&self, value) else {
        throw InputError("\"\(value.text)\" cannot be used: give \(setting.kind.words)", of: name)
      }
    }
    complete(given: Set(given.map(\.name.key)))
  }

  /// All settings as saved runs have them.
  package var saved: [Provenance.Setting] {
    Self.table.map { Provenance.Setting($0.savedName, $0.saved(self)) }
  }

  /// Those that have a say, with the values in force for so many dimensions.
  package func inForce(dimension: Int) -> [Provenance.Setting] {
    Self.table.compactMap { setting in
      setting.inForce(self, dimension).map { Provenance.Setting(setting.name.key, $0) }
    }
  }

  /// The names in saved runs of what may differ when a run is taken up again.
  package static var mayChangeOnResume: Set<String> {
    Set(table.filter(\.mayChangeOnResume).map(\.savedName))
  }

  /// What a result says of the method that made it.
  package func description(live: Int, of problem: Problem) -> EngineDescription {
    EngineDescription(
      name: Self.engineName, live: live, dimension: problem.dimension,
      settings: saved + [Provenance.Setting("pointsAtOnce", "\(problem.rowsAtOnce)")],
      inForce: inForce(dimension: problem.dimension), mayChangeOnResume: Self.mayChangeOnResume)
  }
}
