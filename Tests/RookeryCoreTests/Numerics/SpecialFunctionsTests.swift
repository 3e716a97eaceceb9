import RookeryCore
import Testing

/// Values by mpmath with 40 digits and more.
@Suite struct SpecialFunctionsTests {
  private static let normal: [(x: Double, cdf: Double, logCDF: Double)] = [
    (-37.5, 4.605353009581955e-308, -707.6689893175072),
    (-20.0, 2.7536241186062337e-89, -203.91715537109727),
    (-5.5, 1.8989562465887718e-08, -17.77937635262526),
    (-1.0, 0.15865525393145705, -1.8410216450092636),
    (0.0, 0.5, -0.6931471805599453),
    (0.3, 0.6179114221889527, -0.4814101615884812),
    (3.0, 0.9986501019683699, -0.0013508099647481938),
    (8.0, 0.9999999999999993, -6.220960574271786e-16),
  ]

  private static let farNormal: [(x: Double, logCDF: Double)] = [
    (-29.9, -451.3229124585286),
    (-30.1, -457.32956441638225),
    (-50.0, -1254.8313611394199),
    (-1000.0, -500007.82669481216),
    (-100000.0, -5000000012.431864),
  ]

  private static let quantiles: [(p: Double, x: Double)] = [
    (1e-300, -37.0470962993612),
    (1e-100, -21.273453560965326),
    (1e-16, -8.222082216130435),
    (1e-05, -4.264890793922825),
    (0.025, -1.9599639845400543),
    (0.07, -1.4757910281791706),
    (0.3, -0.5244005127080408),
    (0.4999, -0.00025066283008800747),
    (0.6, 0.2533471031357997),
    (0.925, 1.4395314709384561),
    (0.93, 1.475791028179171),
    (0.999999, 4.753424308817088),
  ]

  private static let gamma: [(a: Double, x: Double, lower: Double, upper: Double)] = [
    (0.01, 1e-30, 0.5040472728599954, 0.49595272714000455),
    (0.01, 0.5, 0.9943732438060329, 0.0056267561939671844),
    (0.5, 1e-10, 1.1283791670579e-05, 0.9999887162083294),
    (0.5, 3.0, 0.9856941215645704, 0.01430587843542964),
    (1.0, 1e-08, 9.999999950000001e-09, 0.9999999900000001),
    (1.0, 30.0, 0.9999999999999064, 9.357622968840175e-14),
    (2.5, 0.01, 2.987601531906594e-06, 0.999997012398468),
    (2.5, 3.4, 0.7640554623054786, 0.2359445376945214),
    (2.5, 3.6, 0.7938140802904441, 0.20618591970955588),
    (2.5, 60.0, 1.0, 3.138579772755296e-24),
    (14.9, 15.0, 0.5447034599285118, 0.4552965400714882),
    (15.1, 15.0, 0.5239895056669408, 0.4760104943330592),
    (100.0, 60.0, 1.4815276326460468e-06, 0.9999985184723673),
    (100.0, 100.0, 0.5132987982791487, 0.48670120172085135),
    (100.0, 170.0, 0.9999999975699227, 2.430077261155182e-09),
    (10000.0, 9800.0, 0.022207543813969693, 0.9777924561860303),
    (10000.0, 10300.0, 0.9985295051036143, 0.0014704948963856813),
    (1000000.0, 1000000.0, 0.5001329807608725, 0.4998670192391274),
    (1000000.0, 995000.0, 2.749580359270071e-07, 0.9999997250419641),
  ]

  private static let beta: [(a: Double, b: Double, x: Double, lower: Double, upper: Double)] = [
    (0.01, 0.02, 1e-20, 0.4207736731559599, 0.5792263268440401),
    (0.5, 0.5, 1e-12, 6.366197723676875e-07, 0.9999993633802277),
    (0.5, 0.5, 0.3, 0.36901011956554536, 0.6309898804344546),
    (0.5, 0.5, 0.999, 0.9798649583666225, 0.0201350416333775),
    (1.0, 1.0, 0.25, 0.25, 0.75),
    (2.0, 3.0, 1e-08, 5.99999992e-16, 0.9999999999999994),
    (2.0, 3.0, 0.37, 0.47240083, 0.52759917),
    (2.0, 3.0, 0.41, 0.54200483, 0.45799517000000006),
    (2.0, 3.0, 0.9999, 0.9999999999960003, 3.999699999998679e-12),
    (0.1, 40.0, 1e-06, 0.3813937573370677, 0.6186062426629323),
    (0.1, 40.0, 0.1, 0.9996191483266577, 0.0003808516733422899),
    (50.0, 0.5, 0.9, 0.001204149832559813, 0.9987958501674402),
    (200.0, 300.0, 0.3, 1.0496985243292947e-06, 0.9999989503014757),
    (200.0, 300.0, 0.4, 0.502428616319932, 0.497571383680068),
    (200.0, 300.0, 0.55, 0.9999999999913889, 8.61115991210735e-12),
    (10000.0, 20000.0, 0.33, 0.11020551912741972, 0.8897944808725803),
    (5000.0, 0.5, 0.9999, 0.31731050725795346, 0.6826894927420466),
  ]

