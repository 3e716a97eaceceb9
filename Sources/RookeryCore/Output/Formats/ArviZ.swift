extension OutputFormat {
  /// `arviz.nc`, netCDF-4 for ArviZ.
  public static let arviz = OutputFormat(ArviZ())

  /// The same with what else is known of the draws, each in the group that ArviZ has for it; the draws of the group `posterior` are then
  /// those that the log-likelihoods and predictions were made at, in their order.
  ///
  /// ```swift
  /// let parts = try result.pointwise(at: .draws(1000), on: pool) { theta in … }
  /// let replicated = try result.predict(at: .draws(1000), on: pool) { theta, stream in … }
  /// try result.write(to: "out", formats: [.arviz(logLikelihood: parts, posteriorPredictive: replicated, observed: y)])
  /// ```
  ///
  /// What is nil is left out, as all of it is off rank 0, where nothing is written.
  ///
  /// - Parameters:
  ///   - logLikelihood: for `log_likelihood`: made by ``RunResult/pointwise(at:on:threadSafe:seed:_:)`` from the result that is written.
  ///   - posteriorPredictive: for `posterior_predictive`: made by ``RunResult/predict(at:on:threadSafe:seed:_:)`` at the same draws.
  ///   - prior: for `prior`: ``Problem/priorDraws(_:seed:)``, draws × parameters; nil for the points of `priorPredictive`.
  ///   - priorPredictive: for `prior_predictive`, and `prior` too: made by ``Problem/predict(priorDraws:on:threadSafe:seed:_:)``.
  ///   - observed: for `observed_data`: the data themselves.
  ///   - variable: what the data are called in each of these groups.
  public static func arviz(
    logLikelihood: PointwiseLogLikelihoods? = nil, posteriorPredictive: Prediction? = nil,
    prior: PointMatrix? = nil, priorPredictive: Prediction? = nil, observed: [Double]? = nil,
    variable: String = "y"
  ) -> OutputFormat {
    OutputFormat(
      ArviZ(
        logLikelihood: logLikelihood, posteriorPredictive: posteriorPredictive,
        prior: prior ?? priorPredictive?.points, priorPredictive: priorPredictive, observed: observed,
        variable: variable))
  }
}

private struct ArviZ: ResultFormat {
  let name = "arviz"
  let readers = "ArviZ"

  var logLikelihood: PointwiseLogLikelihoods?
  var posteriorPredictive: Prediction?
  var prior: PointMatrix?
  var priorPredictive: Prediction?
  var observed: [Double]?
  var variable = "y"

  /// Groups that belong together must be of the same draws: nothing in the file would show where they are not.
  func obstacle(to result: RunResult) -> String? {
    if variable.isEmpty { return "the data in a file for ArviZ need a name" }
    let ofDraws =
      [logLikelihood.map { ("log-likelihoods", $0.rows, $0.points) }]
      + [posteriorPredictive.map { ("predictions", $0.rows, $0.points) }]
    let given = ofDraws.compactMap(\.self)
    for (what, rows, points) in given {
      let isOfResult =
        !rows.isEmpty && rows.allSatisfy { $0 < result.samples.rows }
        && result.samples.rows(at: rows) == points
      guard isOfResult else {
        return "the \(what) for ArviZ were not made at draws of this result: make them at .draws(…) of it"
      }
    }
    if given.count == 2, given[0].1 != given[1].1 {
      return
        "log-likelihoods and predictions for ArviZ were made at \(given[0].1.count) and \(given[1].1.count) draws that"
        + " are not the same: ask for both at as many draws, with the same seed; a model that refuses points leaves some out"
    }
    if let logLikelihood, let observed, logLikelihood.data != observed.count {
      return "\(observed.count) data for ArviZ do not fit log-likelihoods of \(logLikelihood.data)"
    }
    if let prior, prior.columns != result.parameters.count {
      return "the draws from the prior for ArviZ have \(prior.columns) parameters, and the result"
        + " \(result.parameters.count)"
    }
    if let prior, let priorPredictive, prior != priorPredictive.points {
      return
        "the draws from the prior for ArviZ are not those that the predictions were made at: leave them out, and they will be"
    }
    return nil
  }

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    let rows = logLikelihood?.rows ?? posteriorPredictive?.rows ?? result.equallyWeightedRows()
    let file = HDF5File()
    file.root.attributes = result.attributesForArviZ
    result.addPosterior(at: rows, to: file.root)
    if let logLikelihood {
      let group = file.root.group("log_likelihood")
      group.attributes = [("relative_efficiency", .number(logLikelihood.relativeEfficiency))]
      add(logLikelihood.values, to: group)
    }
    if let posteriorPredictive {
      add(posteriorPredictive.values, to: file.root.group("posterior_predictive"))
    }
    if let prior {
      let names = ArviZNames(result.parameters.map(\.name), reserved: ["chain", "draw"]).members
      file.root.group("prior").addForArviZ(
        result.parameters.indices.map { (names[$0], prior.column($0), result.parameters[$0].quantity) },
        draws: prior.rows)
    }
    if let priorPredictive { add(priorPredictive.values, to: file.root.group("prior_predictive")) }
    if let observed {
      let group = file.root.group("observed_data")
      let scale = group.scale(axis, 0, observed.count)
      group.dataset(member, HDF5File.Dataset(observed, shape: [observed.count])).attributes = [
        ("DIMENSION_LIST", .scales([scale]))
      ]
    }
    try file.write(to: directory.path + "/arviz.nc")
  }

  private var member: String { ArviZNames([variable], reserved: ["chain", "draw"]).members[0] }
  /// As ArviZ itself calls the dimension of a variable that is given without names.
  private var axis: String { member + "_dim_0" }

  /// Adds numbers with a dimension of the data beside chain and draw.
  private func add(_ values: PointMatrix, to group: HDF5File.Group) {
    let scales = [
      group.scale("chain", 0, 1), group.scale("draw", 1, values.rows), group.scale(axis, 2, values.columns),
    ]
    let shape = [1, values.rows, values.columns]
    group.dataset(member, HDF5File.Dataset(values.values, shape: shape)).attributes = [
      ("DIMENSION_LIST", .scales(scales))
    ]
  }
}

