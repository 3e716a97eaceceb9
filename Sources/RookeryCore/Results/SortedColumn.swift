/// One column of weighted samples in ascending order, for quantiles. Samples without weight are left out.
struct SortedColumn {
  let values: [Double]
  /// Another number of each sample that ascends with its value: its position in the prior.
  private let positions: [Double]
  /// The share of the weight below the middle of each sample's own.
  private let cumulative: [Double]

  init(_ values: [Double], _ weights: [Double], positions: [Double] = []) {
    var samples: [(value: Double, weight: Double, position: Double)] = []
    samples.reserveCapacity(values.count)
    let hasPositions = !positions.isEmpty
    for i in values.indices where weights[i] > 0 && !values[i].isNaN {
      samples.append((values[i], weights[i], hasPositions ? positions[i] : 0))
    }
    samples.sort { $0.value < $1.value }
    let total = samples.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    cumulative = samples.map { sample in
      defer { sum += sample.weight }
      return (sum + 0.5 * sample.weight) / total
    }
    self.values = samples.map(\.value)
    self.positions = hasPositions ? samples.map(\.position) : []
  }

  /// The value below which the given share of the weight lies, by linear interpolation between samples; NaN without samples.
  func quantile(_ level: Double) -> Double { interpolate(level, in: values) }

  /// The same for the positions.
  func position(at level: Double) -> Double { interpolate(level, in: positions) }

  private func interpolate(_ level: Double, in numbers: [Double]) -> Double {
    guard let first = numbers.first, let last = numbers.last, !level.isNaN else { return .nan }
    let above = cumulative.firstIndexAscending { $0 >= level }
    if above == 0 { return first }
    if above == numbers.count { return last }
    let (low, high) = (cumulative[above - 1], cumulative[above])
    let (a, b) = (numbers[above - 1], numbers[above])
    // Between equal numbers, infinite ones too, there is nothing to interpolate.
    if a == b { return a }
    let share = high > low ? (level - low) / (high - low) : 1
    return a + share * (b - a)
  }

  /// The share of the weight at positions up to the given one.
  func share(ofPositionsUpTo position: Double) -> Double {
    let above = positions.firstIndexAscending { $0 > position }
    if above == 0 { return 0 }
    return above == positions.count ? 1 : (cumulative[above - 1] + cumulative[above]) / 2
  }
}

extension Array {
  /// The first index at which the condition holds, where it holds for all after it too.
  fileprivate func firstIndexAscending(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
