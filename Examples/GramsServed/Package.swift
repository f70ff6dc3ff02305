// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "grams-served",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "replaylab", path: "../..")],
    targets: [
        .target(
            name: "GramsServed",
            dependencies: [
                .product(name: "EventModel", package: "replaylab"),
                .product(name: "Invariants", package: "replaylab"),
                .product(name: "Projections", package: "replaylab"),
            ]),
        .executableTarget(
            name: "mylab",
            dependencies: ["GramsServed", .product(name: "LabCommands", package: "replaylab")]),
        .testTarget(
            name: "GramsServedTests",
            dependencies: [
                "GramsServed", "mylab",
                .product(name: "EventModel", package: "replaylab"),
                .product(name: "Projections", package: "replaylab"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
