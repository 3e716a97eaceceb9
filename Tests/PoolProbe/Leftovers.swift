internal import Glibc

/// What a run may have left in this process: open descriptors, threads, and children.
struct Leftovers {
  let descriptors = count("/proc/self/fd")
  let threads = count("/proc/self/task")
  let hasChildren = waitpid(-1, nil, WNOHANG) >= 0

  private static func count(_ directory: String) -> Int {
    guard let open = opendir(directory) else { return -1 }
    defer { closedir(open) }
    var entries = 0
    while readdir(open) != nil { entries += 1 }
    return entries
  }

  var description: String { "\(descriptors),\(threads),\(hasChildren ? "children" : "alone")" }
}
