// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tutti", path: "..")],
    targets: [
        .executableTarget(
            name: "TrainingBenchmark", dependencies: [.product(name: "TuttiNetworks", package: "tutti")], swiftSettings: settings),
        .executableTarget(
            name: "SearchBenchmark", dependencies: [.product(name: "TuttiSearch", package: "tutti")], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
