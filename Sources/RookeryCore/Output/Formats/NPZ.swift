extension OutputFormat {
  /// `samples.npz` alone, for `numpy.load`.
  public static let npz = OutputFormat(NPZ())
}

/// The archive is there already, with or without being asked for.
private struct NPZ: ResultFormat {
  let name = "npz"
  let readers = "numpy"

  func write(_ result: RunResult, to directory: OutputDirectory) throws {}
}
