import Glibc

/// A mode of a posterior, with its share of the evidence.
public struct Cluster: Sendable {
  /// Its samples, as rows of the result.
  public let rows: [Int]
  /// The natural logarithm of its part of the evidence.
  public let logZ: Double
  /// One standard deviation of that, over bootstraps of threads with volumes drawn anew; the share of a mode is less certain than
  /// the whole.
  public let error: Double
  /// Its part of the posterior, 0 to 1.
  public let share: Double
  /// The means of all parameters over its samples; those of periodic ones on a branch of its own.
  public let means: [Double]
}

extension RunResult {
  /// Clusters of fewer points than this on a contour are taken for chance.
  private static let fewest = 8
  /// The contours on which clusters are looked for, by the part of the evidence within.
  private static let levels = [0.999, 0.99, 0.95, 0.8, 0.6, 0.4, 0.2, 0.05]
  /// Points on one contour; of more each so-manieth.
  private static let most = 2000

  /// The separate modes of a nested run with their local evidences, largest share first; one for a posterior in one piece.
  ///
  /// Points alive on a contour fill the prior within evenly. Those that steps of a few distances between neighbours hold together are
  /// one cluster; a cluster that falls apart on a higher contour is replaced by its parts (as in PolyChord: Handley, Hobson & Lasenby 2015,
  /// arXiv:1506.00171, section 3.4). Then each sample belongs to the cluster of its nearest such point.
  ///
  /// - Parameter bootstraps: how many for the errors; fewer than two give each cluster the error of the whole.
  /// - Throws: ``InputError`` for a run without birth contours.
  public func clusters(bootstraps: Int = 50) throws(InputError) -> [Cluster] {
    let run = try NestedRun(self)
    let births = run.births
    let within = NestedEvidence.shareWithin(logWeights)
    var leaves: [[Int]] = []
    for level in Self.levels {
      guard let index = within.firstIndex(where: { $0 <= level }) else { continue }
      let contour = logLikelihoods[index]
      var alive = logLikelihoods.indices.filter { births[$0] <= contour && logLikelihoods[$0] > contour }
      if alive.count > Self.most {
        let step = Double(alive.count) / Double(Self.most)
        alive = (0..<Self.most).map { alive[Int(Double($0) * step)] }
      }
      let groups = self.groups(of: alive)
      guard !groups.isEmpty else { continue }
      leaves = leaves.isEmpty ? groups : refine(leaves, by: groups)
    }
    guard leaves.count > 1 else { return [cluster(Array(logWeights.indices), run, bootstraps: [])] }
    let labels = nearest(to: leaves)
    let errors = shareErrors(labels, count: leaves.count, run, bootstraps)
    return leaves.indices.map { label in
      cluster(labels.indices.filter { labels[$0] == label }, run, bootstraps: errors[label])
    }.filter { !$0.rows.isEmpty }.sorted { $0.share > $1.share }
  }

  /// The clusters of points that fill a contour evenly.
  private func groups(of rows: [Int]) -> [[Int]] {
    guard rows.count >= 2 * Self.fewest else { return [] }
    let points = turned(rows)
    guard var metric = Ellipsoid.metric(of: points) else { return [] }
    var labels: [Int] = []
    for _ in 0..<3 {
      let whitened = Neighbours.whiten(points, by: metric)
      // Along a thin arc the widest gap is up to three times the largest distance to the nearest neighbour; the more directions there
      // are, the sooner one of them leads on.
      let reach =
        (1 + 4 / Double(points.columns)) * Neighbours.largestNearestDistance(whitened, isCubic: false)
      labels = Neighbours.clusters(whitened, reach: reach, isCubic: false)
      guard let next = Ellipsoid.metric(of: Neighbours.centred(points, labels)), next != metric else {
        break
      }
      metric = next
    }
    return Dictionary(grouping: rows.indices, by: { labels[$0] }).sorted { $0.key < $1.key }
      .map { $0.value.map { rows[$0] } }.filter { $0.count >= Self.fewest }
  }

  /// Clusters of an outer contour, each replaced by those of the inner one that lie in it if there are several.
  private func refine(_ outer: [[Int]], by inner: [[Int]]) -> [[Int]] {
    let owners = inner.map { group in
      let labels = nearest(to: outer, of: group)
      // The cluster that most of its points are nearest to.
      return Dictionary(grouping: labels, by: { $0 }).max {
        ($0.value.count, $1.key) < ($1.value.count, $0.key)
      }?
      .key
    }
    return outer.indices.flatMap { label in
      let parts = inner.indices.filter { owners[$0] == label }.map { inner[$0] }
      return parts.count > 1 ? parts : [outer[label]]
    }
  }

  /// The cluster of the nearest member, for each of the rows; in the metric of all samples.
  private func nearest(to clusters: [[Int]], of rows: [Int]? = nil) -> [Int] {
    let members = clusters.flatMap { $0 }
    let owners = clusters.enumerated().flatMap { index, rows in rows.map { _ in index } }
    let (centres, points) = (turned(members), turned(rows ?? Array(logWeights.indices)))
    guard let metric = Ellipsoid.metric(of: centres) else { return [Int](repeating: 0, count: points.rows) }
    let (a, b) = (Neighbours.whiten(points, by: metric), Neighbours.whiten(centres, by: metric))
    return (0..<a.rows).map { row in
      a.withRow(row) { place in
        var (best, owner) = (Double.infinity, 0)
        for member in 0..<b.rows {
          let gap = b.withRow(member) { other in
            zip(place, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          }
          if gap < best { (best, owner) = (gap, owners[member]) }
        }
        return owner
      }
    }
  }

  /// Points of the cube, periodic coordinates turned so that the widest gap lies at the ends.
  private func turned(_ rows: [Int]) -> PointMatrix {
    let boundaries = parameters.filter { !$0.isFixed }.map(\.boundary)
    let all = cube.rows(at: rows)
    guard boundaries.contains(.periodic) else { return all }
    let posterior = cube.rows(at: logWeights.indices.filter { logWeights[$0] > -20 })
    return Seam(periodic: boundaries.map { $0 == .periodic }, points: posterior).turned(all)
  }

  /// The logarithm of each cluster's part of the evidence in each bootstrap.
  private func shareErrors(_ labels: [Int], count: Int, _ run: NestedRun, _ bootstraps: Int) -> [[Double]] {
    let drawn = run.bootstraps(bootstraps, seed: seed) { rows, logZ, logWeights in
      var shares = [Double](repeating: 0, count: count)
      for (row, weight) in zip(rows, logWeights) { shares[labels[row]] += exp(weight) }
      return shares.map { logZ + log($0) }
    }
    return (0..<count).map { label in drawn.map { $0[label] }.filter(\.isFinite) }
  }

  private func cluster(_ rows: [Int], _ run: NestedRun, bootstraps: [Double]) -> Cluster {
    let weights = rows.map { exp(logWeights[$0]) }
    let share = weights.reduce(0, +)
    let size = kishSize(logWeights: rows.map { logWeights[$0] })
    let means = parameters.enumerated().map { column, parameter in
      let values = rows.map { samples[$0, column] }
      let branch = PeriodicBranch(parameter, values, weights, effectiveSize: size)
      return Self.moments(branch.map { branch in values.map { branch($0) } } ?? values, weights).mean
    }
    return Cluster(
      rows: rows, logZ: evidence.logZ + log(share),
      error: bootstraps.count > 1 ? deviation(bootstraps) : evidence.error, share: share, means: means)
  }
}
