/// How a run ended, in a form that goes from the driver to the ranks that served it.
struct RunOutcome<Value: Wire> {
  let result: Result<Value, any Error>

  init(_ result: Result<Value, any Error>) { self.result = result }

  /// The error as every rank is to throw it: of a kind that goes through bytes, which those of a transport's own do not.
  static func told(_ error: any Error) -> any Error {
    switch error {
    case is LikelihoodFailure, is InputError, is OutputError, is PoolError: error
    default: PoolError("\(error)")
    }
  }

  var message: [UInt8] {
    var writer = WireWriter()
    switch result {
    case .success(let value):
      writer.write(UInt8(0))
      writer.write(value)
    case .failure(let failure as LikelihoodFailure):
      writer.write(UInt8(1))
      writer.write(failure)
    case .failure(let error as InputError):
      writer.write(UInt8(2))
      writer.write(error.description)
    case .failure(let error as OutputError):
      writer.write(UInt8(4))
      writer.write(error.description)
    case .failure(let error):
      writer.write(UInt8(3))
      writer.write("\(error)")
    }
    return writer.bytes
  }

  init(message: [UInt8]) throws(WireError) {
    var reader = WireReader(message)
    switch try reader.read(UInt8.self) {
    case 0: result = .success(try reader.read())
    case 1: result = .failure(try reader.read(LikelihoodFailure.self))
    case 2: result = .failure(InputError(try reader.read()))
    case 3: result = .failure(PoolError(try reader.read()))
    case 4: result = .failure(OutputError(try reader.read()))
    case let kind: throw WireError("outcome of unknown kind \(kind)")
    }
  }
}
