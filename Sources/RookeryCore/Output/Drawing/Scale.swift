import Glibc

/// How values of an axis become pixels, linearly or by their logarithm.
package struct Scale: Sendable {
  package enum Kind: Sendable { case linear, logarithmic }

  package let kind: Kind
  /// The values at the two ends; `lower` is less than `upper`.
  package let lower: Double
  package let upper: Double
  /// The pixels there.
  package var start = 0.0
  package var end = 1.0

  /// A scale from one value to another. Ends that are no numbers, in the wrong order or the same are mended, as data decide them.
  package init(_ lower: Double, _ upper: Double, _ kind: Kind = .linear) {
    let isUsable = lower.isFinite && upper.isFinite && (kind == .linear || lower > 0 && upper > 0)
    var (low, high) = isUsable ? (min(lower, upper), max(lower, upper)) : (kind == .linear ? 0 : 1, 10)
    // Numbers need room to differ by more than their last digits.
    if high - low <= 1e-12 * max(abs(low), abs(high)) || high - low < 1e-300 {
      switch kind {
      case .linear:
        let room = low == 0 ? 1 : 0.1 * abs(low)
        (low, high) = (low - room, high + room)
      case .logarithmic: (low, high) = (low / 2, high * 2)
      }
    }
    self.kind = kind
    // The range of a linear scale is a number too.
    self.lower = kind == .linear ? max(low, -1e300) : low
    self.upper = kind == .linear ? min(high, 1e300) : high
  }

  /// A scale around all values, with a margin as a share of their range. What is not finite is left out.
  package init(around values: some Sequence<Double>, margin: Double = 0.05, _ kind: Kind = .linear) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite && (kind == .linear || value > 0) {
      low = min(low, value)
      high = max(high, value)
    }
    switch kind {
    case .linear:
      let room = margin * (high - low)
      self.init(low - room, high + room)
    case .logarithmic:
      let room = margin * (log(high) - log(low))
      self.init(exp(log(low) - room), exp(log(high) + room), .logarithmic)
    }
  }

  package func between(_ start: Double, _ end: Double) -> Scale {
    var scale = self
    (scale.start, scale.end) = (start, end)
    return scale
  }

  package func callAsFunction(_ value: Double) -> Double {
    let share =
      switch kind {
      case .linear: (value - lower) / (upper - lower)
      case .logarithmic: value > 0 ? (log(value) - log(lower)) / (log(upper) - log(lower)) : .nan
      }
    return start + share * (end - start)
  }

  package func contains(_ value: Double) -> Bool {
    let slack = 1e-9 * (upper - lower)
    return value >= lower - slack && value <= upper + slack
  }
}

/// The ticks of a scale, with the shortest labels that tell them apart.
package struct Ticks: Sendable {
  package struct Tick: Sendable, Equatable {
    package let value: Double
    package let label: MathText
  }

  package var ticks: [Tick] = []
  /// Ticks without a label.
  package var minor: [Double] = []
  /// What all labels are short of: "×10⁻³", "+ 2450000"; empty mostly.
  package var note = MathText(plain: "")

  /// - Parameter count: about how many there is room for.
  package init(of scale: Scale, count: Int) {
    switch scale.kind {
    case .linear: linear(scale, count: max(count, 1))
    case .logarithmic: logarithmic(scale, count: max(count, 1))
    }
  }

  // MARK: - Linear

  private mutating func linear(_ scale: Scale, count: Int) {
    var raw = (scale.upper - scale.lower) / Double(count)
    var (step, first, last) = (raw, 0.0, 0.0)
    for _ in 0..<4 {
      step = Self.niceStep(raw)
      first = (scale.lower / step - 1e-6).rounded(.up)
      last = (scale.upper / step + 1e-6).rounded(.down)
      // One tick alone does not make a scale.
      if last > first { break }
      raw = 0.49 * step
    }
    guard last >= first, last - first < 100 else { return }
    let values = stride(from: first, through: last, by: 1).map { $0 * step }
    var decimals = -Int(log10(step).rounded(.down))
    // 2.5 needs a digit more than 2.
    if Self.leadingDigits(step) == 2.5 { decimals += 1 }
    let largest = values.map { abs($0) }.max() ?? 0
    let size = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
    if size + decimals > 5 {
      // Many equal digits before those that differ: show the differences.
      let unit = pow(10, Double(4 - decimals))
      let offset = (values[values.count / 2] / unit).rounded(.down) * unit
      let sign = offset < 0 ? "\u{2212}" : "+"
      note = MathText(plain: "\(sign) \(Self.text(abs(offset), decimals: max(decimals - 4, 0)))")
      let rest = values.map { $0 - offset }
      label(values, as: rest, decimals: decimals)
    } else {
      label(values, as: values, decimals: decimals)
    }
  }

  /// Labels values, by a power of ten where they are very large or small.
  private mutating func label(_ values: [Double], as shown: [Double], decimals: Int) {
    let largest = shown.map { abs($0) }.max() ?? 0
    let size = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
    let power = size >= 5 || size <= -4 ? size : 0
    if power != 0 { note = MathText(latex: "\\times 10^{\(power)}") + (note.isEmpty ? "" : " ") + note }
    let factor = pow(10, -Double(power))
    ticks = zip(values, shown).map {
      Tick(value: $0, label: MathText(plain: Self.text($1 * factor, decimals: max(decimals + power, 0))))
    }
  }

  private static func text(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals)
    return text.hasPrefix("-") ? "\u{2212}" + text.dropFirst() : text
  }

  /// The least of 1, 2, 2.5 and 5 times a power of ten that is not below a value.
  private static func niceStep(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.999999 } ?? 10
    return factor * power
  }

  private static func leadingDigits(_ value: Double) -> Double {
    let digits = value / pow(10, log10(value).rounded(.down))
    return (digits * 10).rounded() / 10
  }

  // MARK: - Logarithmic

  private mutating func logarithmic(_ scale: Scale, count: Int) {
    let decades = log10(scale.upper) - log10(scale.lower)
    guard decades > 0.7 else {
      // Within less than a decade, round numbers say more than powers.
      linear(scale, count: count)
      return
    }
    let (first, last) = (Int(log10(scale.lower).rounded(.down)), Int(log10(scale.upper).rounded(.up)))
    let factors = decades > Double(count) ? [1.0] : decades > Double(count) / 2 ? [1, 3] : [1, 2, 5]
    let every = max(1, Int((decades / Double(count)).rounded(.up)))
    let isPower = first < -3 || last > 5
    for power in first...last {
      for factor in (1...9).map(Double.init) {
        let value = factor * pow(10, Double(power))
        guard scale.contains(value) else { continue }
        if factors.contains(factor) && (power - first) % every == 0 {
          ticks.append(Tick(value: value, label: Self.power(factor, power, asPower: isPower)))
        } else if factor == 1 || decades < 6 {
          minor.append(value)
        }
      }
    }
  }

  private static func power(_ factor: Double, _ power: Int, asPower: Bool) -> MathText {
    guard asPower else {
      return MathText(plain: text(factor * pow(10, Double(power)), decimals: max(-power, 0)))
    }
    return MathText(latex: (factor == 1 ? "" : "\(Int(factor))\\times ") + "10^{\(power)}")
  }
}
