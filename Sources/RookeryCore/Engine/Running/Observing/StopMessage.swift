/// What is said where a run stops before its end: whether its state is there, and how to go on.
package struct StopMessage {
  let ending: Ending
  let problem: String
  let directory: String?
  /// The command that goes on, where a command line is at the bottom of it.
  let command: String?

  package init(ending: Ending, problem: String, directory: String?, command: String?) {
    (self.ending, self.problem, self.directory, self.command) = (ending, problem, directory, command)
  }

  init(_ end: RunEnd) {
    self.init(ending: end.ending, problem: end.problem, directory: end.directory, command: end.command)
  }

  /// Nil where there is nothing to go on with, or the run has come to its end.
  package var text: String? {
    let (reason, advice): (String, String)
    switch ending {
    case .converged, .stuck: return nil
    case .interrupted: (reason, advice) = ("interrupted", "go on with")
    case .callLimit:
      (reason, advice) =
        ("stopped at the limit on calls", "raise \(SettingName.maxCalls) and go on with")
    case .timeLimit: (reason, advice) = ("stopped at the limit on time", "go on with")
    }
    let start = "rookery: \(printable(problem)) \(reason)"
    guard let directory else {
      return ending == .interrupted
        ? "\(start); nothing is saved, as no directory was given (\(SettingName.out))" : nil
    }
    let saved = "\(start); its state is saved in \(printable(directory))"
    guard let command else { return "\(saved), to go on with (CheckpointSettings.policy .resume)" }
    return "\(saved); \(advice):\n  \(command)"
  }
}
