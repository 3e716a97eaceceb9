import RookeryMPI
import TestSupport
import Testing

/// Which libraries a program that was compiled for one may meet.
@Suite struct MPILibraryTests {
  private static let openMPI = "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4"
  private static let mpich = "MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n"
  private static let intel = "Intel(R) MPI Library 2021.9 for Linux* OS\n"

  private func library(_ headers: String, _ text: String, _ standards: (Int, Int) = (301, 301)) -> MPILibrary
  {
    MPILibrary(headers: headers, text: text, headersStandard: standards.0, standard: standards.1)
  }

  @Test func sameFamilyFits() {
    for (headers, text) in [
      ("Open MPI 4.1.4", Self.openMPI), ("Open MPI 4.1.6", Self.openMPI), ("MPICH 4.0.2", Self.mpich),
      ("MPICH 3.4", Self.intel), ("MPICH 3.4", "MVAPICH2 Version : 2.3.7"), ("", Self.mpich),
      ("MPICH 4.0", "MPI SX 3"),
    ] {
      #expect(library(headers, text).mismatch == nil, "\(headers), \(text)")
    }
    #expect(library("Open MPI 4.1.4", Self.openMPI, (301, 400)).mismatch == nil)
  }

  @Test func othersAreNamed() throws {
    for (headers, text, names) in [
      ("MPICH 4.0.2", Self.openMPI, ["MPICH 4.0.2", "Open MPI v4.1.4"]),
      ("Open MPI 5.0.3", Self.mpich, ["Open MPI 5.0.3", "MPICH 4.0.2"]),
      ("Open MPI 4.1.4", Self.intel, ["Intel(R) MPI Library 2021.9"]),
    ] {
      let mismatch = try #require(library(headers, text).mismatch)
      for name in names { #expect(mismatch.contains(name), "\(mismatch)") }
    }
    let old = try #require(library("MPICH 4.0.2", Self.mpich, (400, 301)).mismatch)
    #expect(old.contains("MPI 4.0") && old.contains("MPI 3.1"))
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil)) func theOneOfThisBuildFits() throws {
    let library = try #require(MPILibrary.current)
    #expect(library.mismatch == nil && !library.headers.isEmpty && !library.name.isEmpty)
    #expect(library.standard >= 300 && library.headersStandard >= 300)
  }
}
