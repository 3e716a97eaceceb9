import Synchronization

/// A setting, as the words of this package name it.
///
/// What a reader types for it depends on where the words are read: a flag in a shell, a keyword in Python. So words hold this value
/// instead of a spelling, and the program says once how it is spelled.
public struct SettingName: Sendable, Hashable, CustomStringConvertible {
  /// What the setting is called everywhere: `target_ess`.
  public let key: String
  /// The value that is named or advised; nil for the setting alone.
  public let value: String?

  package init(_ key: String, _ value: String? = nil) {
    self.key = key
    self.value = value
  }

  package func set(to value: some CustomStringConvertible) -> SettingName { .init(key, "\(value)") }

  /// As the readers of this program know it.
  public var description: String {
    let spelled = Self.spelling.withLock { $0 }
    return spelled(self)
  }

  private static let spelling = Mutex<@Sendable (SettingName) -> String>({ name in
    name.value.map { "\(name.key) \($0)" } ?? name.key
  })

  /// Says how names are spelled in this program from now on. Without it they are their keys.
  package static func spell(_ spelled: @escaping @Sendable (SettingName) -> String) {
    spelling.withLock { $0 = spelled }
  }
}

/// Those that words of the core name. A test sees to it that each can be typed.
extension SettingName {
  package static let batch = SettingName("batch")
  package static let bootstrap = SettingName("bootstrap")
  package static let bound = SettingName("bound")
  package static let deletions = SettingName("deletions")
  package static let dlogz = SettingName("dlogz")
  package static let dynamic = SettingName("dynamic")
  package static let enlarge = SettingName("enlarge")
  package static let explorer = SettingName("explorer")
  package static let live = SettingName("live")
  package static let maxCalls = SettingName("max_calls")
  package static let method = SettingName("method")
  package static let networks = SettingName("networks")
  package static let out = SettingName("out")
  package static let overwrite = SettingName("overwrite")
  package static let pool = SettingName("pool")
  package static let posteriorShare = SettingName("posterior_share")
  package static let resume = SettingName("resume")
  package static let slices = SettingName("slices")
  package static let targetError = SettingName("target_error")
  package static let targetESS = SettingName("target_ess")
  package static let walks = SettingName("walks")
  package static let window = SettingName("window")

  package static let all = [
    batch, bootstrap, bound, deletions, dlogz, dynamic, enlarge, explorer, live, maxCalls, method, networks,
    out,
    overwrite, pool, posteriorShare, resume, slices, targetError, targetESS, walks, window,
  ]
}
