/// A pool that cannot be opened or has broken down, and what to do about it.
public struct PoolError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
