import Foundation
import TestSupport
import Testing

@Suite struct ReportCommandTests {
  @Test(.timeLimit(.minutes(10)))
  func reportsOfSavedRuns() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try ProgramRun(
      "rookery", ["run", "gauss5", "--method", "dynesty", "--live", "50", "--out", directory, "-q"])
    #expect(run.status == 0)
    let report = try ProgramRun("rookery", ["report", directory, "--truth", "theta0=0"])
    #expect(report.status == 0, "\(report.errors)")
    #expect(report.output == [directory + "/gauss5/report.html"] && report.errors == [])
    let page = try String(contentsOfFile: directory + "/gauss5/report.html", encoding: .utf8)
    #expect(page.contains("true values") && page.contains("theta4"))
    let json = try ProgramRun(
      "rookery", ["report", directory + "/gauss5", "--json", "--out", directory + "/r"])
    #expect(json.output == [#"{"schema":1,"reports":["\#(directory)/r/report.html"]}"#])
    for (arguments, status) in [
      ([directory, "--truth", "theta0"], 64), ([directory, "--truth", "theta9=1"], 65),
      (["/nowhere"], 74), ([directory, "--out", "/proc/no"], 74), ([], 64),
    ] as [([String], Int32)] {
      let bad = try ProgramRun("rookery", ["report"] + arguments)
      #expect(bad.status == status && bad.output == [] && !bad.errors.isEmpty, "\(arguments): \(bad.errors)")
    }
  }
}
