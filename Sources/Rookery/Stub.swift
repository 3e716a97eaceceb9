@_exported public import RookeryCore
extension Pool {
  public static let automatic = Pool.serial
  public static func parse(_ t: String) throws -> Pool { .serial }
}
