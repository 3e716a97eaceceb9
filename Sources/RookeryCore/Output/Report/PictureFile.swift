import Glibc

/// A program's own pictures as numbers beside the report that shows them, for a report that is made again to have them too. They are
/// drawn anew from these: a drawing from a file could hold anything.
enum PictureFile {
  static let name = "pictures.json"

  /// Keeps the pictures of a report, or removes those of an earlier one.
  ///
  /// - Throws: ``OutputError``.
  static func write(_ pictures: [Picture], of result: RunResult, to directory: OutputDirectory) throws {
    guard !pictures.isEmpty else {
      unlink(directory.path + "/" + name)
      return
    }
    let file = JSON.object([
      ("schema", .integer(1)), ("digest", .string(result.digest)),
      ("pictures", .array(pictures.map(json))),
    ])
    try directory.write(file.lines, to: name)
  }

  /// The pictures that were kept with a result; none where there are none, or those of another result.
  ///
  /// - Throws: ``OutputError`` where they cannot be read, ``InputError`` where they are damaged.
  static func read(from directory: String, for result: RunResult) throws -> [Picture] {
    let path = directory + "/" + name
    guard access(path, F_OK) == 0 else { return [] }
    do {
      let file = SummaryReader(try JSON(parsing: String(decoding: readFile(path), as: UTF8.self)))
      guard try file.text("digest") == result.digest else { return [] }
      return try file.list("pictures").map(picture)
    } catch let error as WireError {
      throw InputError("\(path) holds no pictures of a report: \(error.description)")
    }
  }

  // MARK: - Numbers of a picture

  private static func json(_ picture: Picture) -> JSON {
    .object([
      ("name", .string(picture.name)), ("title", .string(picture.title)),
      ("caption", .string(picture.caption)), ("charts", .array(picture.charts.map(json))),
    ])
  }

  private static func json(_ chart: LineChart) -> JSON {
    .object([
      ("title", .string(chart.title)), ("x", .string(chart.xLabel)), ("y", .string(chart.yLabel)),
      ("x_log", .bool(chart.isXLogarithmic)), ("y_log", .bool(chart.isYLogarithmic)),
      ("y_range", chart.yRange.map { exact([$0.lowerBound, $0.upperBound]) } ?? .null),
      ("lines", .array(chart.lines.map(json))),
      (
        "bands",
        .array(
          chart.bands.map { band in
            .object([
              ("line", .integer(band.line)), ("x", exact(band.points.map(\.x))),
              ("low", exact(band.points.map(\.low))), ("high", exact(band.points.map(\.high))),
            ])
          })
      ),
    ])
  }

  private static func json(_ line: LineChart.Line) -> JSON {
    .object([
      ("name", .string(line.name)), ("style", .string("\(line.style)")), ("x", exact(line.points.map(\.x))),
      ("y", exact(line.points.map(\.y))), ("errors", exact(line.errors)),
    ])
  }

  private static func exact(_ values: [Double]) -> JSON { .array(values.map { .exact($0) }) }

  private static func picture(_ json: SummaryReader) throws(WireError) -> Picture {
    var charts: [LineChart] = []
    for part in try json.list("charts") { charts.append(try chart(part)) }
    return Picture(
      try json.text("name"), title: try json.text("title"), caption: try json.text("caption"), charts)
  }

  private static func chart(_ json: SummaryReader) throws(WireError) -> LineChart {
    var lines: [LineChart.Line] = []
    for part in try json.list("lines") { lines.append(try line(part)) }
    var bands: [LineChart.Band] = []
    for part in try json.list("bands") {
      let (x, low, high) = (try part.numbers("x"), try part.numbers("low"), try part.numbers("high"))
      bands.append(
        .init(zip(x, zip(low, high)).map { ($0, $1.0, $1.1) }, ofLine: try part.integer("line")))
    }
    var chart = LineChart(
      title: try json.text("title"), x: try json.text("x"), y: try json.text("y"), lines, bands: bands)
    chart.isXLogarithmic = try json.bool("x_log")
    chart.isYLogarithmic = try json.bool("y_log")
    if json.json["y_range"]?.elements != nil {
      let ends = try json.numbers("y_range")
      guard ends.count == 2, ends[0] <= ends[1] else {
        throw WireError("the range of an axis has no two ends")
      }
      chart.yRange = ends[0]...ends[1]
    }
    return chart
  }

  private static func line(_ json: SummaryReader) throws(WireError) -> LineChart.Line {
    let word = try json.text("style")
    let styles: [LineChart.Style] = [.marked, .line, .dots, .reference]
    guard let style = styles.first(where: { "\($0)" == word }) else {
      throw WireError("a line has a style of unknown kind \(word)")
    }
    let points = zip(try json.numbers("x"), try json.numbers("y")).map { ($0, $1) }
    return LineChart.Line(try json.text("name"), points, errors: try json.numbers("errors"), style: style)
  }
}
