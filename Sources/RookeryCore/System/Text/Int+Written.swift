extension Int {
  /// A whole number as people write it: 1000, 1e3, 1_000. Nil for anything else.
  package init?(written text: String) {
    if let number = Int(text.filter { $0 != "_" }) {
      self = number
      return
    }
    guard let value = Double(text), value == value.rounded(), abs(value) < 0x1p53 else { return nil }
    self = Int(value)
  }
}
