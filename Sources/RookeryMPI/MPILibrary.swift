internal import RookeryCore

#if MPI
  internal import CMPI
#endif

/// An MPI library that a program meets, beside the headers that it was compiled with.
///
/// Handles are pointers in Open MPI and integers in MPICH and its kin: with the headers of one, the other crashes at the first call
/// that takes one.
package struct MPILibrary: Equatable, Sendable {
  /// What the headers call their library: "MPICH 4.0.2"; empty where they do not say.
  package var headers: String
  /// What the library says of itself.
  package var text: String
  /// The versions of the MPI standard, a hundred times the major plus the minor one.
  package var headersStandard: Int
  package var standard: Int

  package init(headers: String, text: String, headersStandard: Int, standard: Int) {
    (self.headers, self.text) = (headers, text)
    (self.headersStandard, self.standard) = (headersStandard, standard)
  }

  /// Its name and version: the first part of what it says; what follows tells who built it, when and where.
  package var name: String {
    let first = text.split(whereSeparator: { $0 == "," || $0.isNewline }).first ?? "unknown"
    return first.split(whereSeparator: \.isWhitespace).filter { $0 != "Version:" }.joined(separator: " ")
  }

  /// Why a program with these headers cannot work with this library; nil where it can.
  package var mismatch: String? {
    let (built, met) = (Family(headers), Family(text))
    if let built, let met, built != met {
      return
        "this program was compiled with the headers of \(headers) and has met the library \(name), whose types are others: "
        + "build it for one of them (MPI=mpich or Modules/CMPI/use, see the README), or load the module of the library that it "
        + "was built for"
    }
    if standard < headersStandard {
      return
        "this program was compiled with headers of MPI \(Self.words(headersStandard)) (\(headers)) and has met the library "
        + "\(name), which knows MPI \(Self.words(standard)) only: load the module of the library that it was built for, or "
        + "build it again"
    }
    return nil
  }

  private static func words(_ standard: Int) -> String { "\(standard / 100).\(standard % 100)" }

  /// Libraries that programs can change between without being compiled again.
  private enum Family {
    case openMPI, mpich

    init?(_ text: String) {
      if ["Open MPI", "Spectrum MPI"].contains(where: { text.contains($0) }) {
        self = .openMPI
      } else if ["MPICH", "Intel(R) MPI", "MVAPICH"].contains(where: { text.contains($0) }) {
        self = .mpich
      } else {
        return nil
      }
    }
  }

  /// The one of this program; nil where it was built without one. May be asked before MPI is up, and whatever library it is.
  package static let current: MPILibrary? = {
    #if MPI
      var (length, version, subversion): (Int32, Int32, Int32) = (0, 0, 0)
      // The library writes as much as it has to say, which with other headers may be more than they allow for.
      let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
        buffer.initialize(repeating: 0)
        MPI_Get_library_version(buffer.baseAddress, &length)
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
      MPI_Get_version(&version, &subversion)
      return MPILibrary(
        headers: String(cString: rookery_mpi_headers()), text: text,
        headersStandard: Int(rookery_mpi_headers_standard()), standard: Int(100 * version + subversion))
    #else
      return nil
    #endif
  }()
}

/// The MPI library of this program, with its version; nil where it was built without one.
package var mpiLibraryVersion: String? { MPILibrary.current?.name }
