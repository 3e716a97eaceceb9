internal import RookeryCore
internal import RookeryMPI

/// What `--version` prints: this package, and the libraries it works with here.
package var versionInWords: String {
  """
  rookery \(rookeryVersion)
  MPI: \(mpiLibraryVersion ?? "built without")
  BLAS: \(LinearAlgebra.description)
  """
}
