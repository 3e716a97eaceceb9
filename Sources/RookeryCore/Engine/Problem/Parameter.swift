/// A quantity to be inferred: its name, its prior, and how to show it.
public struct Parameter: Sendable {
  /// What happens at the edges of a parameter's prior range.
  public enum Boundary: UInt8, Sendable {
    /// The range ends there.
    case open
    /// The two ends are the same place: an angle, a phase.
    case periodic
    /// A walk that leaves the range is mirrored back into it.
    case reflective
  }

  public let name: String
  /// LaTeX for plots and tables, without dollar signs.
  public let label: String
  public let unit: String
  public let prior: Prior
  public let boundary: Boundary

  public init(
    _ name: String, _ prior: Prior, label: String? = nil, unit: String = "", boundary: Boundary = .open
  ) {
    self.name = name
    self.prior = prior
    self.label = label ?? name
    self.unit = unit
    self.boundary = boundary
  }
}

/// A quantity computed along with the likelihood and kept with every sample.
public struct DerivedQuantity: Sendable, Equatable {
  public let name: String
  public let label: String
  public let unit: String

  public init(_ name: String, label: String? = nil, unit: String = "") {
    self.name = name
    self.label = label ?? name
    self.unit = unit
  }
}

extension DerivedQuantity: ExpressibleByStringLiteral {
  public init(stringLiteral name: String) { self.init(name) }
}

extension DerivedQuantity: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(name)
    writer.write(label)
    writer.write(unit)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    self.init(try reader.read(), label: try reader.read(String.self), unit: try reader.read())
  }
}
