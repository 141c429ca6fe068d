// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Generics do not specialise across the package border without it (docs/internals/build.md).
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The engines and what each may import; the arrows of `docs/internals/architecture.md`.
let engines: [(name: String, imports: [Target.Dependency])] = [
    ("Kernel", []),
    ("RoutingEngine", ["Kernel"]),
    ("FlowEngine", ["Kernel"]),
    ("SignallingEngine", ["Kernel"]),
    ("CallEngine", ["Kernel", "RoutingEngine", "FlowEngine"]),
    ("Simulation", ["Kernel", "RoutingEngine", "FlowEngine", "CallEngine"]),
]

let package = Package(
    name: "Core",
    products: engines.map { .library(name: $0.name, targets: [$0.name]) } + [
        .executable(name: "simulate", targets: ["simulate"])
    ],
    targets: engines.flatMap { engine -> [Target] in
        let itself: Target.Dependency = .init(stringLiteral: engine.name)
        return [
            .target(name: engine.name, dependencies: engine.imports, swiftSettings: strict),
            .testTarget(
                name: engine.name + "Tests", dependencies: [itself] + engine.imports, swiftSettings: strict),
        ]
    } + [
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulation", "Kernel", "RoutingEngine", "FlowEngine", "CallEngine"],
            swiftSettings: strict)
    ],
    swiftLanguageModes: [.v6]
)
