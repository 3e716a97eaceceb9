internal import COpenBLAS
import Glibc

/// A mixture of multivariate Student-t densities with a common number of degrees of freedom.
///
/// t(x; m, LLᵀ) = Γ((ν+d)/2) / (Γ(ν/2) (νπ)^(d/2) |L|) (1 + |L⁻¹(x-m)|²/ν)^(-(ν+d)/2)
struct StudentMixture: Sendable, Equatable {
  /// Heavy enough to cover the tails of a posterior that a Gaussian fitted to it would miss, light enough to
  /// cost a Gaussian target in ten dimensions only a fifth of its efficiency.
  static let usualFreedom = 8.0

  let dimension: Int
  /// Degrees of freedom, an even number of them.
  let freedom: Double
  /// Probability of each component; they sum to one.
  let shares: [Double]
  /// Location, factor L and inverse, component after component.
  let centres: [Double]
  let factors: [Double]
  let inverses: [Double]
  /// ln(share) + ln of the density at the location.
  let logPeaks: [Double]

  var count: Int { shares.count }

  /// - Parameter normalizes: whether to scale the shares to one sum. Not for shares that have been: to do it twice
  /// may change their last bits, and a worker's copy of a mixture must be the driver's.
  init?(
    dimension d: Int, shares: [Double], centres: [Double], factors: [Double],
    freedom: Double = StudentMixture.usualFreedom, normalizes: Bool = true
  ) {
    self.dimension = d
    self.freedom = freedom
    let total = normalizes ? shares.reduce(0, +) : 1
    self.shares = shares.map { $0 / total }
    self.centres = centres
    self.factors = factors
    var inverses: [Double] = []
    var logPeaks: [Double] = []
    let constant =
      lgamma(0.5 * (freedom + Double(d))) - lgamma(0.5 * freedom)
      - 0.5 * Double(d) * log(freedom * Double.pi)
    for k in shares.indices {
      let factor = Array(factors[k * d * d..<(k + 1) * d * d])
      guard let inverse = LinearAlgebra.invertLower(factor, size: d) else { return nil }
      var logPeak = constant + log(self.shares[k])
      for i in 0..<d { logPeak -= log(abs(factor[i * d + i])) }
      guard logPeak.isFinite else { return nil }
      inverses += inverse
      logPeaks.append(logPeak)
    }
    self.inverses = inverses
    self.logPeaks = logPeaks
  }

  /// The same mixture with every axis of every component multiplied by `factor`.
  func enlarged(_ factor: Double) -> StudentMixture? {
    StudentMixture(
      dimension: dimension, shares: shares, centres: centres, factors: factors.map { $0 * factor },
      freedom: freedom, normalizes: false)
  }

  /// The log density at one point.
  func logDensity(_ point: UnsafePointer<Double>) -> Double {
    let d = dimension
    let power = -0.5 * (freedom + Double(d))
    return centres.withUnsafeBufferPointer { centres in
      inverses.withUnsafeBufferPointer { inverses in
        logPeaks.withUnsafeBufferPointer { logPeaks in
          var total = 0.0
          var peak = -Double.infinity
          for k in 0..<logPeaks.count {
            var square = 0.0
            for i in 0..<d {
              var y = 0.0
              let row = (k * d + i) * d
              for j in 0...i { y += inverses[row + j] * (point[j] - centres[k * d + j]) }
              square += y * y
            }
            let term = logPeaks[k] + power * log1p(square / freedom)
            // A running log-sum-exp needs one exponential a component.
            if term > peak {
              total = total * exp(peak - term) + 1
              peak = term
            } else {
              total += exp(term - peak)
            }
          }
          return peak + log(total)
        }
      }
    }
  }

  /// Writes a point drawn from the mixture: m + L z √(ν/χ²), z normal, χ² of ν degrees of freedom.
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) {
    let d = dimension
    let k = shares.withUnsafeBufferPointer { shares in
      weightedChoice(at: stream.uniform(), of: shares.count) { shares[$0] }
    }
    // χ² with an even number 2n of degrees of freedom is -2 ln of a product of n uniform numbers.
    var product = 1.0
    for _ in 0..<Int(freedom) / 2 { product *= stream.uniform() }
    let stretch = (freedom / (-2 * log(product))).squareRoot()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { z in
      for i in 0..<d { z[i] = stretch * stream.normal() }
      centres.withUnsafeBufferPointer { centres in
        factors.withUnsafeBufferPointer { factors in
          for i in 0..<d {
            var sum = centres[k * d + i]
            let row = (k * d + i) * d
            for j in 0...i { sum += factors[row + j] * z[j] }
            point[i] = sum
          }
        }
      }
    }
  }
}

extension StudentMixture: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(dimension)
    writer.write(shares)
    writer.write(centres)
    writer.write(factors)
    writer.write(freedom)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let dimension = try reader.read(Int.self)
    let shares = try reader.read([Double].self)
    let centres = try reader.read([Double].self)
    let factors = try reader.read([Double].self)
    let freedom = try reader.read(Double.self)
    guard dimension > 0, dimension < 1 << 16, freedom >= 2, freedom <= 1000,
      centres.count == shares.count * dimension,
      factors.count == centres.count * dimension,
      let whole = StudentMixture(
        dimension: dimension, shares: shares, centres: centres, factors: factors, freedom: freedom,
        normalizes: false)
    else { throw WireError("a mixture whose components make none") }
    self = whole
  }
}
