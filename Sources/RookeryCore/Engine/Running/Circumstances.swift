import Glibc
import Synchronization

extension Provenance {
  /// Libraries beside those that every program of this package has, as far as they have been taken into use.
  private static let libraries = Mutex<[Setting]>([])

  /// Notes a library that runs of this process use from now on.
  package static func note(library: String, _ version: String) {
    libraries.withLock { known in
      if !known.contains(where: { $0.name == library }) { known.append(Setting(library, version)) }
    }
  }

  /// When and where this is, and with what it was built.
  static var circumstancesNow: [Setting] {
    var (now, parts) = (time(nil), tm())
    gmtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
    return [
      Setting("Finished", "\(date) \(clock)"), Setting("Host", hostName()), Setting("Compiler", compiler),
      Setting("BLAS", LinearAlgebra.description),
    ] + libraries.withLock { $0 }
  }

  private static var compiler: String {
    #if compiler(>=6.5)
      "Swift 6.5 or later"
    #elseif compiler(>=6.4)
      "Swift 6.4"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift before 6.3"
    #endif
  }
}
