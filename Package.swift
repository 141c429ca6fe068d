// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func core(_ names: String...) -> [Target.Dependency] { names.map { .product(name: $0, package: "Core") } }
func nio(_ names: String...) -> [Target.Dependency] { names.map { .product(name: $0, package: "swift-nio") } }
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
    name: "hotline",
    products: [
        .library(name: "App", targets: ["App"]),
        .executable(name: "hotline", targets: ["hotline"]),
    ],
    dependencies: [
        .package(path: "Core"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Platform: adapters without business knowledge
        .target(
            name: "CMedia",
            linkerSettings: [.linkedLibrary("srtp2"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CVault", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "Vault", dependencies: ["CVault", "Storage"] + core("Kernel"), swiftSettings: strict),
        .target(name: "Archives", dependencies: core("Kernel"), swiftSettings: strict),
        .target(name: "Sheets", dependencies: ["Archives"] + core("Kernel"), swiftSettings: strict),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Media", dependencies: ["CMedia"] + core("Kernel"), swiftSettings: strict),
        .target(
            name: "Telephony",
            dependencies: ["Media", logging] + core("SignallingEngine", "Kernel")
                + nio("NIOCore", "NIOPosix"),
            swiftSettings: strict),
        .target(name: "Programs", dependencies: core("Kernel"), swiftSettings: strict),
        .target(name: "Speech", dependencies: ["Programs", logging] + core("Kernel"), swiftSettings: strict),
        .target(name: "Channels", dependencies: ["Programs"] + core("Kernel"), swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "CPostgres", logging, .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ] + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "Sheets", hummingbird, httpTypes, lifecycle, logging, tls,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + core("Kernel") + nio("NIOCore"), swiftSettings: strict),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        // Product: features, which never import each other
        .target(
            name: "Contracts", dependencies: ["Sheets", "Storage"] + core("Kernel"), swiftSettings: strict),
        .target(
            name: "Directory",
            dependencies: ["CCrypt", "Contracts", "Sheets", "Storage", "Web", logging, toml] + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "Routing",
            dependencies: [
                "Contracts", "Sheets", "Storage", "Web", "Telephony", "Media", "Speech", logging, toml,
            ]
                + core(
                    "Kernel", "RoutingEngine", "FlowEngine", "CallEngine", "SignallingEngine", "Simulation"),
            swiftSettings: strict),
        .target(
            name: "Interactions",
            dependencies: ["Contracts", "Sheets", "Storage", "Vault", "Web", "Media", logging]
                + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "Privacy",
            dependencies: ["Archives", "Contracts", "Sheets", "Storage", "Vault", "Web", logging]
                + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "Tickets", dependencies: ["Contracts", "Sheets", "Storage", "Web"] + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "Reporting",
            dependencies: ["Channels", "Contracts", "Sheets", "Storage", "Web", logging] + core("Kernel"),
            swiftSettings: strict),
        .target(
            name: "App",
            dependencies: [
                "Archives", "Channels", "Contracts", "Directory", "Interactions", "Media", "Privacy",
                "Programs",
                "Reporting", "Routing", "Sheets", "Speech", "Storage", "Telephony", "Tickets", "Vault", "Web",
                logging,
                toml,
            ] + core("Kernel", "FlowEngine"),
            swiftSettings: strict),
        .executableTarget(
            name: "hotline",
            dependencies: [
                "App", logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + core("Kernel"),
            swiftSettings: strict),
        // Tests
        .target(
            name: "TestKit",
            dependencies: ["App", "Storage", logging, tls] + core("Kernel")
                + nio("NIOCore", "NIOHTTP1", "NIOPosix"), path: "Tests/TestKit", swiftSettings: strict),
        .testTarget(
            name: "RoutingTests",
            dependencies: ["Routing", "Directory", "Contracts", "Storage", "Telephony"]
                + core("Kernel", "RoutingEngine", "FlowEngine", "CallEngine", "SignallingEngine"),
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .testTarget(name: "MediaTests", dependencies: ["Media"] + core("Kernel"), swiftSettings: strict),
        .testTarget(
            name: "TelephonyTests",
            dependencies: ["Telephony", "Media"] + core("SignallingEngine", "Kernel")
                + nio("NIOCore", "NIOPosix"),
            swiftSettings: strict),
        .testTarget(
            name: "DirectoryTests",
            dependencies: ["Directory", "Contracts", "Storage", "Web"] + core("Kernel"),
            swiftSettings: strict),
        .testTarget(
            name: "SpeechTests", dependencies: ["Programs", "Speech", logging] + core("Kernel"),
            swiftSettings: strict),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Channels", "Reporting", "Contracts", "Sheets", "Storage"] + core("Kernel"),
            swiftSettings: strict),
        .testTarget(
            name: "InteractionsTests",
            dependencies: ["Interactions", "TestKit", "Contracts", "Storage", logging] + core("Kernel"),
            swiftSettings: strict),
        .testTarget(
            name: "SheetsTests", dependencies: ["Sheets"] + core("Kernel"), swiftSettings: strict),
        .testTarget(
            name: "ChannelsTests", dependencies: ["Channels"] + core("Kernel"), swiftSettings: strict),
        .testTarget(
            name: "VaultTests", dependencies: ["Vault", "Storage"] + core("Kernel"), swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Storage"] + core("Kernel"), swiftSettings: strict),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Sheets", "Web", hummingbird, httpTypes, lifecycle, logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ] + core("Kernel") + nio("NIOCore", "NIOPosix"), swiftSettings: strict),
        .testTarget(
            name: "AppTests",
            dependencies: ["App", "TestKit", "Web", "Storage", "Directory", "Vault", logging]
                + core("Kernel"),
            exclude: ["Fixtures"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
