import RookeryCore
import Testing

struct SilenceClockTests {
  @Test func countsFromTheLastSign() {
    var clock = SilenceClock(count: 2)
    clock.advance(to: 100)
    clock.hear(0)
    for second in 1...30 {
      clock.advance(to: 100 + Double(second))
      if second == 20 { clock.hear(0) }
    }
    #expect(clock[0] == 10)
    // Of who has never been heard nothing can be told.
    #expect(clock[1] == nil && !clock.heard(1))
  }

  /// Where this process slept itself nobody was silent.
  @Test func sleepOfTheListenerIsNoSilence() {
    var clock = SilenceClock(count: 1)
    clock.advance(to: 100)
    clock.hear(0)
    clock.advance(to: 10_000)
    #expect(clock[0] ?? 0 < 3)
  }
}
