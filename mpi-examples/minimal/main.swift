// A straight line through six points: mpirun -n 4 .build/release/minimal --seed 3
import Rookery

let x = [1.0, 2, 3, 4, 5, 6]
let y = [2.9, 5.2, 7.1, 8.8, 11.3, 12.9]
let error = 0.2

launch { run in
  let parameters = [
    Parameter("slope", .uniform(-10, 10)),
    Parameter("offset", .normal(mean: 0, deviation: 10)),
  ]
  let (slope, offset) = (try parameters.index(of: "slope"), try parameters.index(of: "offset"))
  let line = try Problem("line", parameters: parameters, threadSafe: true) { theta in
    var sum = 0.0
    for i in x.indices {
      let residual = (y[i] - theta[slope] * x[i] - theta[offset]) / error
      sum -= 0.5 * residual * residual
    }
    return sum
  }
  let result = try run.sample(line)
  result.summary()
}
