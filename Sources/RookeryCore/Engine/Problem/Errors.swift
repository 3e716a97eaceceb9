/// Input that cannot be used: what it is, where, and what to do about it.
public struct InputError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, without the names of settings.
  public let words: String
  /// The settings that it is about.
  public let settings: [SettingName]

  public init(_ description: String) {
    words = description
    settings = []
  }

  package init(_ words: String, of setting: SettingName, _ others: SettingName...) {
    self.words = words
    settings = [setting] + others
  }

  /// The words, and what a reader of this program types for the settings.
  public var description: String {
    settings.isEmpty ? words : "\(words) (\(settings.map(\.description).joined(separator: ", ")))"
  }
}

/// Thrown by a likelihood for a point of zero likelihood, say where the model does not exist. The run goes on.
public struct PointRefused: Error {
  public let reason: String
  public init(_ reason: String = "") { self.reason = reason }
}

/// A likelihood that failed, with the point at which it did. It ends the run.
public struct LikelihoodFailure: Error, Equatable, CustomStringConvertible {
  /// What went wrong, in words.
  public let reason: String
  /// The point as `name = value` pairs; empty where it is not known.
  public let point: String
  /// Where it happened: a rank and host, or a worker.
  public var place: String

  public init(reason: String, point: String, place: String = "") {
    self.reason = reason
    self.point = point
    self.place = place
  }

  public var description: String {
    var text = "the likelihood failed"
    if !place.isEmpty { text += " on \(place)" }
    text += ": \(reason)"
    if !point.isEmpty { text += "; at \(point)" }
    return text
  }
}

extension LikelihoodFailure: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(reason)
    writer.write(point)
    writer.write(place)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    reason = try reader.read()
    point = try reader.read()
    place = try reader.read()
  }
}
