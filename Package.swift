// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let mpi: TargetDependencyCondition? = .when(traits: ["MPI"])

let package = Package(
  name: "rookery",
  products: [
    .library(name: "Rookery", targets: ["Rookery"]),
    .executable(name: "rookery", targets: ["RookeryCommand"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Run under mpirun or srun; needs an MPI library."),
    .default(enabledTraits: ["MPI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "CMPI", path: "Modules/CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev", "openmpi-bin"]), .brew(["open-mpi"])]),
    .systemLibrary(
      name: "COpenBLAS", path: "Modules/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CPosix", path: "Modules/CPosix"),

    .target(
      name: "RookeryCore",
      dependencies: ["COpenBLAS", "CPosix"],
      swiftSettings: settings),
    .target(
      name: "RookeryMPI",
      dependencies: ["RookeryCore", "CPosix", .target(name: "CMPI", condition: mpi)],
      swiftSettings: settings),
    .target(
      name: "Rookery",
      dependencies: [
        "RookeryCore", "RookeryMPI", "CPosix",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(name: "ReferenceProblems", dependencies: ["RookeryCore"], swiftSettings: settings),
    .executableTarget(
      name: "RookeryCommand",
      dependencies: [
        "Rookery", "ReferenceProblems",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Pools fork, crash and run under mpirun: their tests drive a program rather than do that to the test
    // runner.
    .executableTarget(
      name: "PoolProbe", dependencies: ["Rookery", "CaseProblems", .target(name: "CMPI", condition: mpi)],
      path: "Tests/PoolProbe", swiftSettings: settings),
    .executableTarget(
      name: "LaunchProbe", dependencies: ["Rookery"], path: "Tests/LaunchProbe", swiftSettings: settings),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    // Situations from users' reports with what is known of them, and a program that runs one by name.
    .target(
      name: "CaseProblems", dependencies: ["RookeryCore"], path: "Tests/CaseProblems", swiftSettings: settings
    ),
    // What CONTRIBUTING shows: a sampler, a likelihood and an output format, each in one short file.
    .target(name: "Examples", dependencies: ["RookeryCore"], path: "Tests/Examples", swiftSettings: settings),
    .executableTarget(
      name: "CaseProbe", dependencies: ["Rookery", "CaseProblems", "ReferenceProblems"],
      path: "Tests/CaseProbe",
      swiftSettings: settings),
    // Programs as users write them, with arguments of their own.
    .executableTarget(
      name: "ProgramProbe",
      dependencies: [
        "Rookery", "Examples", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/ProgramProbe", swiftSettings: settings),
    // Shared with the benchmarks, which are a package of their own.
    .target(name: "AllocationCounter", path: "Tests/Benchmarks/Sources/AllocationCounter"),
    .target(name: "FileCalls", path: "Tests/FileCalls"),
    .testTarget(
      name: "PoolTests",
      dependencies: ["PoolProbe", "LaunchProbe", "CaseProbe", "RookeryCommand", "RookeryMPI", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Rookery", "RookeryCommand", "LaunchProbe", "ProgramProbe", "CaseProbe", "minimal", "exoplanet",
        "schools", "Examples", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "StatisticsTests",
      dependencies: [
        "RookeryCommand", "RookeryCore", "ReferenceProblems", "CaseProblems", "CaseProbe", "TestSupport",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "minimal", dependencies: ["Rookery"], path: "mpi-examples/minimal", swiftSettings: settings),
    .executableTarget(
      name: "exoplanet", dependencies: ["Rookery"], path: "mpi-examples/exoplanet",
      resources: [.embedInCode("hd164922.csv")], swiftSettings: settings),
    .executableTarget(
      name: "schools", dependencies: ["Rookery"], path: "mpi-examples/schools", swiftSettings: settings),

    .testTarget(
      name: "RookeryCoreTests",
      dependencies: [
        "RookeryCore", "ReferenceProblems", "CaseProblems", "AllocationCounter", "FileCalls", "TestSupport",
      ],
      resources: [.copy("Output/Fixtures")],
      swiftSettings: settings),
    .testTarget(
      name: "ReferenceProblemsTests", dependencies: ["RookeryCore", "ReferenceProblems"],
      resources: [.copy("Resources")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
