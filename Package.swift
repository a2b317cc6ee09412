// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of ours. `make check` turns warnings into errors: a warning that stays is one that nobody reads.
let isStrict = Context.environment["TUTTI_STRICT"] == "1"
let settings: [SwiftSetting] =
    (isStrict ? [.treatAllWarnings(as: .error)] : []) + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]

/// A module of ours and what it may import. Nothing imports to the right of itself in the way of the data.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The C header of a native library that is opened at run time: declarations only, nothing is compiled or linked.
func header(_ name: String) -> Target { .systemLibrary(name: name, path: "Sources/\(name)") }

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: settings)
}

let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "tutti",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tutti", targets: ["TuttiCommand"]),
        .library(name: "Tutti", targets: ["Tutti"]),
        .library(name: "TuttiSearch", targets: ["SearchSpaces", "SearchSpaceFormats", "Search", "StudyStores", "StudyCharts"]),
        .library(name: "TuttiNetworks", targets: ["Networks", "Torch", "Learners"]),
        .library(name: "TuttiTesting", targets: ["TuttiTesting", "SearchTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Natives: leaves, opened at run time.
        module("NativeLibraries"),
        header("CTorch"), module("Torch", ["CTorch", "NativeLibraries"]),
        header("COnnxRuntime"), module("OnnxRuntime", ["COnnxRuntime", "NativeLibraries"]),
        header("CLightGBM"), module("LightGBM", ["CLightGBM", "NativeLibraries"]),
        header("CPostgreSQL"), module("PostgreSQL", ["CPostgreSQL", "NativeLibraries"]),
        module("Codecs", ["NativeLibraries"]),

        // The way of the data.
        module("Datasets", ["Codecs"]),
        module("SearchSpaces", [collections]),
        module("SearchSpaceFormats", ["SearchSpaces", yaml]),
        module("Search", ["SearchSpaces", collections]),
        module("StudyStores", ["Search", "SearchSpaces", "PostgreSQL", "NativeLibraries", sqlite]),
        module("Optimize", ["Search", "SearchSpaces", "StudyStores"]),
        module("Learning", ["Datasets", "SearchSpaces"]),
        module("Networks"),
        module("ONNXGraphs", ["Networks", protobuf]),
        module("Learners", ["Datasets", "SearchSpaces", "Learning", "Networks", "ONNXGraphs", "Torch", "LightGBM"]),
        module("ModelLibrary", ["Datasets", "SearchSpaces", "Learning", "OnnxRuntime"]),
        module("Ensembling", ["Datasets", "Learning"]),
        module("Placement", ["Learning", "Ensembling"]),
        module("Serving", ["Learning", "Placement", "OnnxRuntime", histogram]),
        module(
            "ServingHTTP",
            [
                "Serving", logging, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        module("Charts"),
        module("Reports", ["Charts"]),
        module("StudyCharts", ["Charts", "Search", "SearchSpaces"]),
        module("ChartTesting"),
        module(
            "Tutti",
            [
                "NativeLibraries", "Datasets", "SearchSpaces", "Search", "StudyStores", "Learning", "Learners", "OnnxRuntime",
                "ONNXGraphs", "ModelLibrary", "Ensembling", "Placement", "Serving", "Reports", "StudyCharts", "Torch", "LightGBM", "PostgreSQL", "Codecs",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        module("SearchTesting", ["SearchSpaces", "Search"]),
        module("TuttiTesting", ["SearchSpaces", "Datasets", "Learning", "Ensembling", "Placement", "OnnxRuntime", "ModelLibrary"]),
        .executableTarget(
            name: "TuttiCommand",
            dependencies: [
                "Tutti", "NativeLibraries", "Codecs", "Datasets", "SearchSpaces", "SearchSpaceFormats", "Search", "StudyStores", "StudyCharts", "Optimize",
                "Learning", "Learners",
                "ModelLibrary", "Ensembling", "Placement", "Serving", "ServingHTTP", "Reports", yaml, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // A worker that tests start and kill.
        .executableTarget(name: "StudyStressWorker", dependencies: ["Search", "SearchSpaces", "StudyStores"], swiftSettings: settings),

        tests("NativeLibraries"),
        tests("Codecs"),
        tests("Datasets"),
        tests("SearchSpaces", ["SearchTesting"]),
        tests("SearchSpaceFormats", ["SearchSpaces", "SearchTesting"]),
        tests("Search", ["SearchSpaces", "SearchTesting"]),
        tests("PostgreSQL", ["NativeLibraries", "SearchTesting"]),
        tests("StudyStores", ["Search", "SearchSpaces", "SearchTesting", "PostgreSQL", "StudyStressWorker", sqlite]),
        tests("Optimize", ["Search", "SearchSpaces", "SearchTesting", "StudyStores"]),
        tests("Learning", ["Datasets"]),
        tests("Networks"),
        tests("ONNXGraphs", ["Networks"]),
        tests("Torch", ["NativeLibraries"]),
        tests("OnnxRuntime"),
        tests("LightGBM", ["OnnxRuntime"]),
        tests("ModelLibrary", ["Learning", "SearchSpaces"]),
        tests("Learners", ["Learning", "Datasets", "Tutti", "TuttiTesting"]),
        tests("Ensembling", ["Learning", "Datasets", "TuttiTesting"]),
        tests("Placement", ["Learning", "Ensembling", "TuttiTesting"]),
        tests("Tutti", ["Datasets", "Learning", "Search"]),
        tests("TuttiCommand", ["ChartTesting", "SearchTesting"]),
        tests("Charts", ["ChartTesting"]),
        tests("Reports", ["Charts", "ChartTesting"]),
        tests("StudyCharts", ["Charts", "ChartTesting", "Search", "SearchSpaces"]),
        tests("Serving", ["Learning", "Placement", "OnnxRuntime", "TuttiTesting"]),
        tests(
            "ServingHTTP",
            [
                "Serving", "Learning", "Placement", "OnnxRuntime", logging, .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
