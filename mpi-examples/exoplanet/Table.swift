import Rookery

/// Prints the planets beside the published ones; nothing off rank 0.
func printPlanets(_ result: RunResult) {
  guard result.summaryText() != nil else { return }
  print("\nplanet           this run           Fulton et al. 2016")
  let published = [
    "P_b": "near 1200 d", "K_b": "near 7 m/s", "P_c": "75.77 ± 0.06 d", "K_c": "near 2 m/s",
  ]
  for marginal in result.marginals() {
    guard let paper = published[marginal.name] else { continue }
    let digits = marginal.deviation < 0.1 ? 3 : 2
    let found = "\(fixed(marginal.mean, digits)) ± \(fixed(marginal.deviation, digits)) \(marginal.unit)"
    print(pad(marginal.name, 15), pad(found, 18), paper)
  }
}

private func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
