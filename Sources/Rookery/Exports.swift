// A program's own arguments are declared with the property wrappers of ArgumentParser.
@_exported public import ArgumentParser
@_exported public import RookeryCore
@_exported public import RookeryMPI
