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
        .library(name: "Invariants", targets: ["Invariants"]),
        .library(name: "EventPatterns", targets: ["EventPatterns"]),
        .library(name: "EventBus", targets: ["EventBus"]),
        .library(name: "MQTTBroker", targets: ["MQTTBroker"]),
        .library(name: "MQTTServer", targets: ["MQTTServer"]),
        .library(name: "CatFeeder", targets: ["CatFeeder"]),
        .library(name: "Lab", targets: ["Lab"]),
        .library(name: "LabCommands", targets: ["LabCommands"]),
        .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
        .library(name: "PropertyChecks", targets: ["PropertyChecks"]),
        .library(name: "PropertyTimes", targets: ["PropertyTimes"]),
        .executable(name: "replaylab", targets: ["replaylab"]),
    ],
    traits: [
        // BoringSSL costs two minutes of building: `make test` has it, the demo leaves it out.
        .trait(name: "TLS", description: "The broker speaks TLS, with client certificates.")
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // SHA-256 (libcrypto) and gzip (zlib) of the system, and sums over records, behind a header of our
        // own.
        .target(
            name: "CDigest",
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("z")]
        ),
        .target(name: "EventModel", dependencies: ["CDigest"]),
        .target(name: "Simulation", dependencies: ["EventModel"]),
        .target(
            name: "Ledger",
            dependencies: [
                "CDigest", "EventModel",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // Values with line and column, for what users write: scenarios and topologies.
        .target(
            name: "YAMLFile",
            dependencies: ["EventModel", .product(name: "Yams", package: "Yams")]
        ),
        .target(
            name: "Scenario", dependencies: ["CDigest", "EventModel", "Simulation", "YAMLFile"]
        ),
        .target(
            name: "Projections",
            dependencies: [
                "EventModel", "Ledger",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // What must hold at every point of a history, and the few events that break it.
        .target(name: "Invariants", dependencies: ["EventModel", "Ledger", "Projections"]),
        // From the press to the bowl.
        .target(name: "EventPatterns", dependencies: ["EventModel"]),
        .target(name: "Topology", dependencies: ["EventModel", "YAMLFile"]),
        .target(name: "EventBus", dependencies: ["EventModel", "Simulation", "EventPatterns"]),
        .target(name: "MQTTBroker", dependencies: ["EventModel"]),
        .target(
            name: "MQTTServer",
            dependencies: [
                "EventModel", "MQTTBroker",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(
                    name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
            ]
        ),
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .target(name: "MosquittoClient", dependencies: ["CMosquitto", "MQTTBroker"]),
        .target(
            name: "CatFeeder",
            dependencies: [
                "EventModel", "Simulation", "EventBus", "MQTTBroker", "MosquittoClient",
            ]
        ),
        // What a replay must send, from ledger and topology alone: it must not see the path itself.
        .target(
            name: "Expectations",
            dependencies: ["EventModel", "Ledger", "EventPatterns", "Topology"]),
        .target(
            name: "Lab",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Scenario", "Projections", "EventPatterns",
                "Topology", "EventBus", "MQTTBroker", "MQTTServer", "MosquittoClient", "CatFeeder",
                "Expectations", "Invariants",
                // The laws watch what SQLite writes.
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "LabCommands",
            dependencies: [
                "Lab", "Invariants", "EventPatterns", "Topology", "CatFeeder", "MosquittoClient",
                "Expectations",
                "MQTTBroker", "MQTTServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "replaylab", dependencies: ["LabCommands"]),
        // Properties of values that are drawn and made simple: the engine, on nothing, and its use in tests.
        .target(name: "PropertyTesting"),
        .target(name: "PropertyChecks", dependencies: ["PropertyTesting"]),
        // Times in zones, around the changes of clocks.
        .target(name: "PropertyTimes", dependencies: ["EventModel", "PropertyTesting"]),
        // The Shrinking Challenge, beside Hypothesis.
        .executableTarget(
            name: "shrinking", dependencies: ["PropertyTesting"], path: "Benchmarks/Shrinking",
            exclude: ["hypothesis_problems.py", "report.py"]
        ),
        // Variants of the library's parts with one thing wrong each, and what must catch them.
        .target(
            name: "Mutants",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Scenario", "Projections", "EventPatterns",
                "Topology", "EventBus", "MQTTBroker", "CatFeeder", "Lab", "PropertyTesting",
                "Reference",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Mutants"
        ),
        .executableTarget(name: "mutants", dependencies: ["Mutants"], path: "Benchmarks/Mutants"),
        .testTarget(
            name: "MutantsTests", dependencies: ["Mutants", "PropertyTesting", "PropertyChecks"]),
        // What SQLite itself costs, in C: the benchmark's peer.
        .executableTarget(
            name: "rawloop", path: "Benchmarks/rawloop",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "ledger-bench",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Projections", "Invariants", "Lab",
                "InvariantDoubles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/LedgerBench"
        ),
        // What the hot loops allocate, over N events and over 2N.
        .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
        .executableTarget(
            name: "allocations",
            dependencies: [
                "AllocationCount", "EventModel", "Ledger", "Scenario", "Projections",
                "EventPatterns", "Topology", "MQTTBroker", "Expectations", "Lab",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Allocations"
        ),
        // A history over real sockets, beside Debian's mosquitto.
        .executableTarget(
            name: "wire-bench",
            dependencies: [
                "EventModel", "Ledger", "Topology", "CatFeeder", "Expectations", "MQTTServer",
                "MosquittoClient", "Lab",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/WireBench"
        ),
        .testTarget(name: "EventPatternsTests", dependencies: ["EventModel", "EventPatterns"]),
        .testTarget(
            name: "EventBusTests",
            dependencies: [
                "EventModel", "Simulation", "EventPatterns", "EventBus", "PropertyTesting",
                "PropertyChecks",
            ]
        ),
        .testTarget(name: "TopologyTests", dependencies: ["EventModel", "Topology"]),
        .testTarget(
            name: "MQTTBrokerTests",
            dependencies: ["EventModel", "MQTTBroker", "PropertyTesting", "PropertyChecks"]),
        .testTarget(
            name: "MosquittoClientTests",
            dependencies: ["EventModel", "MQTTBroker", "MosquittoClient"]),
        .testTarget(
            name: "MQTTServerTests",
            dependencies: [
                "EventModel", "MQTTBroker", "MQTTServer", "replaylab",
            ],
            // Programs in Python that the tests run.
            exclude: ["clients", "conformance"]
        ),
        .testTarget(
            name: "CatFeederTests",
            dependencies: [
                "EventModel", "Simulation", "EventPatterns", "EventBus", "MQTTBroker", "CatFeeder",
            ]
        ),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Scenario", "Projections", "EventPatterns",
                "Topology", "EventBus", "MQTTBroker", "MQTTServer", "CatFeeder", "Expectations",
                "Lab", "MosquittoClient", "BrokerDoubles",
            ]
        ),
        .testTarget(
            name: "PropertyTestingTests",
            dependencies: ["PropertyTesting", "PropertyChecks", "shrinking"]),
        .testTarget(
            name: "EventModelTests",
            dependencies: ["EventModel", "PropertyTesting", "PropertyChecks", "PropertyTimes"]),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "EventModel", "Ledger", "PropertyTesting", "PropertyChecks",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["EventModel", "Simulation", "PropertyTesting", "PropertyChecks"]),
        .testTarget(
            name: "ScenarioTests",
            dependencies: ["Scenario", "EventModel", "PropertyTesting", "PropertyChecks"]),
        // A second, plain way to the projections' tables, which two test bundles compare with.
        .target(
            name: "Reference", dependencies: ["EventModel", "Simulation", "Ledger"],
            path: "Tests/Reference"
        ),
        // Brokers that fail, which two test bundles connect to.
        .target(
            name: "BrokerDoubles", dependencies: ["EventModel", "MQTTBroker"],
            path: "Tests/BrokerDoubles"
        ),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Projections", "Lab", "Reference", "Mutants",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // For tests and for the bench of reductions alike.
        .target(
            name: "InvariantDoubles", dependencies: ["EventModel", "Projections", "Invariants"],
            path: "Tests/InvariantDoubles"
        ),
        .testTarget(
            name: "InvariantsTests",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Projections", "Invariants", "Lab",
                "InvariantDoubles",
            ]
        ),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "EventModel", "Simulation", "Ledger", "Projections", "Topology", "EventBus",
                "Expectations", "Lab", "Mutants", "PropertyTesting", "PropertyChecks",
                "PropertyTimes",
            ]
        ),
        // Runs the built command line; it lies beside the test bundle.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "replaylab", "EventModel", "Simulation", "Ledger", "Lab", "Reference",
                "MQTTServer", "BrokerDoubles",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Warnings are errors in our own code; SwiftPM ignores this where the package is a dependency.
for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
