#if MPI
  internal import CMPI
  internal import RookeryCore

  extension MPISession {
    /// Brings a frame from rank 0 to all ranks by a binomial tree: each that has it sends it on, so that of n ranks none sends more than log2 n
    /// times, and no collective call is needed, which would wait for ranks that may be gone.
    ///
    /// - Parameter frame: on rank 0 what is sent; elsewhere nil.
    func spread(_ frame: [UInt8]?, partBytes: Int) throws(MPIError) -> [UInt8] {
      let frame = if let frame { frame } else { try nextFrame(from: Tree.parent(of: rank)) }
      let buffer = FrameBuffer(frame)
      var requests: [rookery_mpi_request] = []
      for child in Tree.children(of: rank, among: size) {
        requests += try startSending(buffer, to: child, lane: 0, partBytes: partBytes)
      }
      try finishSending(&requests, of: buffer)
      return frame
    }
  }
#endif

/// A binomial tree over ranks: above a rank is the one without its lowest bit.
package enum Tree {
  package static func parent(of rank: Int) -> Int { rank & (rank - 1) }

  /// Those with the most ranks behind them first.
  package static func children(of rank: Int, among size: Int) -> [Int] {
    var bits: [Int] = []
    var bit = 1
    while rank & bit == 0, rank + bit < size {
      bits.append(bit)
      bit *= 2
    }
    return bits.reversed().map { rank + $0 }
  }
}
