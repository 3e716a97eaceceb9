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
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
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
      dependencies: [
        "COpenBLAS", "CPosix",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .target(
      name: "RookeryMPI",
      dependencies: ["RookeryCore", .target(name: "CMPI", condition: mpi)],
      swiftSettings: settings),
    .target(
      name: "Rookery",
      dependencies: [
        "RookeryCore", "RookeryMPI",
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

    .testTarget(
      name: "RookeryCoreTests", dependencies: ["RookeryCore", "ReferenceProblems"],
      swiftSettings: settings),
    .testTarget(
      name: "ReferenceProblemsTests", dependencies: ["RookeryCore", "ReferenceProblems"],
      resources: [.copy("Resources")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
