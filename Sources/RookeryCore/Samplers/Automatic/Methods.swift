extension MethodDescription {
  /// Every method that can be asked for by name, in the order in which people are told of them.
  package static let all = [
    MethodDescription(NestedSettings.self), MethodDescription(ImportanceNestedSettings.self),
  ]

  /// The method of a name or an alias; nil where there is none.
  package static func named(_ name: String) -> MethodDescription? { all.first { $0.isCalled(name) } }
}

extension Method {
  /// The method of a name with the settings that are given, and the defaults of the others.
  ///
  /// - Throws: ``InputError`` for a name that is none, and for settings that the method does not have.
  package init(
    named name: String, settings given: [(name: SettingName, value: SettingValue)]
  ) throws(InputError) {
    switch MethodDescription.named(name)?.name {
    case NestedSettings.methodName: self = .nested(try NestedSettings(given))
    case ImportanceNestedSettings.methodName:
      self = .importanceNested(try ImportanceNestedSettings(given))
    default:
      let names = MethodDescription.all.map(\.name).joined(separator: ", ")
      throw InputError("there is no method \"\(name)\"; there are \(names)", of: .method)
    }
  }
}
