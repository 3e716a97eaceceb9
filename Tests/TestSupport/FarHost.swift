import Foundation

/// A network of its own on this machine, which ranks take for another host, and whose cable can be cut.
public final class FarHost {
  private static let near = "10.77.31.1"
  private static let far = "10.77.31.2"
  private static let slash = "10.77.31.0/24"
  private let name = "rookery-\(getpid())"
  private let cable = "rk\(getpid() % 100_000)"
  private let directory = NSTemporaryDirectory() + "rookery-far-\(getpid())"
  private var agent: String { directory + "/agent" }

  /// Nil where such networks cannot be made: it takes the rights of root, and the `ip` command.
  public init?() {
    guard
      Self.run("ip netns add \(name)"),
      Self.run("ip link add \(cable)a type veth peer name \(cable)b netns \(name)"),
      Self.run("ip addr add \(Self.near)/24 dev \(cable)a && ip link set \(cable)a up"),
      inside("ip addr add \(Self.far)/24 dev \(cable)b && ip link set \(cable)b up && ip link set lo up"),
      (try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)) != nil,
      // It takes the place of ssh: the first argument is the host.
      FileManager.default.createFile(
        atPath: agent,
        contents: Data(
          "#!/bin/sh\nshift\nexec ip netns exec \(name) unshare --uts sh -c \"hostname far; $*\"\n".utf8)),
      Self.run("chmod +x \(agent)")
    else {
      remove()
      return nil
    }
  }

  deinit { remove() }

  /// The command that starts two ranks here and one there.
  public var launcher: [String] {
    (ProgramRun.mpirun.map { [$0] } ?? []) + [
      "--allow-run-as-root", "--mca", "plm_rsh_agent", agent, "--mca", "btl", "tcp,self",
      "--mca", "btl_tcp_if_include", Self.slash, "--mca", "oob_tcp_if_include", Self.slash,
      "-H", "\(Self.near):2,\(Self.far):1", "-n", "3",
    ]
  }

  public func cutTheCable() { _ = Self.run("ip link set \(cable)a down") }

  private func remove() {
    _ = Self.run("ip netns pids \(name) | xargs -r kill -9")
    _ = Self.run("ip netns del \(name)")
    try? FileManager.default.removeItem(atPath: directory)
  }

  private func inside(_ commands: String) -> Bool { Self.run("ip netns exec \(name) sh -c '\(commands)'") }

  private static func run(_ command: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