  private static let logBeta: [(a: Double, b: Double, value: Double)] = [
    (0.001, 0.002, 7.313217104417236),
    (0.5, 0.5, 1.1447298858494002),
    (1.0, 1.0, 0.0),
    (3.0, 40.0, -10.446973958541667),
    (1000000.0, 0.5, -6.335390211057437),
    (1000000.0, 2000000.0, -1909548.290968533),
    (0.001, 100000.0, 6.895665964913892),
  ]

  @Test func normalDistributionFunction() {
    for (x, cdf, logCDF) in Self.normal {
      #expect(close(SpecialFunctions.normalCDF(x), cdf), "at \(x)")
      #expect(close(SpecialFunctions.logNormalCDF(x), logCDF), "at \(x)")
    }
    for (x, logCDF) in Self.farNormal {
      #expect(close(SpecialFunctions.logNormalCDF(x), logCDF), "at \(x)")
    }
    #expect(SpecialFunctions.normalCDF(-.infinity) == 0 && SpecialFunctions.normalCDF(.infinity) == 1)
    #expect(SpecialFunctions.logNormalCDF(-.infinity) == -.infinity)
  }

  @Test func normalQuantile() {
    for (p, x) in Self.quantiles {
      #expect(close(SpecialFunctions.inverseNormalCDF(p), x, 2e-15), "at \(p)")
    }
    #expect(SpecialFunctions.inverseNormalCDF(0.5) == 0)
    #expect(SpecialFunctions.inverseNormalCDF(0) == -.infinity)
    #expect(SpecialFunctions.inverseNormalCDF(1) == .infinity)
    #expect(SpecialFunctions.inverseNormalCDF(.nan).isNaN)
    #expect(SpecialFunctions.inverseNormalCDF(-1).isNaN)
  }

  @Test func normalQuantileOfALogarithm() {
    for (x, _, logCDF) in Self.normal where x < 3 {
      #expect(abs(SpecialFunctions.inverseLogNormalCDF(logCDF) - x) < 1e-13 * max(1, abs(x)), "at \(x)")
    }
    for (x, logCDF) in Self.farNormal {
      #expect(close(SpecialFunctions.inverseLogNormalCDF(logCDF), x, 1e-14), "at \(x)")
    }
    #expect(SpecialFunctions.inverseLogNormalCDF(-.infinity) == -.infinity)
  }

  @Test func incompleteGamma() {
    for (a, x, lower, upper) in Self.gamma {
      let tails = SpecialFunctions.incompleteGamma(shape: a, at: x)
      #expect(close(tails.lower, lower) && close(tails.upper, upper), "at \(a), \(x)")
    }
    #expect(SpecialFunctions.incompleteGamma(shape: 2, at: 0) == (0, 1))
    #expect(SpecialFunctions.incompleteGamma(shape: 2, at: .infinity) == (1, 0))
  }

  @Test func incompleteGammaInverse() {
    for (a, x, lower, upper) in Self.gamma {
      let back = SpecialFunctions.inverseIncompleteGamma(shape: a, lower: lower, upper: upper)
      #expect(close(back, x, 1e-12), "at \(a), \(x)")
    }
    #expect(SpecialFunctions.inverseIncompleteGamma(shape: 2, lower: 0, upper: 1) == 0)
    #expect(SpecialFunctions.inverseIncompleteGamma(shape: 2, lower: 1, upper: 0) == .infinity)
  }

  @Test func incompleteBeta() {
    for (a, b, x, lower, upper) in Self.beta {
      let tails = SpecialFunctions.incompleteBeta(a, b, x: x, y: 1 - x)
      #expect(close(tails.lower, lower) && close(tails.upper, upper), "at \(a), \(b), \(x)")
    }
    #expect(SpecialFunctions.incompleteBeta(2, 3, x: 0, y: 1) == (0, 1))
    #expect(SpecialFunctions.incompleteBeta(2, 3, x: 1, y: 0) == (1, 0))
  }

  @Test func incompleteBetaInverse() {
    for (a, b, x, lower, upper) in Self.beta {
      let back = SpecialFunctions.inverseIncompleteBeta(a, b, lower: lower, upper: upper)
      #expect(close(back, x, 1e-12), "at \(a), \(b), \(x)")
    }
    #expect(SpecialFunctions.inverseIncompleteBeta(2, 3, lower: 0, upper: 1) == 0)
    #expect(SpecialFunctions.inverseIncompleteBeta(2, 3, lower: 1, upper: 0) == 1)
  }

  @Test func logarithmOfTheBetaFunction() {
    for (a, b, value) in Self.logBeta {
      #expect(abs(SpecialFunctions.logBeta(a, b) - value) <= 1e-14 * max(1, abs(value)), "at \(a), \(b)")
      #expect(abs(SpecialFunctions.logBeta(b, a) - value) <= 1e-14 * max(1, abs(value)), "at \(b), \(a)")
    }
  }

  private func close(_ value: Double, _ wanted: Double, _ relative: Double = 2e-13) -> Bool {
    abs(value - wanted) <= relative * abs(wanted)
  }
}
