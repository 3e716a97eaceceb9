/// Radial velocities of a star.
struct Velocities: Sendable {
  /// Days after `reference`.
  var times: [Double] = []
  /// Metres per second, and their quoted errors.
  var velocities: [Double] = []
  var errors: [Double] = []
  /// Which instrument took each, as a place in `instruments`.
  var instrument: [Int] = []

  let instruments = ["k", "j", "a"]
  /// The Julian date in the middle of the observations, where phases are least tied to periods.
  let reference = 2_453_781.0

  /// The 401 velocities of HD 164922 of Fulton et al. 2016, ApJ 830, 46; the file says more.
  static func hd164922() -> Velocities {
    var data = Velocities()
    let text = String(decoding: PackageResources.hd164922_csv, as: UTF8.self)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let cells = line.split(separator: ",")
      guard cells.count == 4, let time = Double(cells[0]), let velocity = Double(cells[1]),
        let error = Double(cells[2]), let instrument = data.instruments.firstIndex(of: String(cells[3]))
      else { continue }
      data.times.append(time - data.reference)
      data.velocities.append(velocity)
      data.errors.append(error)
      data.instrument.append(instrument)
    }
    return data
  }
}
