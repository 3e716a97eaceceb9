#if MPI
  internal import CPosix
  internal import Glibc
  internal import RookeryCore

  /// Where heartbeats of ranks go: rank 0's addresses, with a number by which those of this job are told from others'.
  ///
  /// A rank in a long call cannot send through MPI, of which only the thread that started it may make calls, and to keep that one free for it
  /// would cost every short call the way to another thread. So a thread of its own sends a datagram a second; where networks
  /// let none through, nothing is said of silence.
  struct HeartbeatAddress {
    var number: UInt64
    var port: UInt16
    var hosts: [UInt32]

    init(number: UInt64, port: UInt16, hosts: [UInt32]) {
      self.number = number
      self.port = port
      self.hosts = hosts
    }

    func encode(to writer: inout WireWriter) {
      writer.write(number)
      writer.write(port)
      writer.write(hosts)
    }

    init(from reader: inout WireReader) throws(WireError) {
      number = try reader.read()
      port = try reader.read()
      hosts = try reader.read()
    }
  }

  /// Rank 0's ear for the heartbeats of the others.
  final class HeartbeatListener {
    let address: HeartbeatAddress
    private let socket: Int32

    /// Nil where this machine has no such sockets.
    init?() {
      var port: UInt16 = 0
      let socket = rookery_open_beats(&port)
      guard socket >= 0 else { return nil }
      self.socket = socket
      var hosts = [UInt32](repeating: 0, count: 16)
      let count = rookery_own_addresses(&hosts, Int32(hosts.count))
      address = HeartbeatAddress(
        number: .random(in: 1 ... .max), port: port, hosts: Array(hosts.prefix(Int(max(count, 0)))))
    }

    deinit { Glibc.close(socket) }

    /// The ranks of which something has come since it was asked for last.
    func ranks() -> [Int] {
      var (heard, words): ([Int], [UInt64]) = ([], [0, 0])
      while rookery_receive_beat(socket, &words) != 0 {
        if words[0] == address.number, let rank = Int(exactly: words[1]) { heard.append(rank) }
      }
      return heard
    }
  }

  /// A rank's heart: a thread that does nothing else.
  final class Heartbeat {
    private let end = Mailbox<Void>()
    private let thread: WorkerThread

    private static let seconds = 1.0

    init(of rank: Int, to address: HeartbeatAddress) throws(PoolError) {
      let end = end
      thread = try WorkerThread(serve: { _ in
        var port: UInt16 = 0
        let socket = rookery_open_beats(&port)
        guard socket >= 0 else { return }
        defer { Glibc.close(socket) }
        let words = [address.number, UInt64(rank)]
        repeat {
          for host in address.hosts { rookery_send_beat(socket, host, address.port, words) }
        } while end.take(seconds: Self.seconds) == nil
      }) { _ in }
    }

    func stop() {
      end.put(())
      thread.close(isStuck: false)
    }
  }
#endif
