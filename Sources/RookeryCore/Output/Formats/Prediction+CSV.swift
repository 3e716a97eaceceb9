extension Prediction {
  /// Writes one line an output: its number, or what it belongs to, then mean, sd, median and the quantiles at 2.5, 16, 84 and
  /// 97.5 %.
  ///
  /// - Parameters:
  ///   - path: of a CSV file, which appears whole or not at all.
  ///   - abscissae: a number for each output to write in the first column, such as the time it is for; nil counts from zero.
  /// - Throws: ``OutputError``; ``InputError`` where there is not one abscissa an output.
  public func write(to path: String, at abscissae: [Double]? = nil) throws {
    if let abscissae, abscissae.count != values.columns {
      throw InputError("\(abscissae.count) abscissae do not fit \(values.columns) outputs")
    }
    let columns =
      [abscissae ?? (0..<values.columns).map(Double.init), mean, deviation]
      + [0.5, 0.025, 0.16, 0.84, 0.975].map(quantile)
    var rows = try TextRows(path, separator: ",")
    try rows.write(header: "x,mean,sd,median,q025,q16,q84,q975")
    for i in 0..<values.columns {
      for column in columns { rows.add(column[i]) }
      try rows.endRow()
    }
    try rows.commit()
  }
}
