import Rookery

/// Prints the evidence of each model, and the planets beside the published ones; nothing off rank 0.
func printTable(_ results: [RunResult]) {
  guard results.allSatisfy({ $0.summaryText() != nil }), let none = results.first, let best = results.last
  else { return }
  print("HD 164922, 401 radial velocities\n")
  print("model            log Z              log Bayes factor     calls")
  for result in results {
    let (z, zero) = (result.evidence, none.evidence)
    let error = (z.error * z.error + zero.error * zero.error).squareRoot()
    let factor = result.problem == none.problem ? "" : "\(fixed(z.logZ - zero.logZ, 1)) ± \(fixed(error, 1))"
    print(
      pad(result.problem, 14), pad("\(fixed(z.logZ, 2)) ± \(fixed(z.error, 2))", 20), pad(factor, 15),
      grouped(result.statistics.calls))
  }
  print("\nplanet           this run           Fulton et al. 2016")
  let published = [
    "P_b": "near 1200 d", "K_b": "near 7 m/s", "P_c": "75.77 ± 0.06 d", "K_c": "near 2 m/s",
  ]
  for marginal in best.marginals() {
    guard let paper = published[marginal.name] else { continue }
    let digits = marginal.deviation < 0.1 ? 3 : 2
    let found = "\(fixed(marginal.mean, digits)) ± \(fixed(marginal.deviation, digits)) \(marginal.unit)"
    print(pad(marginal.name, 15), pad(found, 18), paper)
  }
}

private func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
