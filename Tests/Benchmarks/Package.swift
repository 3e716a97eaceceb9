// swift-tools-version: 6.2
import PackageDescription

// Times and allocations of the kernels. A package of its own, so that nobody who builds Rookery needs its
// harness. The kernels are internal: build with `-enable-testing`, as `make bench-kernels` does.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "rookery", path: "../.."),
    // Its own counts of allocations need libraries that not every machine has; BenchmarkAllocations counts instead.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "BenchmarkAllocations", path: "Sources/AllocationCounter"),
    .executableTarget(
      name: "Kernels",
      dependencies: [
        "BenchmarkAllocations",
        .product(name: "Rookery", package: "rookery"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Kernels",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
