/// How many columns of a terminal a text takes: letters of East Asia and emoji take two, accents that combine none.
package func columnCount(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

/// The text, cut to so many columns with an ellipsis where it is too long.
package func shortened(_ text: String, toColumns most: Int) -> String {
  guard columnCount(text) > most else { return text }
  var kept = ""
  var used = 1
  for character in text {
    used += columns(character)
    if used > most { break }
    kept.append(character)
  }
  return most > 0 ? kept + "…" : ""
}

private func columns(_ character: Character) -> Int {
  var widest = 0
  for scalar in character.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: continue
    default: widest = max(widest, isWide(scalar.value) || scalar.properties.isEmojiPresentation ? 2 : 1)
    }
  }
  return widest
}

private func isWide(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
    true
  default: false
  }
}
