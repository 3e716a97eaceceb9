#if MPI
  internal import CMPI

  /// A failed MPI call, with MPI's own words.
  public struct MPIError: Error, Equatable, CustomStringConvertible {
    public let call: String
    public let code: Int
    public let text: String

    public var description: String { "\(call) failed: \(text)" }
  }

  /// Turns the code that an MPI call returned into an error, unless it is success.
  func check(_ code: Int32, _ call: String) throws(MPIError) {
    if code == rookery_mpi_success() { return }
    var length: Int32 = 0
    let capacity = Int(rookery_mpi_max_error_string())
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity + 1) { buffer in
      buffer.initialize(repeating: 0)
      MPI_Error_string(code, buffer.baseAddress, &length)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    throw MPIError(call: call, code: Int(code), text: text)
  }
#endif
