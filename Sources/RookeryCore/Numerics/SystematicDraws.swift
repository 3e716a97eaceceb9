/// How often each of some weights is drawn by systematic resampling, which adds the least noise: laid end to end, all of them together are
/// passed in steps of equal length. Rounding never draws one without weight; all zeros where none has any.
///
/// - Parameter offset: where the first step ends, as a part of one: a uniform number.
func systematicDraws(_ count: Int, of weights: [Double], offset: Double) -> [Int] {
  var times = weights.map { _ in 0 }
  let total = weights.reduce(0) { $0 + ($1 > 0 ? $1 : 0) }
  guard total > 0, let last = weights.lastIndex(where: { $0 > 0 }) else { return times }
  var (sum, drawn) = (0.0, 0)
  for row in 0...last where weights[row] > 0 {
    sum += weights[row]
    let reached = sum / total * Double(count)
    while drawn < count, Double(drawn) + offset < reached {
      times[row] += 1
      drawn += 1
    }
  }
  // The sum may fall short of the whole by rounding.
  times[last] += count - drawn
  return times
}
