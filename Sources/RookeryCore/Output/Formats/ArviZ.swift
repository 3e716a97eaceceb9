extension OutputFormat {
  /// `arviz.nc`, netCDF-4 for ArviZ.
  public static let arviz = OutputFormat(ArviZ())
}

private struct ArviZ: ResultFormat {
  let name = "arviz"
  let readers = "ArviZ"

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try result.writeArviZ(to: directory.path + "/arviz.nc")
  }
}

extension RunResult {
  /// Draws of equal weight as one chain for `arviz.from_netcdf`: ArviZ has no weights. Groups `posterior` and
  /// `sample_stats` with dimensions chain and draw; the evidence and what it rests on are attributes of the file.
  ///
  /// The draws are shuffled and independent of each other but for repeats, so convergence diagnostics of Markov chains say nothing
  /// about them.
  fileprivate func writeArviZ(to path: String) throws {
    let rows = equallyWeightedRows()
    let file = HDF5File()
    file.root.attributes = [
      ("inference_library", .text("rookery")), ("inference_library_version", .text(provenance.version)),
      ("problem", .text(problem)), ("log_evidence", .number(evidence.logZ)),
      ("log_evidence_error", .number(evidence.error)),
      ("log_evidence_error_kind", .text(evidence.errorKind.rawValue)),
      ("information", .number(evidence.information)),
      ("effective_sample_size", .number(effectiveSampleSize)), ("seed", .text("\(seed)")),
      ("digest", .text(digest)),
    ]
    let columns = samples.rows(at: rows)
    let derivedColumns = derivedSamples.columns == 0 ? derivedSamples : derivedSamples.rows(at: rows)
    let names = Self.memberNames(quantities.map(\.name), reserved: ["chain", "draw"])
    var posterior: [(name: String, values: [Double], quantity: DerivedQuantity)] = []
    for i in parameters.indices { posterior.append((names[i], columns.column(i), parameters[i].quantity)) }
    for i in derived.indices {
      posterior.append((names[parameters.count + i], derivedColumns.column(i), derived[i]))
    }
    Self.add("posterior", posterior, draws: rows.count, to: file.root)
    var statistics = [
      ("log_likelihood", rows.map { logLikelihoods[$0] }, DerivedQuantity("log-likelihood"))
    ]
    if hasPriorDensity {
      statistics.insert(
        ("lp", rows.map { logLikelihoods[$0] + logPriors[$0] }, DerivedQuantity("log posterior density")),
        at: 0)
      statistics.append(("log_prior", rows.map { logPriors[$0] }, DerivedQuantity("log prior density")))
    }
    Self.add("sample_stats", statistics, draws: rows.count, to: file.root)
    try file.write(to: path)
  }

  private static func add(
    _ name: String, _ columns: [(name: String, values: [Double], quantity: DerivedQuantity)], draws: Int,
    to root: HDF5File.Group
  ) {
    let group = root.group(name)
    func scale(_ name: String, _ number: Int32, _ count: Int) -> HDF5File.Dataset {
      let scale = HDF5File.Dataset((0..<count).map(Int64.init))
      scale.attributes = [
        ("CLASS", .text("DIMENSION_SCALE")), ("NAME", .text(name)), ("_Netcdf4Dimid", .shortInteger(number)),
      ]
      return group.dataset(name, scale)
    }
    let scales = [scale("chain", 0, 1), scale("draw", 1, draws)]
    for column in columns {
      let dataset = HDF5File.Dataset(column.values, shape: [1, draws])
      dataset.attributes = [("DIMENSION_LIST", .scales(scales)), ("long_name", .text(column.quantity.name))]
      if column.quantity.label != column.quantity.name {
        dataset.attributes.append(("latex", .text(column.quantity.label)))
      }
      if !column.quantity.unit.isEmpty { dataset.attributes.append(("units", .text(column.quantity.unit))) }
      group.dataset(column.name, dataset)
    }
  }

  /// Names for members of a group: no slash, which would be a path, none reserved, none longer than netCDF allows, all different.
  private static func memberNames(_ names: [String], reserved: Set<String>) -> [String] {
    var taken = reserved
    return names.map { name in
      let member = HDF5File.cut(String(name.map { $0 == "/" ? "_" : $0 }), to: longestName)
      var unique = member == "." || member == ".." ? "_" : member
      var number = 1
      while !taken.insert(unique).inserted {
        number += 1
        unique = HDF5File.cut(member, to: longestName - 21) + "_\(number)"
      }
      return unique
    }
  }

  /// netCDF takes 256 bytes, and a name may get a number.
  private static let longestName = 250
}
