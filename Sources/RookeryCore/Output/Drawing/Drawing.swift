/// A place in a picture, in pixels to the right and down from its top left corner.
package struct Place: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A rectangle in a picture.
package struct Box: Sendable, Equatable {
  package var left: Double
  package var top: Double
  package var width: Double
  package var height: Double

  package init(left: Double, top: Double, width: Double, height: Double) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }

  package var right: Double { left + width }
  package var bottom: Double { top + height }
  package var middle: Place { Place(left + width / 2, top + height / 2) }
}

/// A picture in the making: shapes in the order in which they are drawn. Shapes with a place that is not finite are left out,
/// lines break there.
package struct Drawing: Sendable {
  package enum Anchor: String, Sendable { case start, middle, end }

  package let width: Double
  package let height: Double
  private var body = ""

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// Drawings below each other.
  package init(stacked parts: [Drawing]) {
    self.init(width: parts.map(\.width).max() ?? 1, height: parts.reduce(0) { $0 + $1.height })
    var top = 0.0
    for part in parts {
      body += "<g transform=\"translate(0 \(Self.number(top)))\">\n\(part.body)</g>\n"
      top += part.height
    }
  }

  // MARK: - Shapes

  package mutating func line(_ from: Place, _ to: Place, _ stroke: Stroke) {
    polyline([from, to], stroke)
  }

  package mutating func polyline(_ places: [Place], _ stroke: Stroke) {
    path(Self.subpaths(places, closed: false), stroke)
  }

  /// Closed outlines.
  package mutating func outlines(_ rings: [[Place]], _ stroke: Stroke) {
    path(rings.map { Self.subpaths($0, closed: true) }.joined(), stroke)
  }

  /// The area inside closed rings; what lies inside two of them is outside again.
  package mutating func area(_ rings: [[Place]], _ ink: Ink, opacity: Double = 1) {
    let data = rings.map { Self.subpaths($0, closed: true) }.joined()
    guard !data.isEmpty else { return }
    body += "<path class=\"f-\(ink.rawValue)\" fill-rule=\"evenodd\"\(Self.opacity(opacity, of: "fill"))"
    body += " d=\"\(data)\"/>\n"
  }

  /// The area between two lines over the same places.
  package mutating func band(_ low: [Place], _ high: [Place], _ ink: Ink, opacity: Double = 0.2) {
    let pairs = zip(low, high).filter { $0.isFinite && $1.isFinite }
    area([pairs.map(\.0) + pairs.reversed().map(\.1)], ink, opacity: opacity)
  }

  package mutating func rectangle(_ box: Box, _ ink: Ink, opacity: Double = 1) {
    let (right, bottom) = (box.right, box.bottom)
    area(
      [
        [
          Place(box.left, box.top), Place(right, box.top), Place(right, bottom), Place(box.left, bottom),
        ]
      ], ink, opacity: opacity)
  }

  /// Round dots.
  package mutating func dots(_ places: [Place], _ ink: Ink, diameter: Double = 4, opacity: Double = 1) {
    // A line without length and with round ends is a dot, at a quarter of the bytes of a circle.
    let data = places.filter(\.isFinite).map { "M\(Self.number($0.x)) \(Self.number($0.y))h0" }.joined()
    guard !data.isEmpty else { return }
    body += "<path class=\"s-\(ink.rawValue)\" fill=\"none\" stroke-linecap=\"round\""
    body +=
      " stroke-width=\"\(Self.number(diameter))\"\(Self.opacity(opacity, of: "stroke")) d=\"\(data)\"/>\n"
  }

  /// A line of text.
  ///
  /// - Parameter turned: whether it reads from bottom to top.
  package mutating func text(
    _ label: MathText, at place: Place, anchor: Anchor = .start, size: Double = 11, ink: Ink = .ink,
    bold: Bool = false, turned: Bool = false
  ) {
    guard place.isFinite, !label.isEmpty else { return }
    let (x, y) = (Self.number(place.x), Self.number(place.y))
    body += "<text class=\"f-\(ink.rawValue)\" x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.number(size))\""
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    if bold { body += " font-weight=\"600\"" }
    if turned { body += " transform=\"rotate(-90 \(x) \(y))\"" }
    body += ">" + label.svg(size: size) + "</text>\n"
  }

  package mutating func text(
    _ plain: String, at place: Place, anchor: Anchor = .start, size: Double = 11, ink: Ink = .ink,
    bold: Bool = false, turned: Bool = false
  ) {
    text(MathText(plain: plain), at: place, anchor: anchor, size: size, ink: ink, bold: bold, turned: turned)
  }

  /// Draws what `body` draws, but only where it lies in the box.
  package mutating func clipped(to box: Box, _ draw: (inout Drawing) -> Void) {
    var inside = Drawing(width: width, height: height)
    draw(&inside)
    guard !inside.body.isEmpty, box.width > 0, box.height > 0 else { return }
    let numbers = [box.left, box.top, box.width, box.height].map(Self.number)
    // A nested picture clips without an identifier, which would have to differ between all pictures of a page.
    body += "<svg x=\"\(numbers[0])\" y=\"\(numbers[1])\" width=\"\(numbers[2])\" height=\"\(numbers[3])\""
    body += " viewBox=\"\(numbers.joined(separator: " "))\" overflow=\"hidden\">\n\(inside.body)</svg>\n"
  }

  // MARK: - Text of the whole

  /// The picture as part of a page that has ``Ink/styleSheet``.
  package func inline(title: String) -> String { open(title, attributes: "") + body + "</svg>\n" }

  /// The picture as a file of its own.
  package func file(title: String) -> String {
    let size = " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + open(title, attributes: size) + "<style>\(Ink.styleSheet)</style>\n"
      + "<rect class=\"f-paper\" width=\"100%\" height=\"100%\"/>\n" + body + "</svg>\n"
  }

  private func open(_ title: String, attributes: String) -> String {
    let title = escaped(title)
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"\(attributes)"
      + " viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" aria-label=\"\(title)\">\n"
      + "<title>\(title)</title>\n"
  }

  // MARK: - Bytes

  private mutating func path(_ data: String, _ stroke: Stroke) {
    guard !data.isEmpty else { return }
    body += "<path class=\"s-\(stroke.ink.rawValue)\" fill=\"none\" stroke-linejoin=\"round\""
    body += " stroke-width=\"\(Self.number(stroke.width))\"\(Self.opacity(stroke.opacity, of: "stroke"))"
    if stroke.isDashed { body += " stroke-dasharray=\"4 3\"" }
    body += " d=\"\(data)\"/>\n"
  }

  private static func opacity(_ value: Double, of part: String) -> String {
    value < 1 ? " \(part)-opacity=\"\(fixed(value, 2))\"" : ""
  }

  /// Each place but the first of a stretch relative to the one before, which takes half of the bytes.
  private static func subpaths(_ places: [Place], closed: Bool) -> String {
    var data = ""
    var last: (x: Int, y: Int)?
    for place in places {
      guard place.isFinite else {
        last = nil
        continue
      }
      let (x, y) = (tenths(place.x), tenths(place.y))
      if let last {
        data += "l" + text(x - last.x) + (y < last.y ? "" : " ") + text(y - last.y)
      } else {
        data += "M" + text(x) + " " + text(y)
      }
      last = (x, y)
    }
    return closed && !data.isEmpty ? data + "Z" : data
  }

  /// A tenth of a pixel is finer than anybody sees. Beyond the limits nothing is seen either.
  private static func tenths(_ value: Double) -> Int { Int((min(max(value, -1e5), 1e5) * 10).rounded()) }

  private static func text(_ tenths: Int) -> String {
    let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : whole == 0 ? ".\(rest)" : "\(whole).\(rest)")
  }

  private static func number(_ value: Double) -> String { text(tenths(value)) }
}

/// Text with the characters that mean something to XML replaced, and those left out that it cannot hold.
package func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\t", "\n", "\r": result += " "
    case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
