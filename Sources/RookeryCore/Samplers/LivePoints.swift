/// What samplers with live points use where nothing else is asked for; others go by it to tell whether those would be there sooner.
enum LivePoints {
  /// Points alive at any time.
  static let usual = 500

  /// The fewest slices of a chain: as many as dimensions up to ten, three for five more dimensions above. With about as many slices as
  /// dimensions each coordinate is drawn once, and in thirty dimensions log Z then came out low by its error; with these it does not.
  static func fewestSlices(dimension: Int) -> Int {
    max(dimension > 10 ? 10 + (3 * (dimension - 10) + 4) / 5 : dimension, 4)
  }
}

extension SettingName {
  /// What to ask for where another method does not get on. It is said here, as no method knows another.
  static let methodOfLivePoints = SettingName.method.set(to: "nested")
}
