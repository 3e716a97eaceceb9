/// The value of a setting on its way from a command line, a keyword or a file into the settings of a method, and back.
package enum SettingValue: Sendable, Equatable {
  case whole(Int)
  case number(Double)
  case choice(String)
  case flag(Bool)

  /// As it is typed: `SettingKind.parse` gives the same value again.
  package var text: String {
    switch self {
    case .whole(let number): "\(number)"
    case .number(let number): "\(number)"
    case .choice(let name): name
    case .flag(let isSet): isSet ? "yes" : "no"
    }
  }

  /// As people read it.
  var words: String {
    if case .number(let number) = self { return short(number) }
    return text
  }
}

/// What values a setting can have.
package enum SettingKind: Sendable, Equatable {
  case whole
  case number
  case choice([String])
  case flag

  /// The value that a text stands for; nil where it stands for none.
  package func parse(_ text: String) -> SettingValue? {
    switch self {
    case .whole: Int(written: text).map(SettingValue.whole)
    case .number: Double(text).map(SettingValue.number)
    case .choice(let names): names.contains(text) ? .choice(text) : nil
    case .flag: text == "yes" ? .flag(true) : text == "no" ? .flag(false) : nil
    }
  }

  /// What can be given, in words.
  var words: String {
    switch self {
    case .whole: "a whole number"
    case .number: "a number"
    case .choice(let names): names.joined(separator: ", ")
    case .flag: "yes or no"
    }
  }
}

/// A type that properties of settings can have.
package protocol SettingRepresentable: Sendable {
  static var settingKind: SettingKind { get }
  /// Nil for what the method chooses itself.
  var settingValue: SettingValue? { get }
  /// How it is written into files, where it is compared when a run is taken up again: it must not change.
  var savedWords: String { get }
  init?(settingValue: SettingValue?)
}

extension SettingRepresentable {
  package var savedWords: String { "\(self)" }
}

extension Int: SettingRepresentable {
  package static var settingKind: SettingKind { .whole }
  package var settingValue: SettingValue? { .whole(self) }
  package init?(settingValue: SettingValue?) {
    guard case .whole(let number) = settingValue else { return nil }
    self = number
  }
}

extension Double: SettingRepresentable {
  package static var settingKind: SettingKind { .number }
  package var settingValue: SettingValue? { .number(self) }
  package init?(settingValue: SettingValue?) {
    switch settingValue {
    case .number(let number): self = number
    case .whole(let number): self = Double(number)
    default: return nil
    }
  }
}

extension Bool: SettingRepresentable {
  package static var settingKind: SettingKind { .flag }
  package var settingValue: SettingValue? { .flag(self) }
  package init?(settingValue: SettingValue?) {
    guard case .flag(let isSet) = settingValue else { return nil }
    self = isSet
  }
}

extension Optional: SettingRepresentable where Wrapped: SettingRepresentable {
  package static var settingKind: SettingKind { Wrapped.settingKind }
  package var settingValue: SettingValue? { self?.settingValue }
  package var savedWords: String { self?.savedWords ?? "auto" }
  package init?(settingValue: SettingValue?) {
    guard let settingValue else {
      self = .none
      return
    }
    guard let value = Wrapped(settingValue: settingValue) else { return nil }
    self = .some(value)
  }
}

/// One of several names.
extension SettingRepresentable where Self: RawRepresentable & CaseIterable, RawValue == String {
  package static var settingKind: SettingKind { .choice(allCases.map(\.rawValue)) }
  package var settingValue: SettingValue? { .choice(rawValue) }
  package init?(settingValue: SettingValue?) {
    guard case .choice(let name) = settingValue else { return nil }
    self.init(rawValue: name)
  }
}
