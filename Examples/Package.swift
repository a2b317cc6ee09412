// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tutti", path: "..")],
    targets: [
        .executableTarget(name: "Search", dependencies: [.product(name: "TuttiSearch", package: "tutti")]),
        .executableTarget(name: "FitAndPredict", dependencies: [.product(name: "Tutti", package: "tutti")]),
    ],
    swiftLanguageModes: [.v6]
)
