/// Which of so many entries holds a place among their shares laid end to end. Rounding never chooses one without a share.
///
/// - Parameters:
///   - place: from zero up to the sum of all shares, as of a uniform number.
///   - share: of an entry, not negative.
@inline(__always)
func weightedChoice(at place: Double, of count: Int, share: (Int) -> Double) -> Int {
  var left = place
  var last = 0
  for index in 0..<count {
    let own = share(index)
    guard own > 0 else { continue }
    left -= own
    if left < 0 { return index }
    last = index
  }
  return last
}
