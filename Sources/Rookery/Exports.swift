@_exported public import RookeryCore
@_exported public import RookeryMPI
