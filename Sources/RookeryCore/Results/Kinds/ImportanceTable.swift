/// What there is beside independent draws from known densities.
public struct ImportanceTable: KindTable {
  static let number: UInt8 = 1

  /// ln(L π / q), normalised, with q the density that a draw was made from.
  public let logWeights: [Double]
  public let evidence: Evidence

  public var evidences: [Evidence] { [evidence] }

  var withoutDraws: ImportanceTable { ImportanceTable(logWeights: [], evidence: evidence) }

  init(logWeights: [Double], evidence: Evidence) {
    self.logWeights = logWeights
    self.evidence = evidence
  }

  public func encode(to writer: inout WireWriter) {
    writer.write(logWeights)
    writer.write(evidence)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    logWeights = try reader.read()
    evidence = try reader.read()
  }
}
