internal import Glibc

private let stopping = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP]

/// Whoever starts a program may have it ignore signals: a shell does so where it starts one in the background.
func takeDefaultSignals() { for number in stopping { signal(number, SIG_DFL) } }

/// Whether the signals that ask a run to stop do what they do in any program.
var hasDefaultSignals: Bool {
  stopping.allSatisfy { number in
    var action = sigaction()
    return sigaction(number, nil, &action) == 0 && action.__sigaction_handler.sa_handler == nil
  }
}

/// The largest memory, in bytes, of a process that this one or its children have forked and seen end.
var peakOfChildren: Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

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
