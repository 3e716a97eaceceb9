/// A picture of a user's own for a report: one or more charts below each other.
public struct Picture: Sendable {
  /// The name of its file, without extension.
  public let name: String
  public let title: String
  public let caption: String
  public let charts: [LineChart]

  public init(_ name: String, title: String, caption: String = "", _ charts: [LineChart]) {
    self.name = name
    self.title = title
    self.caption = caption
    self.charts = charts
  }

  /// Characters that do not belong into the name of a file are replaced.
  private var stem: String {
    let safe = name.unicodeScalars.map { scalar in
      scalar.properties.isAlphabetic || "0123456789-_".unicodeScalars.contains(scalar)
        ? Character(scalar) : "-"
    }
    return safe.isEmpty ? "picture" : String(safe)
  }

  var ofReport: ReportPicture {
    ReportPicture(
      stem: stem, title: title, caption: caption,
      drawing: Drawing(stacked: charts.map { $0.drawing(width: 520, height: 260) }), isWide: true)
  }
}
