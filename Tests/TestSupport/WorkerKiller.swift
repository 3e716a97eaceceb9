import Foundation

/// Kills local workers of a program at random moments, and takes the time until each is replaced.
public final class WorkerKiller {
  /// Seconds from each kill until there were as many workers again.
  public private(set) var recoveries: [Double] = []
  private var random: SplitMix

  public init(seed: UInt64) { random = SplitMix(state: seed) }

  public var median: Double? {
    recoveries.isEmpty ? nil : recoveries.sorted()[recoveries.count / 2]
  }

  /// - Parameters:
  ///   - driver: the process whose pool it is.
  ///   - pause: the longest time between two kills, in seconds.
  public func kill(_ count: Int, of driver: Int32, workers: Int, pause: Double) {
    let deadline = Date().addingTimeInterval(120)
    while recoveries.count < count, Date() < deadline {
      let now = Self.workers(of: driver)
      guard now.count == workers else {
        if recoveries.isEmpty { usleep(1000) } else if Self.children(of: driver).isEmpty { return }
        continue
      }
      usleep(UInt32(1e6 * pause * random.uniform()))
      let victim = now[Int(random.uniform() * Double(now.count))]
      let start = DispatchTime.now()
      guard Foundation.kill(victim, SIGKILL) == 0 else { continue }
      while Date() < deadline {
        let after = Self.workers(of: driver)
        if after.count == workers && !after.contains(victim) { break }
        if Self.children(of: driver).isEmpty { return }
        usleep(50)
      }
      recoveries.append(Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9)
    }
  }

  /// Kills the process that forks the workers, so many times, each time once there are workers again.
  public static func killZygote(_ count: Int, of driver: Int32, workers: Int) {
    var victims: Set<pid_t> = []
    let deadline = Date().addingTimeInterval(30)
    while victims.count < count, Date() < deadline {
      usleep(100_000)
      guard let zygote = children(of: driver).first, !victims.contains(zygote),
        children(of: zygote).count == workers, Foundation.kill(zygote, SIGKILL) == 0
      else { continue }
      victims.insert(zygote)
    }
  }

  /// The driver's only child forks the workers.
  public static func workers(of driver: Int32) -> [Int32] { children(of: driver).first.map(children) ?? [] }

  /// The process of a rank that mpirun has started.
  public static func rank(_ number: Int, of mpirun: Int32) -> Int32? {
    children(of: mpirun).first { process in
      let text = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
      return text.split(separator: 0).contains(Data("OMPI_COMM_WORLD_RANK=\(number)".utf8))
    }
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let text = FileManager.default.contents(atPath: "/proc/\(process)/task/\(process)/children") ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
  }
}
