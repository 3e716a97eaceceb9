/// The unit cube without its faces, where some priors are infinite.
enum UnitCube {
  @inline(__always)
  static func holds(_ point: UnsafePointer<Double>, count: Int) -> Bool {
    for i in 0..<count where !(point[i] > 0 && point[i] < 1) { return false }
    return true
  }

  @inline(__always)
  static func holds(_ point: UnsafeMutableBufferPointer<Double>) -> Bool {
    for i in point.indices where !(point[i] > 0 && point[i] < 1) { return false }
    return true
  }
}
