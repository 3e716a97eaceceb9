public import RookeryCore

extension RunOptions {
  /// The method asked for. Settings of one method choose it; none leaves the choice to the problem.
  ///
  /// - Throws: ``InputError`` for settings of different methods.
  public func chosenMethod() throws -> Method {
    let shells = [("--networks", networks != nil)]
    let nested = [
      ("--explorer", explorer != nil), ("--walks", walks != nil),
      ("--slices", slices != nil), ("--bound", bound != nil), ("--bootstrap", bootstrap != nil),
      ("--enlarge", enlarge != nil), ("--deletions", deletions != nil), ("--dynamic", dynamic),
      ("--target-error", targetError != nil), ("--batch", batch != nil),
      ("--posterior-share", posteriorShare != nil),
    ]
    let shellOption = shells.first(where: \.1)?.0
    let nestedOption = nested.first(where: \.1)?.0
    if let shellOption, method == .dynesty || nestedOption != nil {
      throw InputError("\(shellOption) belongs to --method nautilus, not to \(nestedOption ?? "dynesty")")
    }
    if let nestedOption, method == .nautilus {
      throw InputError("\(nestedOption) belongs to --method dynesty, not to nautilus")
    }
    if method == .dynesty || nestedOption != nil { return .nested(nestedSettings) }
    if method == .nautilus || shellOption != nil {
      return .importanceNested(shellSettings)
    }
    // Both methods have this one; by itself it is a wish for live points, which stop by it.
    if dlogz != nil { return .nested(nestedSettings) }
    if live != nil { throw sharedOption("--live", NestedSettings().live, ImportanceNestedSettings().live) }
    if window != nil {
      throw sharedOption("--window", NestedSettings().windowInForce, ImportanceNestedSettings().window)
    }
    return targetESS.map(Method.automaticFor) ?? .automatic
  }

  /// Where no method is named, an option that each method has with a sense and a default of its own.
  private func sharedOption(_ name: String, _ nested: Int, _ shells: Int) -> InputError {
    InputError(
      "\(name) means something else to each method: add --method dynesty (nested sampling with live points, default \(nested))"
        + " or --method nautilus (bounds that close in on the posterior, default \(shells))")
  }

  private var nestedSettings: NestedSettings {
    var settings = NestedSettings()
    if let live { settings.live = live }
    if let explorer { settings.explorer = explorer }
    if let bound { settings.bound = bound }
    settings.bootstraps = bootstrap
    settings.enlargement = enlarge
    if let deletions { settings.deletions = deletions }
    settings.isDynamic =
      dynamic || targetESS != nil || targetError != nil || batch != nil || posteriorShare != nil
    settings.targetEffectiveSize = targetESS
    settings.targetError = targetError
    settings.batch = batch
    settings.posteriorShare = posteriorShare
    settings.remainingEvidence = dlogz
    settings.walkSteps = walks
    settings.slices = slices
    settings.window = window
    return settings
  }

  private var shellSettings: ImportanceNestedSettings {
    var settings = ImportanceNestedSettings()
    if let live { settings.live = live }
    if let targetESS { settings.targetEffectiveSize = targetESS }
    if let networks { settings.networks = networks }
    settings.remainingEvidence = dlogz
    if let window { settings.window = window }
    return settings
  }
}
