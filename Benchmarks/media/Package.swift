// swift-tools-version: 6.2
import PackageDescription

// What a call's media costs. `Sources/Media` and `Sources/CMedia` are links to the product's own sources, because
// their interface is for their package alone. Never part of the main graph.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let kernel: Target.Dependency = .product(name: "Kernel", package: "Core")

let package = Package(
    name: "media-benchmarks",
    dependencies: [.package(path: "../../Core")],
    targets: [
        .target(
            name: "CMedia",
            linkerSettings: [.linkedLibrary("srtp2"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "Media", dependencies: ["CMedia", kernel], swiftSettings: strict),
        .executableTarget(name: "media-bench", dependencies: ["Media", kernel], swiftSettings: strict),
        .executableTarget(name: "rtp-load"),
    ],
    swiftLanguageModes: [.v6]
)
