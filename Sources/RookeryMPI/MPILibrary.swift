#if MPI
  internal import CMPI
#endif

/// The MPI library of this program, with its version; nil where it was built without one. May be asked before MPI is up.
package var mpiLibraryVersion: String? {
  #if MPI
    var length: Int32 = 0
    let capacity = Int(rookery_mpi_max_library_version_string())
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity + 1) { buffer in
      buffer.initialize(repeating: 0)
      MPI_Get_library_version(buffer.baseAddress, &length)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    // The first part names it; what follows tells who built it, when and where.
    return text.split(whereSeparator: { $0 == "," || $0 == "\n" }).first.map(String.init) ?? "unknown"
  #else
    return nil
  #endif
}
