extension Splitting where Shape == Ellipsoid {
  /// Ellipsoids of least volume around the halves of mixtures, each axis multiplied by `enlargement`.
  ///
  /// The ellipsoid around few points misses more of what they were drawn from: with fewer than 20 a dimension, the
  /// enlargement grows with the inverse root of their number.
  init<E>(
    enlargement: Double, minimum: Int, stream: RandomStream, unless halt: Halt<E>
  ) where Way == MixtureOfTwo<E> {
    self.init(halving: MixtureOfTwo(stream: stream, halt: halt), minimum: minimum) { (points) throws(E) in
      let scarcity = max(1, (20 * Double(points.columns) / Double(points.rows)).squareRoot())
      return try Ellipsoid(
        enclosing: points, enlargement: 1 + (enlargement - 1) * scarcity, unless: halt)
    }
  }
}
