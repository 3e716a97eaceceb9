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
    guard live == nil, window == nil else {
      throw InputError(
        "\(live == nil ? "--window" : "--live") means something else to each method: add --method dynesty (nested sampling,"
          + " \(NestedSettings().live) live points) or --method nautilus (bounds around"
          + " \(ImportanceNestedSettings().live) points)")
    }
    return targetESS.map(Method.automaticFor) ?? .automatic
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
