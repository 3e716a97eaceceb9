extension Int {
  /// The whole number towards zero from a real one, held to what an Int can be; 0 for what is not a number.
  ///
  /// `Int(_:)` ends the program for numbers that counts and ratios can come to: 0/0, 1/0, and anything above 2⁶³.
  package init(saturating value: Double) {
    self = value.isNaN ? 0 : Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
