import Foundation
import TestSupport
import Testing

/// What the pools of this machine are like, as the command tells it.
@Suite(.serialized) struct DoctorTests {
  @Test(.timeLimit(.minutes(10)), arguments: ProgramRun.mpirun == nil ? [nil] : [nil, 2])
  func doctor(_ ranks: Int?) throws {
    let run = try ProgramRun("rookery", ["doctor"], ranks: ranks)
    #expect(run.status == 0, "\(run.errors)")
    for line in ["launcher", "MPI library", "BLAS", "host", "likelihood"] {
      #expect(run.output.count { $0.hasPrefix(line) } == 1, "\(line)")
    }
    #expect(run.output.contains { $0.contains("calls/s") })
    #expect(run.output.contains { $0.hasPrefix("pool \(ranks == nil ? "processes" : "mpi")") })
  }

  @Test(.timeLimit(.minutes(10)))
  func benchPool() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try ProgramRun(
      "rookery", ["bench", "pool", "--pools", "processes:2", "--seconds", "0.02", "--out", directory])
    #expect(run.status == 0, "\(run.errors)")
    // Beside other work it may be that no such fraction can be told.
    #expect(
      run.output.contains { $0.contains("serial fraction (Amdahl") || $0.contains("the machine was busy") })
    let table = try String(contentsOfFile: directory + "/pool.txt", encoding: .utf8)
    #expect(table.contains("cost of dispatch") && table.contains("busy, by cost"))
    for picture in ["busy.svg", "scaling.svg"] {
      #expect(try String(contentsOfFile: directory + "/" + picture, encoding: .utf8).contains("</svg>"))
    }
  }
}
