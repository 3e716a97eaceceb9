/// What there is beside the draws of a nested run, which are in the order of their deaths.
public struct NestedTable: KindTable {
  static let number: UInt8 = 0

  /// The contour above which each point was drawn; minus infinity is the whole prior.
  public let births: [Double]
  public let logWeights: [Double]
  public let evidence: Evidence

  public var evidences: [Evidence] { [evidence] }

  var withoutDraws: NestedTable { NestedTable(births: [], logWeights: [], evidence: evidence) }

  init(births: [Double], logWeights: [Double], evidence: Evidence) {
    self.births = births
    self.logWeights = logWeights
    self.evidence = evidence
  }

  public func encode(to writer: inout WireWriter) {
    writer.write(births)
    writer.write(logWeights)
    writer.write(evidence)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    births = try reader.read()
    logWeights = try reader.read()
    evidence = try reader.read()
  }
}
