/// How many characters must be put in, taken out or changed to make one text of the other (Levenshtein 1966).
package func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b.utf8)
  var row = Array(0...b.count)
  for (i, x) in a.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let changed = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}

/// The name that was probably meant; nil where none is near.
package func nearest(to name: String, among names: [String]) -> String? {
  let found = names.map { (name: $0, distance: editDistance(name, $0)) }.min { $0.distance < $1.distance }
  return found.flatMap { $0.distance <= max(2, name.utf8.count / 2) ? $0.name : nil }
}
