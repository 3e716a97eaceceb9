import Glibc

/// What one worker's process used in all.
package struct WorkerUsage: Sendable {
  package var cpuSeconds = 0.0
  package var peakBytes = 0

  package init(cpuSeconds: Double = 0, peakBytes: Int = 0) {
    self.cpuSeconds = cpuSeconds
    self.peakBytes = peakBytes
  }
}

extension WorkerUsage {
  /// CPU time and peak memory of this process so far.
  package static var ofThisProcess: WorkerUsage {
    WorkerUsage(cpuSeconds: processSeconds(), peakBytes: peakBytes)
  }

  /// The largest memory of this process so far. What `getrusage` tells begins with that of the process that started this one, which
  /// may be a large interpreter; the status file of Linux does not.
  private static var peakBytes: Int {
    if let bytes = peakBytesByStatusFile { return bytes }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  private static var peakBytesByStatusFile: Int? {
    let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // It comes at once, and is a page at most.
    let text = [UInt8](unsafeUninitializedCapacity: 1 << 14) {
      $1 = max(read(file, $0.baseAddress, $0.count), 0)
    }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    // "VmHWM:    12345 kB"
    let words = lines.first { $0.hasPrefix("VmHWM:") }?.split { $0 == " " || $0 == "\t" }
    guard let words, words.count > 1 else { return nil }
    return Int(words[1]).map { $0 * 1024 }
  }
}