extension RunResult {
  /// The evidence and what it rests on.
  fileprivate var attributesForArviZ: [(String, HDF5File.Attribute)] {
    [
      ("inference_library", .text("rookery")), ("inference_library_version", .text(provenance.version)),
      ("problem", .text(problem)), ("log_evidence", .number(evidence.logZ)),
      ("log_evidence_error", .number(evidence.error)),
      ("log_evidence_error_kind", .text(evidence.errorKind.rawValue)),
      ("information", .number(evidence.information)),
      ("effective_sample_size", .number(effectiveSampleSize)), ("seed", .text("\(seed)")),
      ("digest", .text(digest)),
    ]
  }

  /// Adds draws of equal weight as one chain: ArviZ has no weights. Groups `posterior` and `sample_stats` have dimensions chain and draw.
  ///
  /// The draws are shuffled and independent of each other but for repeats, so convergence diagnostics of Markov chains say nothing
  /// about them.
  fileprivate func addPosterior(at rows: [Int], to root: HDF5File.Group) {
    let columns = samples.rows(at: rows)
    let derivedColumns = derivedSamples.columns == 0 ? derivedSamples : derivedSamples.rows(at: rows)
    let names = ArviZNames(quantities.map(\.name), reserved: ["chain", "draw"]).members
    var posterior: [(name: String, values: [Double], quantity: DerivedQuantity)] = []
    for i in parameters.indices { posterior.append((names[i], columns.column(i), parameters[i].quantity)) }
    for i in derived.indices {
      posterior.append((names[parameters.count + i], derivedColumns.column(i), derived[i]))
    }
    root.group("posterior").addForArviZ(posterior, draws: rows.count)
    var statistics = [
      ("log_likelihood", rows.map { logLikelihoods[$0] }, DerivedQuantity("log-likelihood"))
    ]
    if hasPriorDensity {
      statistics.insert(
        ("lp", rows.map { logLikelihoods[$0] + logPriors[$0] }, DerivedQuantity("log posterior density")),
        at: 0)
      statistics.append(("log_prior", rows.map { logPriors[$0] }, DerivedQuantity("log prior density")))
    }
    root.group("sample_stats").addForArviZ(statistics, draws: rows.count)
  }
}

extension HDF5File.Group {
  fileprivate func addForArviZ(
    _ columns: [(name: String, values: [Double], quantity: DerivedQuantity)], draws: Int
  ) {
    let scales = [scale("chain", 0, 1), scale("draw", 1, draws)]
    for column in columns {
      let dataset = HDF5File.Dataset(column.values, shape: [1, draws])
      dataset.attributes = [("DIMENSION_LIST", .scales(scales)), ("long_name", .text(column.quantity.name))]
      if column.quantity.label != column.quantity.name {
        dataset.attributes.append(("latex", .text(column.quantity.label)))
      }
      if !column.quantity.unit.isEmpty { dataset.attributes.append(("units", .text(column.quantity.unit))) }
      self.dataset(column.name, dataset)
    }
  }

  /// Adds a dimension.
  fileprivate func scale(_ name: String, _ number: Int32, _ count: Int) -> HDF5File.Dataset {
    let scale = HDF5File.Dataset((0..<count).map(Int64.init))
    scale.attributes = [
      ("CLASS", .text("DIMENSION_SCALE")), ("NAME", .text(name)), ("_Netcdf4Dimid", .shortInteger(number)),
    ]
    return dataset(name, scale)
  }
}

/// Names for members of a group: no slash, which would be a path, none reserved, none longer than netCDF allows, all different.
private struct ArviZNames {
  let members: [String]

  init(_ names: [String], reserved: Set<String>) {
    var taken = reserved
    members = names.map { name in
      let member = HDF5File.cut(String(name.map { $0 == "/" ? "_" : $0 }), to: Self.longest)
      var unique = member == "." || member == ".." ? "_" : member
      var number = 1
      while !taken.insert(unique).inserted {
        number += 1
        unique = HDF5File.cut(member, to: Self.longest - 21) + "_\(number)"
      }
      return unique
    }
  }

  /// netCDF takes 256 bytes, and a name may get a number.
  private static let longest = 250
}
