/// The lowest plateau that draws from the prior have shown: minus infinity, or a value that a program uses for it, or one that
/// underflows to it. Nothing is learned of the rest of the prior from points on it.
struct PriorFloor: Sendable, Equatable {
  /// A likelihood that is this everywhere is more likely a number that stands for zero.
  static let nothing = -100.0

  /// The lowest log-likelihood so far.
  private(set) var level = Double.infinity
  /// Draws that have it, and draws above.
  private(set) var ties = 0
  private(set) var above = 0
  /// Whether there is something above it for certain, whatever these draws say.
  var isKnownToHide = false

  var draws: Int { ties + above }

  mutating func note(_ logL: Double) {
    if logL < level {
      above += ties
      (level, ties) = (logL, 1)
    } else if logL == level {
      ties += 1
    } else {
      above += 1
    }
  }

  /// Whether draws have been wasted on a floor and say too little of what is above it: bounds around a handful of points would be
  /// too tight. One value for all is an answer unless it is so low that it stands for none.
  func hidesTheRest(fewest: Int) -> Bool {
    ties > 1 && above < fewest && (above > 0 || isKnownToHide || level < Self.nothing)
  }

  /// What there is to say of a likelihood that was the same wherever one looked. One of one everywhere is a run without data, and
  /// nothing is left open; any other number may be meant to stand for something.
  var flatFinding: Finding {
    Finding("flat-likelihood", .warning, ["draws": Double(draws), "log_l": level])
  }

  /// Why there is nothing to go on with.
  var complaint: Finding {
    let (found, draws) = (Double(above), Double(draws))
    return level == -.infinity
      ? Finding("prior-without-likelihood", .failure, ["found": found, "draws": draws])
      : Finding("prior-on-plateau", .failure, ["found": found, "draws": draws, "log_l": level])
  }
}

extension PriorFloor: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(level)
    writer.write([ties, above])
    writer.write(isKnownToHide)
  }

  init(from reader: inout WireReader) throws(WireError) {
    level = try reader.read()
    let counts = try reader.read([Int].self)
    guard counts.count == 2 else { throw WireError("counts of prior draws are cut short") }
    (ties, above) = (counts[0], counts[1])
    isKnownToHide = try reader.read()
  }
}
