import Foundation
import Testing

@testable import RookeryCore

@Suite struct MailboxTests {
  @Test func lettersComeInTheirOrder() {
    let box = Mailbox<Int>()
    for i in 0..<100 { box.put(i) }
    for i in 0..<100 { #expect(i % 2 == 0 ? box.take() == i : box.take(seconds: 0) == i) }
    #expect(box.take(seconds: 0) == nil)
  }

  @Test(.timeLimit(.minutes(10))) func waitingEndsWithALetterOrWithTheTime() {
    let box = Mailbox<Int>()
    let start = wallSeconds()
    #expect(box.take(seconds: 0.05) == nil)
    #expect(wallSeconds() - start >= 0.05)
    for wait in [nil, 60.0] {
      let writer = Thread {
        usleep(20_000)
        box.put(7)
      }
      writer.start()
      let letter = wait.map { box.take(seconds: $0) } ?? box.take()
      #expect(letter == 7)
    }
  }

  @Test(.timeLimit(.minutes(10))) func nothingIsLostBetweenThreads() {
    let box = Mailbox<Int>()
    for part in 0..<4 {
      Thread { for i in 0..<5000 { box.put(4 * i + part) } }.start()
    }
    var last = [Int](repeating: -1, count: 4)
    for _ in 0..<20_000 {
      let letter = box.take()
      // Of each writer in the order in which it wrote.
      #expect(letter > last[letter % 4])
      last[letter % 4] = letter
    }
    #expect(box.take(seconds: 0) == nil)
  }
}

@Suite struct PieceCostsTests {
  /// The mean of the first fifty; from then on later ones count a fiftieth each.
  @Test func meansAreOfEachKind() throws {
    var costs = PieceCosts()
    #expect(costs[0] == nil && costs[1] == nil)
    costs.add(1, kind: 1)
    costs.add(3, kind: 1)
    #expect(costs[0] == nil && costs[1] == 2)
    for _ in 0..<98 { costs.add(2, kind: 1) }
    costs.add(52, kind: 1)
    #expect(abs(try #require(costs[1]) - 3) < 1e-9)
    costs.add(-1, kind: 0)
    #expect(costs[0] == 1e-9)
  }

  @Test func costsAddUpAndComeBack() throws {
    var (a, b) = (PieceCost(), PieceCost())
    (a.calls, a.refused, a.likelihoodSeconds, a.busySeconds) = (1, 2, 3, 4)
    (b.calls, b.refused, b.likelihoodSeconds, b.busySeconds) = (10, 20, 30, 40)
    a += b
    #expect(a.calls == 11 && a.refused == 22 && a.likelihoodSeconds == 33 && a.busySeconds == 44)
    try expectSurvival(of: a)
  }
}
