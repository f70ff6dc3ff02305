// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "replaylab",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "EventModel", targets: ["EventModel"]),
        .library(name: "Simulation", targets: ["Simulation"]),
        .library(name: "Ledger", targets: ["Ledger"]),
        .library(name: "Scenario", targets: ["Scenario"]),
        .library(name: "Projections", targets: ["Projections"]),
        .library(name: "Lab", targets: ["Lab"]),
        .library(name: "LabCommands", targets: ["LabCommands"]),
        .executable(name: "replaylab", targets: ["replaylab"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // SHA-256 (libcrypto) and gzip (zlib) of the system, behind a header of our own.
        .target(
            name: "CDigest",
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("z")]
        ),
        .target(name: "EventModel", dependencies: ["CDigest"]),
        .target(name: "Simulation", dependencies: ["EventModel"]),
        .target(
            name: "Ledger",
            dependencies: [
                "EventModel",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Scenario",
            dependencies: [
                "CDigest", "EventModel", "Simulation", .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "Projections",
            dependencies: [
                "EventModel", "Ledger",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Lab",
            dependencies: ["EventModel", "Simulation", "Ledger", "Scenario", "Projections"]
        ),
        .target(
            name: "LabCommands",
            dependencies: [
                "Lab", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "replaylab", dependencies: ["LabCommands"]),
        // What SQLite itself costs, in C: the benchmark's peer.
        .executableTarget(
            name: "rawloop", path: "Benchmarks/rawloop",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "ledger-bench",
            dependencies: [
                "EventModel", "Ledger", "Projections",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/LedgerBench"
        ),
        .testTarget(name: "EventModelTests", dependencies: ["EventModel"]),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "EventModel", "Ledger",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"]),
        .testTarget(name: "ScenarioTests", dependencies: ["Scenario", "EventModel"]),
        // A second, plain way to the projections' tables, which two test bundles compare with.
        .target(
            name: "Reference", dependencies: ["EventModel", "Simulation", "Ledger"],
            path: "Tests/Reference"
        ),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Projections", "Lab", "Reference",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "LabTests",
            dependencies: ["EventModel", "Simulation", "Ledger", "Projections", "Lab"]
        ),
        // Runs the built command line; it lies beside the test bundle.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "replaylab", "EventModel", "Simulation", "Ledger", "Lab", "Reference",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Warnings are errors in our own code; SwiftPM ignores this where the package is a dependency.
for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
