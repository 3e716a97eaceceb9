import Glibc

/// ln(e^a + e^b), exact where either is infinite.
public func logAdd(_ a: Double, _ b: Double) -> Double {
  let (high, low) = a > b ? (a, b) : (b, a)
  return low == -.infinity || high == .infinity ? high : high + log1p(exp(low - high))
}

/// ln(e^a - e^b) for a ≥ b; minus infinity where they are equal.
public func logSubtract(_ a: Double, _ b: Double) -> Double {
  if b == -.infinity { return a }
  return a <= b ? -.infinity : a + log(-expm1(b - a))
}

/// ln of the sum of exponentials; minus infinity for an empty sequence.
public func logSumExp(_ values: some Sequence<Double>) -> Double {
  var peak = -Double.infinity
  for value in values where value > peak { peak = value }
  if peak == -.infinity || peak == .infinity { return peak }
  var sum = 0.0
  for value in values { sum += exp(value - peak) }
  return peak + log(sum)
}
