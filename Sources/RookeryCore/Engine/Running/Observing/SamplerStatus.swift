/// How far a sampler has come.
public struct SamplerStatus: Sendable {
  /// What it is doing, in one word or two.
  public package(set) var phase = ""
  public package(set) var logZ = -Double.infinity
  public package(set) var logZError = Double.nan
  /// ln(1 + Z left / Z so far), an estimate; nan where there is none.
  public package(set) var remaining = Double.nan
  public package(set) var effectiveSampleSize = 0.0
  /// What these are to reach; nil where nothing is asked of them.
  public package(set) var targetError: Double?
  public package(set) var targetRemaining: Double?
  public package(set) var targetEffectiveSize: Double?
  /// The fraction of the evidence that live points hold, and what it is to fall to, where a run goes by that.
  public package(set) var liveShare: Double?
  public package(set) var targetLiveShare: Double?
  /// Which fraction of the work to the end is done, 0 to 1, a guess; nan where none can be made.
  public package(set) var progress = Double.nan
  /// Whether it goes by what is usual, and not by what this run has shown.
  public package(set) var progressIsGuess = false
  package init() {}
}
