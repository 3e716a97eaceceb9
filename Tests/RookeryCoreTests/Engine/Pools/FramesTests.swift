import RookeryCore
import Testing

struct FramesTests {
  @Test func ordersSurviveTheWire() throws {
    let orders: [Order] = [
      .context(ContextID(lane: 2, version: 3), bytes: [1, 2]), .release(ContextID(version: -1)),
      .work(count: 2, pieces: [7, 1, 8]), .report,
      .finish, .leave, .begin(Assignment(kind: 3, problem: 1, settings: try Squares.problem())),
      .avoid(point: [1, -0.5]), .trial(sequence: 4, point: [0.5]),
    ]
    for order in orders { #expect(try Order(frame: order.frame).frame == order.frame) }
  }

  /// What a run found is for ranks, and goes to them another way.
  @Test func goodbyesAreOneByte() {
    #expect(Order.finish.frame.count == 1 && Order.leave.frame.count == 1)
  }

  @Test func answersSurviveTheWire() throws {
    let answers: [Answer] = [
      .done(count: 1, receipts: [1, 2, 3]),
      .failed(LikelihoodFailure(reason: "r", point: "p", place: "q")), .confused("why"),
      .used(WorkerUsage(cpuSeconds: 1, peakBytes: 2)), .left,
    ]
    for answer in answers { #expect(try Answer(frame: answer.frame).frame == answer.frame) }
  }

  /// Whatever the bytes are, decoding throws or gives a value; it never traps.
  @Test func hostileFrames() {
    var frames = [
      Order.work(count: 1, pieces: [7, 1, 2, 3]).frame, Order.avoid(point: [1, 2]).frame,
      Answer.done(count: 1, receipts: [4, 1]).frame,
      Answer.failed(LikelihoodFailure(reason: "r", point: "p")).frame,
    ]
    for i in frames.indices {
      for cut in 0..<frames[i].count { frames.append(Array(frames[i][..<cut])) }
      for at in 0..<frames[i].count {
        for byte: UInt8 in [0, 0x7f, 0x80, 0xff] {
          var frame = frames[i]
          frame[at] = byte
          frames.append(frame)
        }
      }
    }
    for frame in frames {
      _ = try? Order(frame: frame)
      _ = try? Answer(frame: frame)
    }
  }
}

struct QueueTests {
  @Test func behavesLikeAnArray() {
    var queue = Queue<Int>()
    var model: [Int] = []
    var state: UInt64 = 1
    for step in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      switch (state >> 33) % 5 {
      case 0, 1:
        queue.append(step)
        model.append(step)
      case 2:
        queue.prepend(step)
        model.insert(step, at: 0)
      default: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count && queue.first == model.first)
    }
    for i in model.indices {
      queue[i] += 1
      #expect(queue[i] == model[i] + 1)
    }
  }
}
