import Glibc

/// What the system says of a process of this machine.
enum ProcessState {
  /// Whether a process has been stopped. One that waits for a disk is at its work.
  static func isStopped(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 512)
    let count = fread(&text, 1, text.count - 1, file)
    // The letter follows the name of the program, which may hold anything, in brackets.
    guard let end = text[..<count].lastIndex(of: CChar(UInt8(ascii: ")"))), end + 2 < count else {
      return false
    }
    return "Tt".utf8.contains(UInt8(bitPattern: text[end + 2]))
  }
}
