import ArgumentParser
import RookeryCore

/// A whole number as people write it: 1000, 1e3, 1_000.
@Sendable func wholeNumber(_ text: String) throws -> Int {
  guard let number = Int(written: text) else {
    throw ValidationError("give a whole number, such as 1000 or 1e3")
  }
  return number
}

/// A seed: any whole number that is not negative.
@Sendable func seedNumber(_ text: String) throws -> UInt64 {
  if let number = UInt64(text) { return number }
  guard let value = try? wholeNumber(text), value >= 0 else {
    throw ValidationError("a seed is a whole number from 0 to \(UInt64.max)")
  }
  return UInt64(value)
}
